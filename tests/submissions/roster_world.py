"""Where the machine of rosters starts from, and what it sees of it after each step."""

from __future__ import annotations

from collections import Counter
from typing import Any

from submissions.enums import HandOverStatus, MemberRole, RosterRequestStatus
from submissions.models import HandOver, Invitation, RosterRequest, TeamMember
from tests.factories.accounts import UserFactory
from tests.factories.submissions import TeamFactory, TeamMemberFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory

LARGEST, TEAMS_A_PERSON, PEOPLE = 3, 1, 5
OPEN = (RosterRequestStatus.ASKED, RosterRequestStatus.AWAITING)


def one_of(rows: Any, which: int) -> Any:
    return rows[which % len(rows)]


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
        self.organizer = OrganizerFactory(competition=self.competition).user.pk
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
        self.settled = [
            each for each in [*self.offers, *self.requests] if each.status not in (*OPEN, HandOverStatus.OPEN)
        ]
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
