"""The organizations beside the one that leads: which there are, while registration is open."""

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
from submissions.models import Organization, Team, TeamOrganization
from submissions.services.keyed import keyed
from submissions.services.organizations import (
    FIELDS,
    add_missing,
    check_organization,
    enter_organization,
    find_organization,
    new_organization,
)
from submissions.services.teams import lock_team
from tracks.enums import StageKind


def add_partner(
    team: Team,
    *,
    actor: Any,
    code: str,
    name: str,
    kind: str,
    region: str = "",
    size: str = "",
    key: str | None = None,
    now: datetime | None = None,
) -> TeamOrganization:
    """Another organization beside the one that leads. One that is known by its code keeps its name."""
    now = now or timezone.now()
    _require_captain(team, actor, now)
    organization = new_organization(code=code, name=name, kind=kind, region=region, size=size, actor=actor)
    return keyed(
        "add_partner",
        key=key,
        actor=actor,
        body={"team": team.pk, **{name: getattr(organization, name) for name in FIELDS}},
        among=TeamOrganization.objects.select_related("organization"),
        perform=lambda: _add(team, organization, actor, now),
    )


@transaction.atomic
def remove_partner(partner: TeamOrganization, *, actor: Any, now: datetime | None = None) -> None:
    """One that somebody else has removed a moment ago is no fault."""
    team = locked_for_captain(partner.team, actor, now or timezone.now())
    found = team.partners.filter(pk=partner.pk).first()
    if found is not None:
        found.delete()
        audit.record("remove_partner", team, actor=actor, before={"organization": found.organization_id})


def locked_for_captain(team: Team, actor: Any, now: datetime) -> Team:
    """Its row held. Whoever waited for it may have handed the team over, or registration may have closed."""
    _require_captain(team, actor, now)
    team = lock_team(team)
    _require_captain(team, actor, now)
    return team


def organization_count(team: Team) -> int:
    return 1 + team.partners.count()


def _require_captain(team: Team, actor: Any, now: datetime) -> None:
    require(rules.is_captain, actor, team)
    windows.require_open(team.competition, StageKind.REGISTRATION, now, team)


@transaction.atomic
def _add(team: Team, organization: Organization, actor: Any, now: datetime) -> TeamOrganization:
    team = locked_for_captain(team, actor, now)
    known = find_organization(organization.code)
    if known is None and (errors := check_organization(organization)):
        raise ValidationError(errors)
    _check_room(team, known)
    entered = known or enter_organization(organization)
    added = add_missing(entered, organization)
    partner = TeamOrganization.objects.create(team=team, organization=entered)
    audit.record("add_partner", team, actor=actor, after={"organization": entered.pk, **added})
    return partner


def _check_room(team: Team, known: Organization | None) -> None:
    if known and (known.pk == team.organization_id or team.partners.filter(organization=known).exists()):
        raise ValidationError({FIELDS["code"]: _("This organization is already in the team.")})
    limit = team.competition.max_organizations
    if limit is not None and organization_count(team) >= limit:
        words = _("A team has %(limit)s organizations at most, the one that leads included.")
        raise ValidationError({FIELDS["code"]: words % {"limit": limit}})
