"""The shortlist on its pages, without a script: organizers choose and announce, a team replaces a file."""

from __future__ import annotations

import pytest
from django.urls import reverse

from submissions import services
from submissions.models import Shortlisting, Submission
from tests.factories.files import pdf, upload
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.submissions.people import client_for, queries_of
from tests.submissions.shortlists import Shortlist, announced, put

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def desk():
    return Shortlist()


def pick(*entries):
    return [f"{each.public_id}:1" for each in entries]


def many(desk, **data):
    return desk.client.post(desk.url("shortlist_many"), data)


def shown(desk, **asked):
    return [row.entry.pk for row in desk.client.get(desk.url("shortlist"), asked).context["rows"]]


def files_url(entry):
    return reverse("submissions:replace_files", args=[entry.public_id])


def submit_url(entry):
    return reverse("submissions:replace_submit", args=[entry.public_id])


def test_each_tab_has_its_own(desk):
    first, second, third = desk.entry(hours=3), desk.entry(hours=2), desk.entry(hours=1)
    announced(desk, third)
    Shortlisting.objects.create(submission=second, made_by=desk.organizer, made_at=second.submitted_at)

    assert [shown(desk, state=state) for state in ("candidates", "chosen", "announced")] == [
        [first.pk],
        [second.pk],
        [third.pk],
    ]


def test_words_that_are_too_long_are_said_to_be_and_nothing_is_shown(desk):
    entry, answer = desk.entry(), desk.client.get(desk.url("shortlist"), {"q": "长" * 61})

    assert (answer.status_code, answer.content.decode().count('class="error"')) == (400, 1)
    assert entry.number not in answer.content.decode()


def test_what_was_chosen_is_shown_once_more_before_anything_happens(desk):
    entry = desk.entry()
    page = many(desk, do="add", pick=pick(entry))

    # The button says what it does.
    assert page.content.decode().count(page.context["title"]) == 4
    assert (page.status_code, [row.entry.pk for row in page.context["rows"]]) == (200, [entry.pk])
    assert not Shortlisting.objects.exists()


def test_what_was_confirmed_is_done(desk):
    entries = [desk.entry(), desk.entry()]
    many(desk, do="add", pick=pick(*entries), sure="yes")

    assert Shortlisting.objects.live().count() == 2


def test_all_that_the_filter_shows(desk):
    wanted = desk.entry(title="找得到的作品")
    desk.entry()
    page = many(desk, do="add", all="on", state="candidates", q=wanted.number)

    assert [row.entry.pk for row in page.context["rows"]] == [wanted.pk]


def test_to_take_off_without_a_reason_asks_for_it(desk):
    entry = desk.entry()
    announced(desk, entry)
    page = many(desk, do="undo", pick=pick(entry), sure="yes")

    assert (page.status_code, "reason" in page.context["form"].errors) == (400, True)


def test_what_has_changed_meanwhile_is_named(desk):
    entry = desk.entry()
    announced(desk, entry)
    page = many(desk, do="add", pick=pick(entry), sure="yes")

    assert (page.status_code, entry.number in str(page.context["conflict"])) == (409, True)


@pytest.mark.parametrize("data", [{}, {"do": "burn"}, {"do": ["add"], "pick": ["nothing"]}])
def test_nonsense_leads_back(desk, data):
    assert many(desk, **data).status_code == 302


def test_the_page_costs_the_same_for_one_and_for_three(desk):
    announced(desk, desk.entry())
    one = queries_of(desk.client, desk.url("shortlist") + "?state=announced")
    announced(desk, desk.entry(), desk.entry())

    assert queries_of(desk.client, desk.url("shortlist") + "?state=announced") == one


def test_a_team_puts_a_file_there_looks_and_hands_in(desk):
    entry = desk.entry()
    announced(desk, entry)
    captain = client_for(captain_of(entry.team))

    captain.post(files_url(entry), {"file-slides": upload("新.pdf", pdf("new")), "then": "check"})
    page = captain.get(submit_url(entry))
    sent = {"expected_version": page.context["form"]["expected_version"].value(), "idempotency_key": "0123456789abcdef"}
    answer = captain.post(submit_url(entry), sent)

    receipt = entry.versions.get(number=2).receipt
    assert answer.url == receipt.get_absolute_url()


def test_the_page_says_who_sends_from_it(desk):
    entry = desk.entry()
    announced(desk, entry)
    captain = captain_of(entry.team)

    assert f'data-person="{captain.pk}"' in client_for(captain).get(files_url(entry)).content.decode()


def test_a_fixed_file_that_is_sent_along_is_not_taken(desk):
    entry = desk.entry()
    announced(desk, entry)
    client_for(captain_of(entry.team)).post(files_url(entry), {"file-proposal": upload("改.pdf", pdf("other"))})

    assert not entry.attachments.filter(name="改.pdf").exists()


def test_after_the_end_the_page_says_so_and_takes_nothing(desk):
    entry = desk.entry()
    announced(desk, entry)
    put(entry)
    desk.competition.stages.filter(kind="defence").update(opens_at=entry.submitted_at)
    page = client_for(captain_of(entry.team)).post(
        submit_url(entry),
        {"expected_version": Submission.objects.get().draft_version, "idempotency_key": "0123456789abcdef"},
    )

    assert (page.status_code, entry.versions.count()) == (409, 1)


def test_a_file_that_is_taken_out_leads_back_to_the_files(desk):
    entry = desk.entry()
    announced(desk, entry)
    file = put(entry)
    answer = client_for(captain_of(entry.team)).post(reverse("submissions:remove_file", args=[file.public_id]))

    assert answer.url == files_url(entry)


def test_a_member_looks_and_does_not_hand_in(desk):
    entry = desk.entry()
    announced(desk, entry)
    put(entry)
    page = client_for(TeamMemberFactory(team=entry.team).user).get(submit_url(entry))

    assert page.context["is_captain"] is False


def test_the_entry_says_that_it_is_shortlisted_once_it_is_announced(desk):
    entry = desk.entry()
    client, address = client_for(captain_of(entry.team)), entry.get_absolute_url()
    before = client.get(address).content
    Shortlisting.objects.create(submission=entry, made_by=desk.organizer, made_at=entry.submitted_at)
    secret = client.get(address).context["shortlist"]
    Shortlisting.objects.all().delete()
    announced(desk, entry)

    assert (secret, client.get(address).context["shortlist"]["titles"]) == (None, ["演示文稿"])
    assert b"shortlist" not in before


def test_the_desk_leads_there(desk):
    entry = desk.entry()
    announced(desk, entry)
    page = client_for(captain_of(entry.team)).get(reverse("dashboards:entries"))

    assert page.context["entries"][0].step.url == files_url(entry)


def test_there_is_no_such_page_of_somebody_elses_entry(desk):
    entry = desk.entry()
    announced(desk, entry)

    assert client_for(captain_of(SubmissionFactory().team)).get(files_url(entry)).status_code == 404


def test_a_page_that_was_open_when_it_was_taken_back_says_so(desk):
    entry = desk.entry()
    announced(desk, entry)
    services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")
    page = client_for(captain_of(entry.team)).post(files_url(entry))

    assert page.status_code == 409
