"""The team desk: each entry of one's teams, what it lacks, until when, who did what, what comes next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from submissions.enums import SubmissionStatus
from tests.factories.accounts import UserFactory
from tests.factories.judging import CertificateFactory
from tests.factories.submissions import (
    AttachmentFactory,
    CommentFactory,
    ExtensionFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
    write,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.submissions.people import client_for, close, complete_draft, submit
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
URL = "/desk/entries/"


def page(user, query=""):
    return client_for(user).get(URL + query)


def only(user):
    (own,) = page(user).context["entries"]
    return own


def step(entry, user=None):
    return only(user or captain_of(entry.team)).step


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get(URL).status_code == 302


def test_entries_of_all_my_teams_and_of_no_other(client):
    user = UserFactory()
    mine = {SubmissionFactory(team=TeamFactory(captain=user)) for _ in range(2)}
    mine.add(SubmissionFactory(team=TeamMemberFactory(user=user).team))
    SubmissionFactory(submitted=True)

    assert {own.entry for own in page(user).context["entries"]} == mine


def test_what_one_organizes_is_not_among_ones_own(client):
    organizer = OrganizerFactory()
    SubmissionFactory(team__competition=organizer.competition, submitted=True)

    assert list(page(organizer.user).context["entries"]) == []


@pytest.mark.parametrize("count", [1, 50])
def test_it_takes_as_many_queries_for_one_as_for_fifty(count, django_assert_num_queries):
    """A tenth is the form's own, once a process."""
    user = UserFactory()
    team = TeamFactory(captain=user, competition=CompetitionFactory(open=True))
    for topic in TopicFactory.create_batch(count, track__competition=team.competition):
        entry = SubmissionFactory(team=team, topic=topic, returned=True)
        CommentFactory(submission=entry)
    TeamFactory(captain=user)
    client = client_for(user)

    with django_assert_num_queries(10):
        answer = client.get(URL)

    assert len(answer.context["entries"]) == count


def test_the_51st_is_on_the_next_page(monkeypatch):
    monkeypatch.setattr("portal.dashboards.entries.A_PAGE", 2)
    user = UserFactory()
    entries = [SubmissionFactory(team=TeamFactory(captain=user)) for _ in range(3)]

    first = page(user)
    second = page(user, first.context["next_url"])

    assert [own.entry for own in first.context["entries"]] == [entries[2], entries[1]]
    assert [own.entry for own in second.context["entries"]] == [entries[0]]


def test_a_cursor_that_is_not_ours_is_refused():
    assert page(UserFactory(), "?before=x").status_code == 400


def test_what_is_missing_leads_to_its_place():
    entry = SubmissionFactory(abstract="")

    shown = page(captain_of(entry.team)).content.decode()

    assert f'href="{entry.get_absolute_url()}#section-abstract"' in shown
    assert f'href="{entry.get_absolute_url()}#slot-proposal"' in shown


def test_the_deadline_is_the_one_that_the_team_was_given():
    entry = SubmissionFactory()
    own_end = timezone.now() + timedelta(days=365)
    ExtensionFactory(team=entry.team, closes_at=own_end)

    window = only(captain_of(entry.team)).window

    assert (window.closes_at, window.is_extended) == (own_end, True)


@pytest.mark.database
def test_who_did_what_newest_first_and_no_organizer_by_name():
    entry = complete_draft()
    captain = captain_of(entry.team)
    submit(entry)

    lines = only(captain).lines

    assert {line.doer for line in lines} == {captain.full_name}
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)


def test_no_more_than_three_lines_of_each():
    entry = complete_draft()
    for place in range(4):
        write(entry, abstract=f"第{place}稿")
        submit(entry)

    assert len(only(captain_of(entry.team)).lines) == 3


@pytest.mark.database
def test_open_comments_are_counted():
    entry = CommentFactory().submission
    CommentFactory(submission=entry, resolved_at=timezone.now())

    assert only(captain_of(entry.team)).entry.comments_waiting == 1


def test_nobody_without_a_team_finds_an_empty_page():
    assert page(UserFactory()).content.decode().count('class="empty"') == 1


def test_a_team_that_has_begun_nothing_is_there():
    team = TeamFactory()

    assert page(captain_of(team)).context["teams_without"] == [team]


# What comes next


def test_an_unfinished_draft_is_to_be_written():
    entry = SubmissionFactory()

    assert (step(entry).url, step(entry).is_due) == (entry.get_absolute_url(), True)


def test_a_finished_one_is_submitted_by_the_captain():
    entry = complete_draft()

    assert step(entry).url == f"{entry.get_absolute_url()}submit/"


def test_a_member_waits_for_the_captain():
    entry = complete_draft()
    member = TeamMemberFactory(team=entry.team).user

    assert (step(entry, member).url, step(entry, member).is_due) == (entry.get_absolute_url(), False)


def test_a_draft_after_the_end_takes_no_part():
    entry = complete_draft()
    close(entry.team.competition, StageKind.SUBMISSION)

    assert step(entry).is_due is False


def test_what_was_submitted_and_stayed_so_waits():
    entry = complete_draft()
    submit(entry)

    assert (step(entry).url, step(entry).is_due) == (entry.get_absolute_url(), False)


@pytest.mark.parametrize("changed", ["text", "file"])
def test_what_was_changed_afterwards_has_to_be_submitted_again(changed):
    entry = complete_draft()
    submit(entry)
    if changed == "text":
        write(entry, abstract="又改了一处。")
    else:
        entry.attachments.update(replaced_at=timezone.now())
        AttachmentFactory(submission=entry, name="新的.pdf")

    assert (step(entry).url, step(entry).is_due) == (f"{entry.get_absolute_url()}submit/", True)


def test_what_was_submitted_has_its_receipt_after_the_end():
    entry = complete_draft()
    receipt = submit(entry)
    close(entry.team.competition, StageKind.SUBMISSION)

    assert step(entry).url == receipt.get_absolute_url()


def test_what_was_returned_is_to_be_corrected_and_says_why():
    entry = SubmissionFactory(returned=True)

    assert step(entry).is_due is True
    assert "请补交盖章页。" in page(captain_of(entry.team)).content.decode()


@pytest.mark.parametrize("status", ["eligible", "rejected"])
def test_what_was_decided_has_its_receipt(status):
    entry = SubmissionFactory(**{status: True})

    assert step(entry).url == entry.versions.get().receipt.get_absolute_url()


def test_what_was_withdrawn_asks_for_nothing():
    entry = SubmissionFactory(status=SubmissionStatus.WITHDRAWN)

    assert step(entry).is_due is False


@pytest.mark.database
def test_a_winner_finds_the_certificate():
    certificate = CertificateFactory(award__submission=SubmissionFactory(eligible=True))

    assert str(certificate.public_id) in step(certificate.award.submission).url
