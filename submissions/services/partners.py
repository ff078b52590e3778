from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.permissions import require
from submissions import rules, windows
from submissions.codes import normalize_credit_code
from submissions.models import Organization, Team, TeamOrganization
from submissions.services.teams import check_organization, enter_organization, lock_team
from tracks.enums import StageKind


@transaction.atomic
def add_partner(
    team: Team, *, actor: Any, code: str, name: str, kind: str, now: datetime | None = None
) -> TeamOrganization:
    """Another organization beside the one that leads. One that is known by its code keeps its name."""
    require(rules.is_captain, actor, team)
    windows.require_open(team.competition, StageKind.REGISTRATION, now or timezone.now(), team)
    organization = Organization(code=normalize_credit_code(code), name=name.strip(), kind=kind, created_by=actor)
    team = lock_team(team)
    known = Organization.objects.filter(code=organization.code).first()
    if known is None and (errors := check_organization(organization)):
        raise ValidationError(errors)
    _check_room(team, known)
    partner = TeamOrganization.objects.create(team=team, organization=known or enter_organization(organization))
    audit.record("add_partner", team, actor=actor, after={"organization": partner.organization_id})
    return partner


@transaction.atomic
def remove_partner(partner: TeamOrganization, *, actor: Any, now: datetime | None = None) -> None:
    team = partner.team
    require(rules.is_captain, actor, team)
    windows.require_open(team.competition, StageKind.REGISTRATION, now or timezone.now(), team)
    team = lock_team(team)
    if TeamOrganization.objects.filter(pk=partner.pk).delete()[0]:
        audit.record("remove_partner", team, actor=actor, before={"organization": partner.organization_id})


def organization_count(team: Team) -> int:
    return 1 + team.partners.count()


def _check_room(team: Team, known: Organization | None) -> None:
    if known and (known.pk == team.organization_id or team.partners.filter(organization=known).exists()):
        raise ValidationError({"organization_code": _("This organization is already in the team.")})
    limit = team.competition.max_organizations
    if limit is not None and organization_count(team) >= limit:
        words = _("A team has %(limit)s organizations at most, the one that leads included.")
        raise ValidationError({"organization_code": words % {"limit": limit}})
