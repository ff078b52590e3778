"""How much one competition takes from a person, a team and an organization. Null is no limit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from submissions.enums import SubmissionStatus
from submissions.models import Organization, Submission, Team, TeamMember
from tracks.models import Competition


def require_room_for_person(competition: Competition, person: Any) -> None:
    """Whoever calls has locked ``person``: nobody joins two teams between this look and the insert."""
    limit = competition.max_teams_person
    if limit is not None and team_count(competition, person) >= limit:
        raise Conflict(_("One person takes part in this competition with %(limit)s teams at most.") % {"limit": limit})


def require_room_for_entry(team: Team) -> None:
    """Locks what it counts, the team before its organization, and holds both until the commit."""
    competition = team.competition
    if competition.max_entries_team is not None:
        lock_for_entry(Team, team.pk)
        if team_entry_count(team) >= competition.max_entries_team:
            raise Conflict(
                _("A team has %(limit)s entries in this competition at most.") % {"limit": competition.max_entries_team}
            )
    if competition.max_entries_organization is not None:
        lock_for_entry(Organization, team.organization_id)
        if organization_entry_count(team) >= competition.max_entries_organization:
            raise Conflict(
                _("An organization leads %(limit)s entries in this competition at most.")
                % {"limit": competition.max_entries_organization}
            )


def lock_for_entry(model: Any, pk: int) -> None:
    model.objects.select_for_update(no_key=True).get(pk=pk)


def team_count(competition: Competition, person: Any) -> int:
    return TeamMember.objects.filter(team__competition=competition, user=person).count()


def team_entry_count(team: Team) -> int:
    return _counted().filter(team=team).count()


def organization_entry_count(team: Team) -> int:
    return _counted().filter(team__organization=team.organization_id, team__competition=team.competition_id).count()


def _counted() -> Any:
    return Submission.objects.exclude(status=SubmissionStatus.WITHDRAWN)
