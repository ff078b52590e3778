"""Teams, invitations, hand-overs and requests in any order that hypothesis thinks of: what must hold, always holds.

Services are asked for whatever comes to mind, allowed or not. What they refuse has to leave everything as it was.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from portal.accounts.services.closing import close_account
from portal.core.audit_check import verify
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions import services
from submissions.enums import HandOverStatus, MemberRole, RosterChange, RosterRequestStatus
from submissions.models import HandOver, Invitation, RosterRequest, Team, TeamMember
from submissions.services.handing_over import sweep_offers
from tests.factories.accounts import UserFactory
from tests.factories.submissions import TeamFactory, TeamMemberFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tracks.enums import StageKind

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LARGEST, TEAMS_A_PERSON, PEOPLE = 3, 1, 5
REFUSALS = (Conflict, ValidationError, PermissionDenied)
person = st.integers(0, PEOPLE - 1)
# Mostly whoever may, else anybody.
RIGHT_ONE = -1
anybody = st.sampled_from([*[RIGHT_ONE] * 2 * PEOPLE, *range(PEOPLE)])
team = st.integers(0, 1)


class Rosters(RuleBasedStateMachine):
    invitations = Bundle("invitations")
    offers = Bundle("offers")
    requests = Bundle("requests")

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.competition = CompetitionFactory(open=True, max_team_members=LARGEST, max_teams_person=TEAMS_A_PERSON)
        self.people = UserFactory.create_batch(PEOPLE)
        self.teams = [TeamFactory(competition=self.competition, captain=each) for each in self.people[:2]]
        self.organizers = [OrganizerFactory(competition=self.competition).user for _each in range(2)]
        self.is_locked = False
        self.kept: Any = None

    def teardown(self) -> None:
        try:
            assert verify() == []
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    # What there is at first: something to answer on either side of the end of registration.

    @initialize()
    def a_second_member(self) -> None:
        for team, newcomer in zip(self.teams, self.people[2:4], strict=True):
            TeamMemberFactory(team=team, user=newcomer, place=2)

    @initialize(target=invitations)
    def an_invitation(self) -> Any:
        return self.made(services.invite, self.team(0), actor=self.people[0], email=self.people[4].email)

    # Before registration ends

    @rule(target=invitations, team=team, by=anybody, whom=person)
    def invite(self, team: int, by: int, whom: int) -> Any:
        return self.made(services.invite, self.team(team), actor=self.captain(team, by), email=self.people[whom].email)

    @rule(invitation=invitations, by=anybody)
    def accept_invitation(self, invitation: Any, by: int) -> None:
        found = self.fresh(invitation)
        self.ask(services.accept_invitation, found, actor=self.owner(found and found.email, by))

    @rule(invitation=consumes(invitations), by=anybody)
    def revoke_invitation(self, invitation: Any, by: int) -> None:
        found = self.fresh(invitation)
        self.ask(services.revoke_invitation, found, actor=self.one(found and found.invited_by, by))

    @rule(team=team, by=anybody)
    def leave(self, team: int, by: int) -> None:
        member = self.team(team).members.last()
        self.ask(services.leave_team, self.team(team), actor=self.one(member and member.user, by))

    @rule(team=team, by=anybody, whom=person)
    def remove(self, team: int, by: int, whom: int) -> None:
        if member := self.member(team, whom):
            self.ask(services.remove_member, member, actor=self.captain(team, by))

    @rule(team=team, by=anybody, whom=person, up=st.booleans())
    def move(self, team: int, by: int, whom: int, *, up: bool) -> None:
        if member := self.member(team, whom):
            self.ask(services.move_member, member, actor=self.captain(team, by), up=up)

    @rule(target=offers, team=team, by=anybody, whom=person)
    def offer(self, team: int, by: int, whom: int) -> Any:
        member = self.member(team, whom) or self.team(team).members.last()
        if member is None:
            return multiple()
        return self.made(services.offer_team, self.team(team), actor=self.captain(team, by), to=member)

    @rule(
        offer=offers,
        by=anybody,
        answer=st.sampled_from(
            [services.accept_team, services.accept_team, services.decline_team, services.take_team_back]
        ),
    )
    def answer_offer(self, offer: Any, by: int, answer: Any) -> None:
        found = self.fresh(offer)
        may = answer is services.take_team_back
        right = found and (found.offered_by if may else found.offered_to)
        self.ask(answer, found, actor=self.one(right, by))

    # After it

    @rule()
    def registration_ends(self) -> None:
        self.lock()

    def lock(self) -> None:
        self.competition.stages.filter(kind=StageKind.REGISTRATION).update(
            closes_at=timezone.now() - timedelta(minutes=1)
        )
        sweep_offers()
        self.is_locked, self.kept = True, self.rosters()

    @rule()
    def unlock(self) -> None:
        self.competition.stages.filter(kind=StageKind.REGISTRATION).update(closes_at=timezone.now() + timedelta(days=1))
        self.is_locked = False

    @rule(
        target=requests,
        team=team,
        by=anybody,
        whom=person,
        change=st.sampled_from(RosterChange),
        place=st.integers(1, LARGEST),
        locks=st.booleans(),
    )
    def request(self, team: int, by: int, whom: int, change: RosterChange, place: int, *, locks: bool) -> Any:
        if locks and not self.is_locked:
            self.lock()
        wanted = services.Wanted(change, email=self.people[whom].email, duty="算法", place=place)
        if change != RosterChange.ADD:
            wanted = services.Wanted(
                change, member=self.member(team, whom) or self.team(team).members.last(), duty="算法", place=place
            )
        return self.made(services.request_change, self.team(team), wanted, actor=self.captain(team, by), reason="换人")

    @rule(
        request=requests,
        by=anybody,
        answer=st.sampled_from([services.agree, services.decline_change, services.withdraw_request]),
    )
    def answer_request(self, request: Any, by: int, answer: Any) -> None:
        found = self.fresh(request)
        if answer is services.withdraw_request:
            actor = self.one(found and found.requested_by, by)
        else:
            actor = self.owner(found and (found.email or found.person.email), by)
        self.ask(answer, found, actor=actor)

    @rule(request=requests, by=anybody)
    def object_to(self, request: Any, by: int) -> None:
        found = self.fresh(request)
        self.ask(services.object_to, found, actor=self.one(found and found.person, by), text="不同意")

    @rule(request=requests, by=st.integers(0, 1), is_yes=st.booleans(), agrees=st.booleans())
    def decide(self, request: Any, by: int, *, is_yes: bool, agrees: bool) -> None:
        if agrees:
            self.answer_request(request, RIGHT_ONE, services.agree)
        before, found = self.rosters(), self.fresh(request)
        decide: Any = services.approve_change if is_yes else services.refuse_change
        decided = self.ask(decide, found, actor=self.organizers[by], answer="经核实")
        was_open = found is not None and found.status == RosterRequestStatus.AWAITING
        if decided is None or not was_open or not is_yes:
            assert self.rosters() == before
        else:
            assert [pk for pk in before if self.rosters()[pk] != before[pk]] in ([], [decided.team_id])
            self.kept = self.rosters()

    # Whenever

    @rule(by=person)
    def close_account(self, by: int) -> None:
        if self.ask(close_account, self.user(by), actor=self.user(by)):
            self.kept = self.rosters()

    # What holds

    @invariant()
    def every_living_team_has_one_captain(self) -> None:
        captains = Counter(TeamMember.objects.filter(role=MemberRole.CAPTAIN).values_list("team_id", flat=True))
        assert captains == Counter(set(TeamMember.objects.values_list("team_id", flat=True)))

    @invariant()
    def limits_hold(self) -> None:
        sizes = Team.objects.annotate(size=Count("members")).values_list("size", flat=True)
        parts = Counter(TeamMember.objects.values_list("user_id", flat=True))
        assert (max(sizes) <= LARGEST, max(parts.values(), default=0) <= TEAMS_A_PERSON) == (True, True)

    @invariant()
    def nobody_without_an_account_is_in_a_team(self) -> None:
        assert not TeamMember.objects.filter(user__is_active=False).exists()

    @invariant()
    def an_invitation_lets_in_once(self) -> None:
        joined = AuditEntry.objects.filter(action="join").values_list("after", flat=True)
        used = Counter(line["invitation"] for line in joined)
        accepted = set(Invitation.objects.exclude(accepted_at=None).values_list("pk", flat=True))
        assert (max(used.values(), default=0) <= 1, set(used) <= accepted) == (True, True)

    @invariant()
    def open_offers_are_between_the_captain_and_a_member(self) -> None:
        for offer in HandOver.objects.open():
            roles = dict(offer.team.members.values_list("user_id", "role"))
            assert (roles[offer.offered_by_id], roles[offer.offered_to_id]) == (MemberRole.CAPTAIN, MemberRole.MEMBER)
        open_ones = Counter(HandOver.objects.filter(status=HandOverStatus.OPEN).values_list("team_id", flat=True))
        assert max(open_ones.values(), default=0) <= 1

    @invariant()
    def a_locked_roster_changes_by_approval_alone(self) -> None:
        assert not self.is_locked or self.rosters() == self.kept

    @invariant()
    def whoever_was_approved_had_agreed(self) -> None:
        approved = RosterRequest.objects.filter(status=RosterRequestStatus.APPROVED)
        asked = approved.filter(change__in=[RosterChange.ADD, RosterChange.CAPTAIN])
        assert not asked.filter(agreed_at=None).exists()
        lines = AuditEntry.objects.filter(action="approve_change").values_list("object_id", flat=True)
        assert sorted(lines) == sorted(str(pk) for pk in approved.values_list("pk", flat=True))

    # How it is asked

    def ask(self, deed: Any, about: Any, *args: Any, **more: Any) -> Any:
        """What it gives, or nothing when it is refused or about nothing; what is refused changes nothing."""
        if about is None:
            return None
        before = self.rosters()
        try:
            return deed(about, *args, **more)
        except REFUSALS:
            assert self.rosters() == before
            return None

    def made(self, deed: Any, *args: Any, **more: Any) -> Any:
        """The same, for a bundle: what is refused puts nothing into it."""
        done = self.ask(deed, *args, **more)
        return multiple() if done is None else done

    def rosters(self) -> dict[int, list[tuple[int, str, str]]]:
        found: dict[int, list[tuple[int, str, str]]] = {each.pk: [] for each in self.teams}
        for row in TeamMember.objects.filter(team__in=self.teams).order_by("team", "place", "pk"):
            found[row.team_id].append((row.user_id, row.role, row.duty))
        return found

    def team(self, number: int) -> Team:
        return Team.objects.select_related("competition").get(pk=self.teams[number].pk)

    def user(self, number: int) -> Any:
        return self.again(self.people[number])

    def one(self, right: Any, by: int) -> Any:
        if by != RIGHT_ONE:
            return self.user(by)
        return self.again(right or self.people[0])

    def captain(self, team: int, by: int) -> Any:
        captain = TeamMember.objects.filter(team=self.teams[team], role=MemberRole.CAPTAIN).first()
        return self.one(captain and captain.user, by)

    def owner(self, email: str | None, by: int) -> Any:
        found = [each for each in self.people if each.email == email]
        return self.one(found[0] if found else None, by)

    def again(self, user: Any) -> Any:
        return type(user).objects.get(pk=user.pk)

    def fresh(self, row: Any) -> Any:
        return row and type(row).objects.get(pk=row.pk)

    def member(self, team: int, whom: int) -> TeamMember | None:
        return TeamMember.objects.filter(team=self.teams[team], user=self.people[whom]).first()


def test_whatever_people_do_in_whatever_order():
    run_state_machine_as_test(
        Rosters,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
