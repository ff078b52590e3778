"""The pages of registered files: without a script, and the way a program or the page's script sends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from submissions.models import Attachment, RegisteredFile, Submission, Upload
from submissions.sheet import Audience, sheet_of_version
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for, queries_of, submit
from tests.submissions.test_registered_files import CONTENT, OTHER, SHA256, allow, end, register, upload
from tests.submissions.test_uploads import begin, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"


@pytest.fixture
def entry():
    return allow(SubmissionFactory())


@pytest.fixture
def captain(entry):
    return client_for(captain_of(entry.team))


@pytest.fixture
def awaited(entry):
    row = register(entry)
    submit(entry)
    end(entry)
    return row


def address(entry, slot="proposal"):
    return f"/submissions/{entry.public_id}/register/{slot}/"


def typed(**changes):
    return {"sha256": SHA256, "name": "申报书.pdf", "size": len(CONTENT), **changes}


def page(client, at):
    return client.get(at).content.decode()


def test_what_is_typed_is_registered(entry, captain):
    answer = captain.post(address(entry), typed())

    assert (answer.status_code, RegisteredFile.objects.get().sha256) == (302, SHA256)


def test_the_page_says_how_to_compute_it(entry, captain):
    text = page(captain, address(entry))

    assert ("certutil -hashfile" in text, "sha256sum" in text) == (True, True)


@pytest.mark.parametrize(
    "changes", [{"sha256": "x"}, {"name": "a.exe"}, {"size": ""}, {"size": "-1"}, {"size": "9" * 40}]
)
def test_what_makes_no_sense_comes_back_with_its_reason(entry, captain, changes):
    answer = captain.post(address(entry), typed(**changes))

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, list(changes))


def test_a_name_full_of_markup_is_shown_as_text(entry, captain):
    captain.post(address(entry), typed(name="<script>alert(1).pdf"))

    assert "<script>alert" not in page(captain, entry.get_absolute_url())


def test_after_the_end_the_page_says_so(entry, captain):
    end(entry)

    assert captain.post(address(entry), typed()).status_code == 409


def test_no_form_no_slot(entry, captain):
    assert captain.get(address(entry, "nosuch")).status_code == 404


def test_the_way_there_stands_on_the_page_only_where_it_leads_somewhere(entry, captain):
    with_way = address(entry) in page(captain, entry.get_absolute_url())
    allow(entry, 0)

    assert (with_way, address(entry) in page(captain, entry.get_absolute_url())) == (True, False)


def test_it_is_taken_back_on_the_page(entry, captain):
    row = register(entry)
    answer = captain.post(f"{row.get_absolute_url()}withdraw/")

    assert (answer.status_code, RegisteredFile.objects.current().exists()) == (302, False)


def test_the_last_look_names_what_is_to_follow(entry, captain):
    register(entry)

    assert SHA256 in page(captain, f"{entry.get_absolute_url()}submit/")


def test_the_file_is_sent_with_the_form_alone(awaited, captain):
    answer = captain.post(awaited.get_absolute_url(), {"file": upload()})

    assert (answer.status_code, Attachment.objects.get().file.sha256) == (302, SHA256)


def test_the_page_says_who_sends_from_it(awaited, captain, entry):
    assert f'data-person="{captain_of(entry.team).pk}"' in page(captain, awaited.get_absolute_url())


def test_another_file_comes_back_with_both_hashes(awaited, captain):
    answer = captain.post(awaited.get_absolute_url(), {"file": upload(CONTENT[:-1] + b" ")})

    assert (answer.status_code, answer.content.decode().count(SHA256) >= 2) == (400, True)


def test_no_file_is_a_fault_of_the_form(awaited, captain):
    assert captain.post(awaited.get_absolute_url()).status_code == 400


def test_too_late_the_page_says_until_when_it_could_come(awaited, captain):
    end(awaited.submission, ago=timedelta(hours=3))
    answer = captain.post(awaited.get_absolute_url(), {"file": upload()})

    assert (answer.status_code, "现已截止" in answer.content.decode()) == (409, True)


def test_the_entry_s_page_leads_to_what_is_awaited(awaited, captain):
    assert awaited.get_absolute_url() in page(captain, awaited.submission.get_absolute_url())


def test_the_receipt_s_page_says_what_came_of_it(awaited, captain):
    receipt = awaited.submission.versions.get().receipt.get_absolute_url()
    before = "已补交" in page(captain, receipt) or "完全一致" in page(captain, receipt)
    captain.post(awaited.get_absolute_url(), {"file": upload()})

    assert (before, "完全一致" in page(captain, receipt)) == (False, True)


def test_strangers_find_nothing(awaited):
    stranger = client_for(UserFactory())
    at = awaited.get_absolute_url()

    answers = [stranger.get(at), stranger.post(at, {"file": upload()}), stranger.post(f"{at}withdraw/")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_organizers_read_and_do_not_send(awaited):
    organizer = client_for(OrganizerFactory(competition=awaited.submission.team.competition).user)
    at = awaited.get_absolute_url()

    assert (organizer.get(at).status_code, organizer.post(at, {"file": upload()}).status_code) == (200, 403)


def test_who_is_not_signed_in_is_asked_to(awaited):
    assert Client().get(awaited.get_absolute_url()).status_code == 302


# In pieces


def test_in_pieces_it_follows_under_the_name_that_was_registered(awaited, captain):
    at = begin(captain, awaited.submission, size=len(CONTENT), name="随便什么.zip")["Location"]
    send(captain, at, CONTENT)

    attachment = Attachment.objects.get()
    assert (attachment.name, list(awaited.submission.versions.get().attachments.all())) == ("申报书.pdf", [attachment])


def test_in_pieces_another_size_is_refused_before_a_byte_is_sent(awaited, captain):
    answer = begin(captain, awaited.submission, size=len(CONTENT) + 1)

    assert (answer.status_code, Upload.objects.exists()) == (400, False)


def test_in_pieces_another_file_is_refused_with_both_hashes(awaited, captain):
    at = begin(captain, awaited.submission, size=len(CONTENT))["Location"]
    answer = send(captain, at, CONTENT[:-1] + b" ")

    assert (answer.status_code, SHA256 in answer.content.decode()) == (400, True)
    assert not Attachment.objects.exists()


def test_begun_before_the_end_it_may_finish_after_it(entry, captain):
    register(entry)
    submit(entry)
    at = begin(captain, entry, size=len(CONTENT))["Location"]
    end(entry)
    send(captain, at, CONTENT)

    assert entry.versions.get().attachments.count() == 1


@pytest.mark.parametrize("what", ["no registration", "its time is over", "another slot"])
def test_in_pieces_nothing_else_comes_after_the_end(entry, captain, what):
    if what != "no registration":
        register(entry)
        submit(entry)
    end(entry, ago=timedelta(hours=3) if what == "its time is over" else timedelta(minutes=1))
    slot = "evidence" if what == "another slot" else "proposal"

    assert begin(captain, entry, size=len(CONTENT), slot=slot).status_code in {404, 409}
    assert not Upload.objects.exists()


def test_what_follows_finds_the_room_that_was_kept_for_it(entry, captain, settings):
    settings.TEAM_QUOTA = len(CONTENT)
    row = register(entry)
    submit(entry)
    end(entry)
    send(captain, begin(captain, row.submission, size=len(CONTENT))["Location"], CONTENT)

    assert Attachment.objects.exists()


def test_the_entry_s_page_costs_one_question_more_where_files_are_registered(entry, captain):
    captain.get(entry.get_absolute_url())
    before = queries_of(captain, entry.get_absolute_url())
    register(entry)

    assert queries_of(captain, entry.get_absolute_url()) == before + 1


def test_the_deadline_day_counts_what_has_not_come(awaited, captain):
    organizer = client_for(OrganizerFactory(competition=awaited.submission.team.competition).user)
    slug = awaited.submission.team.competition.slug

    assert organizer.get(f"/organize/day/{slug}/figures/").json()["awaited"] == 1


def test_judges_read_the_version_as_if_the_file_were_missing(awaited):
    assert sheet_of_version(awaited.submission.versions.get(), Audience.JUDGE).files == []


def test_another_entry_of_the_team_gains_nothing(awaited, captain):
    other = SubmissionFactory(team=awaited.submission.team, submitted=True)

    assert begin(captain, other, size=len(CONTENT)).status_code == 409
    assert Submission.objects.get(pk=other.pk).versions.get().attachments.count() == 1


def test_the_desk_does_not_call_a_registered_file_missing(entry, captain):
    register(entry)

    (told,) = captain.get("/desk/entries/").context["entries"]
    assert told.draft.missing == []


def test_other_bytes_sent_before_the_end_replace_it(entry, captain):
    register(entry)
    at = begin(captain, entry, size=len(OTHER))["Location"]
    send(captain, at, OTHER)

    assert RegisteredFile.objects.get().replaced_at <= timezone.now()


def test_after_the_end_what_is_awaited_is_no_change_of_the_draft(awaited, captain):
    assert not captain.get(awaited.submission.get_absolute_url()).context["has_news"]


def test_taken_back_after_it_was_submitted_the_draft_has_changed(entry, captain):
    row = register(entry)
    submit(entry)
    captain.post(f"{row.get_absolute_url()}withdraw/")

    assert captain.get(entry.get_absolute_url()).context["has_news"]


def states(client, entry):
    return [row.state for row in client.get(entry.get_absolute_url()).context["registered"]]


def test_what_was_registered_and_not_submitted_is_not_waited_for(entry, captain):
    register(entry)
    before = states(captain, entry)
    end(entry)

    assert (before, states(captain, entry)) == (["registered"], [])


@pytest.mark.parametrize(("ago", "state"), [(timedelta(minutes=1), "awaited"), (timedelta(hours=3), "missing")])
def test_what_was_submitted_is_waited_for_as_long_as_it_may_come(awaited, captain, ago, state):
    end(awaited.submission, ago=ago)

    assert states(captain, awaited.submission) == [state]


@pytest.mark.makeshift("its state is set by hand")
def test_for_an_entry_that_was_withdrawn_nothing_is_waited_for(awaited, captain):
    Submission.objects.update(status="withdrawn")

    assert states(captain, awaited.submission) == []


def test_the_desk_calls_a_file_that_followed_no_change(awaited, captain):
    captain.post(awaited.get_absolute_url(), {"file": upload()})

    (told,) = captain.get("/desk/entries/").context["entries"]
    assert not told.has_news
