"""Teams, invitations, hand-overs and requests in any order that hypothesis thinks of: what must hold, always holds.

Most steps act on what stands open, by whoever may; some by somebody else, too late, or a second time. What is refused
has to leave everything as it was. Registration ends early in every run, as most rules are about what comes then.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
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
OPEN = (RosterRequestStatus.ASKED, RosterRequestStatus.AWAITING)
# Whoever may, mostly; else one of all people.
RIGHT_ONE = -1
anybody = st.sampled_from([*[RIGHT_ONE] * 3 * PEOPLE, *range(PEOPLE)])
person = st.sampled_from(range(PEOPLE))
# Which of those that stand open, or of the members.
which = st.sampled_from(range(12))
team = st.sampled_from(range(2))
NO_LONGER = {
    "answer": [services.accept_team, services.decline_team, services.take_team_back],
    "settle": [services.agree, services.decline_change, services.withdraw_request, services.approve_change],
}


class World:
    """Made once: two teams, of two and of one, and two people who are in neither. Each run starts from here."""

    def __init__(self) -> None:
        self.competition = CompetitionFactory(open=True, max_team_members=LARGEST, max_teams_person=TEAMS_A_PERSON)
        people = UserFactory.create_batch(PEOPLE)
        teams = [TeamFactory(competition=self.competition, captain=each) for each in people[:2]]
        TeamMemberFactory(team=teams[0], user=people[2], place=2)
        self.people = [each.pk for each in people]
        self.owners = {each.email: each.pk for each in people}
        self.emails = [each.email for each in people]
        self.teams = [each.pk for each in teams]
        self.organizers = [OrganizerFactory(competition=self.competition).user.pk for _each in range(2)]
        self.happened: Counter[str] = Counter()


class Seen:
    """All that there is, as it is in the database now."""

    def __init__(self, teams: list[int]) -> None:
        rows = TeamMember.objects.filter(team__in=teams).select_related("team__competition", "user")
        self.members = list(rows.order_by("team", "place", "pk"))
        self.invitations = list(Invitation.objects.select_related("team__competition").order_by("pk"))
        self.offers = list(HandOver.objects.select_related("team__competition").order_by("pk"))
        self.requests = list(RosterRequest.objects.select_related("team__competition", "person").order_by("pk"))
        self.rosters = [
            [(row.user_id, row.role, row.duty) for row in self.members if row.team_id == team] for team in teams
        ]
        self.invited = [each for each in self.invitations if not each.accepted_at and not each.revoked_at]
        self.offered = [each for each in self.offers if each.status == HandOverStatus.OPEN]
        self.pending = [each for each in self.requests if each.status in OPEN]
        self.asked = [each for each in self.pending if each.status == RosterRequestStatus.ASKED]
        self.awaiting = [each for each in self.pending if each.status == RosterRequestStatus.AWAITING]
        self.told = [each for each in self.pending if not each.asks_consent]
        self.others = [row for row in self.members if row.role == MemberRole.MEMBER]

    def everything(self) -> Any:
        states = [[(each.pk, each.status) for each in rows] for rows in (self.offers, self.requests)]
        return self.rosters, states, [each.pk for each in self.invited]

    def captain(self, team: int) -> int:
        """Nobody (0), when the last one of a team has gone."""
        found = [row.user_id for row in self.members if (row.team_id, row.role) == (team, MemberRole.CAPTAIN)]
        return found[0] if found else 0

    def size(self, team: int) -> int:
        return sum(row.team_id == team for row in self.members)

    def teams_of(self, user: int | None) -> int:
        return sum(row.user_id == user for row in self.members)


def when(something: str) -> Any:
    """A rule for as long as there is some of it."""
    return precondition(lambda self: bool(getattr(self.seen, something)))


while_open = precondition(lambda self: not self.is_locked and self.steps_left > 0)
when_locked = precondition(lambda self: self.is_locked)


class Rosters(RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.world, self.seen = world, Seen(world.teams)
        self.is_locked, self.has_closed = False, False
        self.kept = self.seen.rosters

    @initialize(steps=st.sampled_from(range(1, 11)))
    def registration_is_open_for(self, steps: int) -> None:
        self.steps_left = steps

    def teardown(self) -> None:
        try:
            self.what_was_done_is_on_record()
            self.count()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    # Before registration ends

    @while_open
    @rule(team=team, by=anybody, whom=person)
    def invite(self, team: int, by: int, whom: int) -> None:
        self.as_captain(services.invite, self.team(team), self.world.teams[team], by, email=self.world.emails[whom])

    @while_open
    @when("invited")
    @rule(which=which, by=anybody)
    def accept_invitation(self, which: int, by: int) -> None:
        found = one_of(self.seen.invited, which)
        self.ask(services.accept_invitation, found, self.world.owners.get(found.email), by)

    @while_open
    @when("invited")
    @rule(which=which, by=anybody)
    def revoke_invitation(self, which: int, by: int) -> None:
        found = one_of(self.seen.invited, which)
        self.as_captain(services.revoke_invitation, found, found.team_id, by)

    @while_open
    @when("others")
    @rule(which=which)
    def leave(self, which: int) -> None:
        member = one_of(self.seen.members, which)
        self.ask(services.leave_team, member.team, member.user_id)

    @while_open
    @when("others")
    @rule(which=which, by=anybody)
    def remove(self, which: int, by: int) -> None:
        member = one_of(self.seen.members, which)
        self.as_captain(services.remove_member, member, member.team_id, by)

    @while_open
    @when("others")
    @rule(which=which, by=anybody, up=st.booleans())
    def move(self, which: int, by: int, *, up: bool) -> None:
        member = one_of(self.seen.members, which)
        self.as_captain(services.move_member, member, member.team_id, by, up=up)

    @while_open
    @when("others")
    @rule(which=which, by=anybody)
    def offer(self, which: int, by: int) -> None:
        member = one_of(self.seen.others, which)
        self.as_captain(services.offer_team, member.team, member.team_id, by, to=member)

    @while_open
    @when("offered")
    @rule(which=which, by=anybody)
    def accept_offer(self, which: int, by: int) -> None:
        found = one_of(self.seen.offered, which)
        self.ask(services.accept_team, found, found.offered_to_id, by)

    @while_open
    @when("offered")
    @rule(which=which, by=anybody, is_taken_back=st.booleans())
    def end_offer(self, which: int, by: int, *, is_taken_back: bool) -> None:
        found = one_of(self.seen.offered, which)
        if is_taken_back:
            self.ask(services.take_team_back, found, found.offered_by_id, by)
        else:
            self.ask(services.decline_team, found, found.offered_to_id, by)

    # The end

    @precondition(lambda self: not self.is_locked)
    @rule()
    def registration_ends(self) -> None:
        self.close_registration_in(timedelta(minutes=-1))
        sweep_offers()
        self.look()
        assert self.seen.offered == []
        self.is_locked, self.kept = True, self.seen.rosters

    @precondition(lambda self: self.is_locked and self.steps_left < -12)
    @rule()
    def registration_opens_again(self) -> None:
        self.close_registration_in(timedelta(days=1))
        self.is_locked, self.steps_left = False, 3

    # After it

    @when_locked
    @rule(team=team, by=anybody, whom=person)
    def ask_to_add(self, team: int, by: int, whom: int) -> None:
        free = [number for number, pk in enumerate(self.world.people) if not self.seen.teams_of(pk)]
        email = self.world.emails[one_of(free, whom) if free else whom]
        self.request(self.team(team), services.Wanted(RosterChange.ADD, email=email, duty="算法"), by)

    @when_locked
    @when("others")
    @rule(
        which=which,
        by=anybody,
        change=st.sampled_from([RosterChange.REMOVE, RosterChange.EDIT, RosterChange.CAPTAIN]),
        place=st.sampled_from(range(1, LARGEST + 1)),
    )
    def ask_about_a_member(self, which: int, by: int, change: RosterChange, place: int) -> None:
        member = one_of(self.seen.others, which)
        self.request(member.team, services.Wanted(change, member=member, duty="算法", place=place), by)

    @when_locked
    @when("asked")
    @rule(which=which, by=anybody)
    def agree(self, which: int, by: int) -> None:
        found = one_of(self.seen.asked, which)
        self.ask(services.agree, found, self.concerned(found), by)

    @when("pending")
    @rule(which=which, by=anybody, is_withdrawn=st.booleans())
    def end_request(self, which: int, by: int, *, is_withdrawn: bool) -> None:
        found = one_of(self.seen.pending, which)
        if is_withdrawn:
            self.as_captain(services.withdraw_request, found, found.team_id, by)
        else:
            self.ask(services.decline_change, found, self.concerned(found), by)

    @when("told")
    @rule(which=which, by=anybody)
    def object_to(self, which: int, by: int) -> None:
        found = one_of(self.seen.told, which)
        self.ask(services.object_to, found, found.person_id, by, text="不同意")

    @when("awaiting")
    @rule(which=which, by=anybody, organizer=team)
    def approve(self, which: int, by: int, organizer: int) -> None:
        found, before = one_of(self.seen.awaiting, which), self.seen
        if found.change == RosterChange.ADD:
            self.world.happened["no room in the team"] += by == RIGHT_ONE and before.size(found.team_id) >= LARGEST
            self.world.happened["no more teams for the person"] += (
                by == RIGHT_ONE and before.teams_of(found.person_id) > 0
            )
        self.ask(services.approve_change, found, self.world.organizers[organizer], by, changes_roster=True)
        pairs = zip(self.world.teams, before.rosters, self.seen.rosters, strict=True)
        assert [team for team, old, new in pairs if old != new] in ([], [found.team_id])

    @when("awaiting")
    @rule(which=which, by=anybody, organizer=team)
    def refuse(self, which: int, by: int, organizer: int) -> None:
        found = one_of(self.seen.awaiting, which)
        self.ask(services.refuse_change, found, self.world.organizers[organizer], by, answer="经核实")

    # Too late, or a second time

    @when_locked
    @rule(team=team, which=which, up=st.booleans())
    def change_a_locked_roster(self, team: int, which: int, *, up: bool) -> None:
        """Each way that was open before: none of them is now."""
        captain = self.seen.captain(self.world.teams[team])
        before = self.seen.everything()
        tries: list[Any] = [(services.invite, self.team(team), captain, {"email": self.world.emails[which % PEOPLE]})]
        if self.seen.invited:
            found = one_of(self.seen.invited, which)
            tries.append((services.accept_invitation, found, self.world.owners.get(found.email), {}))
        if self.seen.others:
            member = one_of(self.seen.others, which)
            lead = self.seen.captain(member.team_id)
            tries.append((services.leave_team, member.team, member.user_id, {}))
            tries.append((services.remove_member, member, lead, {}))
            tries.append((services.move_member, member, lead, {"up": up}))
            tries.append((services.offer_team, member.team, lead, {"to": member}))
        deed, about, actor, more = one_of(tries, which)
        self.world.happened[f"too late: {deed.__name__}"] += 1
        self.ask(deed, about, actor, **more)
        assert self.seen.everything() == before

    @precondition(lambda self: len(self.seen.requests) > len(self.seen.pending))
    @rule(which=which, deed=st.sampled_from(NO_LONGER["settle"]))
    def settle_again(self, which: int, deed: Any) -> None:
        found = one_of([each for each in self.seen.requests if each.status not in OPEN], which)
        actors = {
            services.approve_change: self.world.organizers[0],
            services.withdraw_request: self.seen.captain(found.team_id),
        }
        self.again(deed, found, actors.get(deed, self.concerned(found)))

    @precondition(lambda self: len(self.seen.offers) > len(self.seen.offered))
    @rule(which=which, deed=st.sampled_from(NO_LONGER["answer"]))
    def answer_again(self, which: int, deed: Any) -> None:
        found = one_of([each for each in self.seen.offers if each.status != HandOverStatus.OPEN], which)
        self.again(deed, found, found.offered_by_id if deed is services.take_team_back else found.offered_to_id)

    # Whenever

    @precondition(lambda self: not self.has_closed)
    @rule(whom=person)
    def close_account(self, whom: int) -> None:
        own = self.world.people[whom]
        user = get_user_model().objects.get(pk=own)
        self.has_closed = self.ask(close_account, user, own, changes_roster=True)

    # What holds

    @invariant()
    def every_living_team_has_one_captain(self) -> None:
        captains = Counter(row.team_id for row in self.seen.members if row.role == MemberRole.CAPTAIN)
        assert captains == Counter({row.team_id for row in self.seen.members})

    @invariant()
    def limits_hold(self) -> None:
        sizes = Counter(row.team_id for row in self.seen.members)
        parts = Counter(row.user_id for row in self.seen.members)
        assert (max(sizes.values()) <= LARGEST, max(parts.values()) <= TEAMS_A_PERSON) == (True, True)

    @invariant()
    def nobody_without_an_account_is_in_a_team(self) -> None:
        assert all(row.user.is_active for row in self.seen.members)

    @invariant()
    def open_offers_are_between_the_captain_and_a_member(self) -> None:
        roles = {(row.team_id, row.user_id): row.role for row in self.seen.members}
        for offer in self.seen.offered:
            both = [roles.get((offer.team_id, each)) for each in (offer.offered_by_id, offer.offered_to_id)]
            assert both == [MemberRole.CAPTAIN, MemberRole.MEMBER]
        assert all(one.team_id != other.team_id for one, other in pairwise(self.seen.offered))

    @invariant()
    def a_locked_roster_changes_by_approval_alone(self) -> None:
        assert not self.is_locked or self.seen.rosters == self.kept

    @invariant()
    def whoever_was_approved_had_agreed(self) -> None:
        approved = [each for each in self.seen.requests if each.status == RosterRequestStatus.APPROVED]
        assert all(each.agreed_at for each in approved if each.asks_consent)

    def what_was_done_is_on_record(self) -> None:
        """And an invitation let in once at most."""
        joined = AuditEntry.objects.filter(action="join").values_list("after", flat=True)
        used = Counter(line["invitation"] for line in joined)
        accepted = {each.pk for each in self.seen.invitations if each.accepted_at}
        assert (max(used.values(), default=0) <= 1, set(used) <= accepted) == (True, True)
        lines = AuditEntry.objects.filter(action="approve_change").values_list("object_id", flat=True)
        approved = [each.pk for each in self.seen.requests if each.status == RosterRequestStatus.APPROVED]
        assert sorted(map(int, lines)) == approved
        assert verify() == []

    def count(self) -> None:
        self.world.happened.update(AuditEntry.objects.values_list("action", flat=True))
        self.world.happened.update(f"{each.change}: {each.status}" for each in self.seen.requests)
        self.world.happened.update(f"offer: {each.status}" for each in self.seen.offers)

    # How it is asked

    def ask(
        self,
        deed: Any,
        about: Any,
        right: int | None,
        by: int = RIGHT_ONE,
        *,
        changes_roster: bool = False,
        **more: Any,
    ) -> bool:
        """Whether it is done. What is refused changes nothing, nor does whoever is not the ``right`` one."""
        before, actor = self.seen.everything(), right if by == RIGHT_ONE else self.world.people[by]
        try:
            deed(about, actor=get_user_model().objects.get(pk=actor or self.world.people[0]), **more)
            is_done = True
        except REFUSALS:
            is_done = False
        self.look()
        assert (is_done and actor == right) or self.seen.everything() == before
        self.world.happened["somebody else"] += actor != right
        if changes_roster:
            self.kept = self.seen.rosters
        return is_done

    def as_captain(self, deed: Any, about: Any, team: int, by: int, **more: Any) -> None:
        self.ask(deed, about, self.seen.captain(team), by, **more)

    def request(self, team: Team, wanted: services.Wanted, by: int) -> None:
        self.as_captain(services.request_change, team, team.pk, by, wanted=wanted, reason="换人")

    def again(self, deed: Any, about: Any, actor: int | None) -> None:
        before = self.seen.everything()
        self.ask(deed, about, actor)
        self.world.happened[f"again: {deed.__name__}"] += 1
        assert self.seen.everything() == before

    def look(self) -> None:
        self.seen = Seen(self.world.teams)
        self.steps_left -= 1

    def close_registration_in(self, time: timedelta) -> None:
        stages = self.world.competition.stages.filter(kind=StageKind.REGISTRATION)
        stages.update(closes_at=timezone.now() + time)

    def team(self, number: int) -> Team:
        return Team.objects.select_related("competition").get(pk=self.world.teams[number])

    def concerned(self, request: RosterRequest) -> int | None:
        return request.person_id or self.world.owners.get(request.email)


def one_of(rows: Any, which: int) -> Any:
    return rows[which % len(rows)]


@pytest.fixture
def happened(monkeypatch):
    """How often what happened in all runs, which are the same ones wherever it is run."""
    # Hypothesis mixes constants in that it finds in whatever modules happen to be loaded.
    monkeypatch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *args, **more: None)
    world = World()
    run_state_machine_as_test(
        lambda: Rosters(world),
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return world.happened


def test_whatever_people_do_in_whatever_order(happened):
    print(sorted(happened.items()))
