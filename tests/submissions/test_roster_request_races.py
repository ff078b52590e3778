"""What people do about a locked roster at the same moment, and for each race a twin that loses without its lock."""

import pytest
from django.db import connection

from portal.core.errors import Conflict
from submissions import services
from submissions.enums import RosterChange, RosterRequestStatus
from submissions.models import RosterRequest, TeamMember
from submissions.services import roster_decisions
from tests.factories.accounts import UserFactory
from tests.factories.submissions import captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.race import race
from tests.submissions.rosters import agreed, as_now, ask, locked_team
from tests.submissions.test_races import meeting_point, then_wait

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS, ROOM = 5, 3
S = RosterRequestStatus


@pytest.fixture
def team():
    return locked_team(competition=CompetitionFactory(open=True, max_team_members=ROOM))


@pytest.fixture
def organizers(team):
    return [OrganizerFactory(competition=team.competition).user for _each in range(2)]


def unlock(monkeypatch, people):
    """The twin: nobody queues, and all have looked before anybody writes."""
    rows = RosterRequest.objects.select_related("team__competition", "person", "requested_by", "decided_by")
    look = then_wait(lambda request: rows.get(pk=request.pk), meeting_point(people))
    monkeypatch.setattr(roster_decisions, "lock_request", look)


def approve_all(team, requests, organizer):
    return race([lambda each=each: services.approve_change(each, actor=organizer) for each in requests])


def test_however_many_are_approved_at_once_the_team_never_grows_too_large(team, organizers):
    requests = [agreed(team, person) for person in UserFactory.create_batch(RIVALS)]

    approve_all(team, requests, organizers[0])

    assert (team.members.count(), RosterRequest.objects.filter(status=S.APPROVED).count()) == (ROOM, 1)


def test_without_the_lock_the_team_grows_too_large(team, organizers, monkeypatch):
    requests = [agreed(team, person) for person in UserFactory.create_batch(RIVALS)]
    unlock(monkeypatch, RIVALS)
    barrier = meeting_point(RIVALS)
    monkeypatch.setattr(roster_decisions, "member_count", then_wait(roster_decisions.member_count, barrier))

    approve_all(team, requests, organizers[0])

    assert team.members.count() == (2 + RIVALS if connection.features.has_select_for_update else ROOM)


def decide_both(request, organizers):
    yes, no = organizers
    return race(
        [
            lambda: services.approve_change(request, actor=yes),
            lambda: services.refuse_change(request, actor=no, answer="材料不全"),
        ]
    )


def test_of_two_organizers_one_decides_and_the_other_hears_what(team, organizers):
    request = ask(team, RosterChange.REMOVE)

    results = decide_both(request, organizers)

    (loser,) = [result for result in results if isinstance(result, Conflict)]
    found = as_now(request)
    assert found.decided_by.full_name in str(loser.message)
    assert team.members.count() == (1 if found.status == S.APPROVED else 2)


def test_without_the_lock_the_other_hears_nothing(team, organizers, monkeypatch):
    request = ask(team, RosterChange.REMOVE)
    unlock(monkeypatch, 2)

    results = decide_both(request, organizers)

    # A deadlock is as mute as any other end of it: approving writes the trail before the request, refusing after.
    (loser,) = [result for result in results if isinstance(result, Exception)]
    is_mute = as_now(request).decided_by.full_name not in str(loser)
    assert is_mute == connection.features.has_select_for_update


def test_a_double_click_on_approve_adds_one_member(team, organizers):
    person = UserFactory()
    request = agreed(team, person)

    results = race([lambda: services.approve_change(request, actor=organizers[0])] * 3)

    assert (results, TeamMember.objects.filter(user=person).count()) == ([request] * 3, 1)


def test_of_approving_and_taking_back_one_happens(team, organizers):
    request = ask(team, RosterChange.REMOVE)

    results = race(
        [
            lambda: services.approve_change(request, actor=organizers[0]),
            lambda: services.withdraw_request(request, actor=captain_of(team)),
        ]
    )

    assert [isinstance(result, Conflict) for result in results].count(True) == 1
    assert team.members.count() == (1 if as_now(request).status == S.APPROVED else 2)


def test_nobody_is_approved_into_two_teams_at_once_beyond_the_limit(organizers, team):
    competition = team.competition
    competition.max_teams_person = 1
    competition.save()
    person = UserFactory()
    requests = [agreed(each, person) for each in (team, locked_team(competition=competition))]

    approve_all(team, requests, organizers[0])

    assert person.memberships.count() == 1
