"""What people do at the same moment, and for each race a twin that loses without its lock.

On SQLite a transaction that writes is alone from its beginning, so there the twins show no harm: the
database itself is the lock.
"""

import pytest
from django.db import connection

from submissions import services
from submissions.models import Receipt, Submission, SubmissionVersion, Team
from submissions.services import Clash, Saved, invitations, submitting
from tests.factories.accounts import UserFactory
from tests.factories.submissions import InvitationFactory, SubmissionFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.race import meeting_point, race, then_wait
from tests.submissions.people import KEY, complete_draft, save, submit, write
from tracks.models import Track

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
JOINERS, ROOM = 20, 5
RIVALS = 6


@pytest.fixture
def joiners():
    """Twenty people with an open invitation each, and a team with room for four of them."""
    team = TeamFactory(competition=CompetitionFactory(open=True, max_team_members=ROOM))
    people = UserFactory.create_batch(JOINERS)
    return [(InvitationFactory(team=team, email=person.email), person) for person in people]


def join_all(joiners):
    return race([lambda each=each: services.accept_invitation(each[0], actor=each[1]) for each in joiners])


def test_however_many_join_at_once_the_team_never_grows_too_large(joiners):
    join_all(joiners)

    assert Team.objects.get().members.count() == ROOM


def test_without_the_lock_the_team_grows_too_large(joiners, monkeypatch):
    monkeypatch.setattr(invitations, "lock_team", lambda team: team)
    monkeypatch.setattr(invitations, "member_count", then_wait(invitations.member_count, meeting_point(JOINERS)))

    join_all(joiners)

    expected = JOINERS + 1 if connection.features.has_select_for_update else ROOM
    assert Team.objects.get().members.count() == expected


def invite_many(team):
    captain = captain_of(team)
    return race(
        [lambda n=n: services.invite(team, actor=captain, email=f"friend{n}@example.com") for n in range(RIVALS)]
    )


def test_however_many_are_invited_at_once_there_is_room_for_all():
    team = TeamFactory(competition=CompetitionFactory(open=True, max_team_members=ROOM))

    invite_many(team)

    assert team.invitations.count() == ROOM - 1


def test_without_the_lock_too_many_are_invited(monkeypatch):
    team = TeamFactory(competition=CompetitionFactory(open=True, max_team_members=ROOM))
    monkeypatch.setattr(invitations, "lock_team", lambda team: team)
    monkeypatch.setattr(invitations, "member_count", then_wait(invitations.member_count, meeting_point(RIVALS)))

    invite_many(team)

    assert team.invitations.count() == (RIVALS if connection.features.has_select_for_update else ROOM - 1)


def test_one_invitation_accepted_many_times_at_once_makes_one_member():
    person = UserFactory()
    invitation = InvitationFactory(email=person.email)

    results = race([lambda: services.accept_invitation(invitation, actor=person)] * RIVALS)

    assert {member.pk for member in results} == {person.memberships.get().pk}


def submit_from_many_windows(draft):
    return race([lambda n=n: submit(draft, key=f"{KEY}-{n}") for n in range(RIVALS)])


def test_submitting_from_many_windows_at_once_makes_one_version():
    receipts = submit_from_many_windows(complete_draft())

    assert (receipts, SubmissionVersion.objects.count()) == ([Receipt.objects.get()] * RIVALS, 1)


def test_a_double_click_makes_one_version():
    draft = complete_draft()

    receipts = race([lambda: submit(draft, key=KEY)] * RIVALS)

    assert (receipts, SubmissionVersion.objects.count()) == ([Receipt.objects.get()] * RIVALS, 1)


def test_without_the_lock_only_one_window_gets_its_receipt(monkeypatch):
    draft = complete_draft()
    unlocked = Submission.objects.select_related("team__competition", "topic", "track")
    look = then_wait(lambda submission, actor: unlocked.get(pk=submission.pk), meeting_point(RIVALS))
    monkeypatch.setattr(submitting, "lock_to_submit", look)

    results = submit_from_many_windows(draft)

    served = sum(isinstance(result, Receipt) for result in results)
    assert served == (1 if connection.features.has_select_for_update else RIVALS)


@pytest.fixture
def drafts():
    """Complete drafts of several teams on one track."""
    topic = TopicFactory(track__competition=CompetitionFactory(open=True))
    competition = topic.track.competition
    return [complete_draft(team=TeamFactory(competition=competition), topic=topic) for _team in range(RIVALS)]


def submit_all(drafts):
    return race([lambda draft=draft: submit(draft) for draft in drafts])


def test_teams_that_submit_at_once_get_a_number_each(drafts):
    submit_all(drafts)

    numbers = sorted(Submission.objects.values_list("number", flat=True))
    assert numbers == [f"{drafts[0].track.code}-{n:04}" for n in range(1, RIVALS + 1)]


def test_without_the_lock_they_claim_the_same_number(drafts, monkeypatch):
    monkeypatch.setattr(submitting, "lock_track", lambda track: Track.objects.get(pk=track.pk))
    monkeypatch.setattr(submitting, "_next_number", then_wait(submitting._next_number, meeting_point(RIVALS)))

    results = submit_all(drafts)

    served = sum(isinstance(result, Receipt) for result in results)
    assert served == (1 if connection.features.has_select_for_update else RIVALS)


def test_of_two_who_save_at_once_one_is_told():
    draft = SubmissionFactory()
    captain = captain_of(draft.team)

    results = race(
        [
            lambda n=n: write(draft, "abstract", f"第 {n} 人的文字", actor=captain, expected_version=1)
            for n in range(RIVALS)
        ]
    )

    assert sum(isinstance(result, Saved) for result in results) == 1


def test_of_two_who_write_the_first_words_at_once_one_is_told():
    draft = SubmissionFactory(abstract="")
    captain = captain_of(draft.team)

    results = race(
        [lambda n=n: write(draft, "abstract", f"{n}", actor=captain, expected_version=0) for n in range(RIVALS)]
    )

    assert [sum(isinstance(result, kind) for result in results) for kind in (Saved, Clash)] == [1, RIVALS - 1]


def test_whoever_sends_the_same_words_at_once_is_told_that_they_are_saved():
    draft = SubmissionFactory(abstract="")
    captain = captain_of(draft.team)

    results = race([lambda: write(draft, "abstract", "同样的话", actor=captain, expected_version=0)] * RIVALS)

    assert [sum(isinstance(result, kind) for result in results) for kind in (Saved, Clash)] == [RIVALS, 0]


def test_an_entry_is_not_decided_about_while_it_is_submitted_anew():
    """Either the new version comes first and the decision is refused, or the other way round."""
    entry = SubmissionFactory(submitted=True)
    organizer = OrganizerFactory(competition=entry.team.competition).user
    save(entry, abstract="改")

    results = race(
        [
            lambda: services.pass_screening(Submission.objects.get(), actor=organizer, version=1),
            lambda: submit(entry),
        ]
    )

    assert [isinstance(result, Exception) for result in results].count(True) == 1
