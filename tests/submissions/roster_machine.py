"""Teams, invitations, hand-overs and requests in any order that hypothesis thinks of: what must hold, always holds.

Most steps act on what stands open, by whoever may; some by somebody else, too late, or a second time. What is refused
has to leave everything as it was. Registration ends early in every run, as most rules are about what comes then.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from portal.accounts.services.closing import close_account
from portal.core.audit_check import verify
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions import services
from submissions.enums import MemberRole, RosterChange, RosterRequestStatus
from submissions.models import HandOver, RosterRequest, Team
from submissions.services.handing_over import sweep_offers
from tests.submissions.roster_world import LARGEST, PEOPLE, TEAMS_A_PERSON, Seen, World, one_of
from tracks.enums import StageKind

REFUSALS = (Conflict, ValidationError, PermissionDenied)
# Whoever may, mostly; else one of all people.
RIGHT_ONE = -1
anybody = st.sampled_from([*[RIGHT_ONE] * 7 * PEOPLE, *range(PEOPLE)])
person = st.sampled_from(range(PEOPLE))
# Which of those that stand open, or of the members.
which = st.sampled_from(range(12))
team = st.sampled_from(range(2))
NO = [services.withdraw_request, services.decline_change]
ANSWERS = [services.accept_team, services.decline_team, services.take_team_back]


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

    @initialize(steps=st.sampled_from(range(3, 10)))
    def registration_is_open_for(self, steps: int) -> None:
        self.steps_left = steps
        self.invite(0, RIGHT_ONE, PEOPLE - 1)

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
    @rule(which=which, by=anybody, is_taken_back=st.sampled_from([False, False, False, True]))
    def settle_invitation(self, which: int, by: int, *, is_taken_back: bool) -> None:
        found = one_of(self.seen.invited, which)
        if is_taken_back:
            self.as_captain(services.revoke_invitation, found, found.team_id, by)
        else:
            self.ask(services.accept_invitation, found, self.world.owners.get(found.email), by)

    @while_open
    @when("others")
    @rule(which=which, by=anybody, is_own_wish=st.booleans())
    def go(self, which: int, by: int, *, is_own_wish: bool) -> None:
        member = one_of(self.seen.members, which)
        if is_own_wish:
            self.ask(services.leave_team, member.team, member.user_id)
        else:
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
    @rule(which=which, by=anybody)
    def take_back(self, which: int, by: int) -> None:
        found = one_of(self.seen.offered, which)
        self.ask(services.take_team_back, found, found.offered_by_id, by)

    @when("offered")
    @rule(which=which, by=anybody)
    def decline_offer(self, which: int, by: int) -> None:
        found = one_of(self.seen.offered, which)
        self.ask(services.decline_team, found, found.offered_to_id, by)

    # The end

    @precondition(lambda self: not self.is_locked and self.steps_left <= 0)
    @rule()
    def registration_ends(self) -> None:
        self.close_registration_in(timedelta(minutes=-1))
        sweep_offers()
        self.look()
        assert self.seen.offered == []
        self.is_locked, self.kept = True, self.seen.rosters

    @precondition(lambda self: self.is_locked and self.steps_left < -14)
    @rule()
    def registration_opens_again(self) -> None:
        self.close_registration_in(timedelta(days=1))
        self.is_locked, self.steps_left = False, 4

    # After it

    @when_locked
    @rule(
        team=team,
        by=anybody,
        whom=person,
        ways=st.sampled_from(["one", "either team", "all people"]),
        is_settled=st.booleans(),
    )
    def ask_to_add(self, team: int, by: int, whom: int, ways: str, *, is_settled: bool) -> None:
        """More than there is room for: either team may want the same person, or one team all that are free."""
        free = [each for each in self.world.emails if not self.seen.teams_of(self.world.owners[each])]
        emails = free if free and ways == "all people" else [one_of(free or self.world.emails, whom)]
        for number in (0, 1) if ways == "either team" else (team,):
            for email in emails:
                self.request(self.team(number), services.Wanted(RosterChange.ADD, email=email), by)
        if is_settled:
            self.settle_all(latest_first=by != RIGHT_ONE)

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
    @rule(which=which, by=anybody, deed=st.sampled_from(NO))
    def say_no(self, which: int, by: int, deed: Any) -> None:
        found = one_of(self.seen.pending, which)
        self.ask(deed, found, self.who_may(deed, found), by)

    @when("awaiting")
    @rule(which=which, by=anybody)
    def refuse(self, which: int, by: int) -> None:
        found = one_of(self.seen.awaiting, which)
        self.ask(services.refuse_change, found, self.world.organizer, by, answer="经核实")

    @when("told")
    @rule(which=which, by=anybody)
    def object_to(self, which: int, by: int) -> None:
        found = one_of(self.seen.told, which)
        self.ask(services.object_to, found, found.person_id, by, text="不同意")

    @when("awaiting")
    @rule(which=which, by=anybody)
    def approve(self, which: int, by: int) -> None:
        self.approve_one(one_of(self.seen.awaiting, which), by)

    def approve_one(self, found: RosterRequest, by: int = RIGHT_ONE) -> None:
        before = self.seen
        if found.change == RosterChange.ADD and by == RIGHT_ONE:
            self.world.happened["no room in the team"] += before.size(found.team_id) >= LARGEST
            self.world.happened["no more teams for the person"] += before.teams_of(found.person_id) >= TEAMS_A_PERSON
        self.ask(services.approve_change, found, self.world.organizer, by, changes_roster=True)
        pairs = zip(self.world.teams, before.rosters, self.seen.rosters, strict=True)
        assert [team for team, old, new in pairs if old != new] in ([], [found.team_id])

    @when_locked
    @when("pending")
    @rule(latest_first=st.booleans())
    def settle_all(self, *, latest_first: bool) -> None:
        """Everybody agrees, and all of it is approved: the limits have to hold all the same."""
        for found in self.seen.asked[:: -1 if latest_first else 1]:
            self.ask(services.agree, found, self.concerned(found))
        for found in self.seen.awaiting[:: -1 if latest_first else 1]:
            self.approve_one(found)

    # Too late, or a second time

    @when_locked
    @rule(team=team, which=which, how=which, no=st.sampled_from(NO))
    def act_too_late(self, team: int, which: int, how: int, no: Any) -> None:
        """What is over stays so, whoever was the one to answer; each way that was open to teams is closed."""
        before = self.seen.everything()
        if self.seen.settled and how % 2:
            found = one_of(self.seen.settled, which)
            deeds = ANSWERS if isinstance(found, HandOver) else [services.approve_change, services.agree, no]
            deed = one_of(deeds, how // 2)
            more = {"answer": "经核实"} if deed is services.refuse_change else {}
            self.ask(deed, found, self.who_may(deed, found), **more)
        else:
            deed, about, actor, more = one_of(self.ways_that_are_closed(team, which), how // 2)
            self.ask(deed, about, actor, **more)
        self.world.happened[f"too late: {deed.__name__}"] += 1
        assert self.seen.everything() == before

    def ways_that_are_closed(self, team: int, which: int) -> list[Any]:
        captain, email = self.seen.captain(self.world.teams[team]), self.world.emails[which % PEOPLE]
        ways: list[Any] = [(services.invite, self.team(team), captain, {"email": email})]
        if self.seen.invited:
            found = one_of(self.seen.invited, which)
            ways.append((services.accept_invitation, found, self.world.owners.get(found.email), {}))
        if self.seen.others:
            member = one_of(self.seen.others, which)
            captain = self.seen.captain(member.team_id)
            ways.append((services.leave_team, member.team, member.user_id, {}))
            ways.append((services.remove_member, member, captain, {}))
            ways.append((services.move_member, member, captain, {"up": True}))
            ways.append((services.offer_team, member.team, captain, {"to": member}))
        return ways

    # Whenever

    @precondition(lambda self: self.is_locked and self.steps_left < -10 and not self.has_closed)
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
        self.world.happened["steps"] += 1
        self.world.happened["somebody else"] += actor != right
        if changes_roster:
            self.kept = self.seen.rosters
        return is_done

    def as_captain(self, deed: Any, about: Any, team: int, by: int, **more: Any) -> None:
        self.ask(deed, about, self.seen.captain(team), by, **more)

    def request(self, team: Team, wanted: services.Wanted, by: int) -> None:
        self.as_captain(services.request_change, team, team.pk, by, wanted=wanted, reason="换人")

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

    def who_may(self, deed: Any, about: Any) -> int | None:
        if deed in (services.approve_change, services.refuse_change):
            return self.world.organizer
        if deed is services.withdraw_request:
            return self.seen.captain(about.team_id)
        if isinstance(about, HandOver):
            return about.offered_by_id if deed is services.take_team_back else about.offered_to_id
        return self.concerned(about)
