from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import lock_person
from portal.core import audit
from portal.core.permissions import require
from submissions import rules, windows
from submissions.enums import MemberRole
from submissions.models import Organization, Team, TeamMember
from submissions.services.keyed import keyed
from submissions.services.limits import require_room_for_person
from submissions.services.organizations import (
    FIELDS,
    add_missing,
    check_organization,
    enter_organization,
    find_organization,
    new_organization,
)
from tracks.enums import StageKind
from tracks.models import Competition


def found_team(
    competition: Competition,
    *,
    actor: Any,
    name: str,
    key: str | None = None,
    now: datetime | None = None,
    **said: str,
) -> Team:
    """A new team with ``actor`` as its captain. ``said`` is about the organization: ``organizations.FIELDS``.

    One that is known by its code keeps its name.
    """
    require(rules.is_somebody, actor)
    windows.require_open(competition, StageKind.REGISTRATION, now or timezone.now())
    organization = new_organization(actor=actor, **{name: said.get(field, "") for name, field in FIELDS.items()})
    team = Team(competition=competition, name=name.strip())
    body = {
        "competition": competition.pk,
        "name": team.name,
        "organization": [getattr(organization, name) for name in FIELDS],
    }
    return keyed(
        "found_team",
        key=key,
        actor=actor,
        body=body,
        among=Team.objects.all(),
        perform=lambda: _found(team, organization, actor=actor),
    )


def lock_team(team: Team) -> Team:
    """Whoever changes how many belong to a team queues here."""
    return Team.objects.select_for_update(no_key=True).get(pk=team.pk)


def next_place(team: Team) -> int:
    """Whoever calls has locked ``team``."""
    return (team.members.aggregate(last=Max("place"))["last"] or 0) + 1


def _found(team: Team, organization: Organization, *, actor: Any) -> Team:
    lock_person(actor)
    require_room_for_person(team.competition, actor)
    known = find_organization(organization.code)
    _check(team, None if known else organization)
    team.organization = known or enter_organization(organization)
    added = add_missing(team.organization, organization)
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        # A rival took the name between our check and our insert.
        raise ValidationError({"name": _name_is_taken()}) from None
    TeamMember.objects.create(team=team, user=actor, role=MemberRole.CAPTAIN, place=1)
    after = {"organization": team.organization_id, "captain": actor.pk, **added}
    audit.record("found", team, actor=actor, after=after)
    return team


def _check(team: Team, organization: Organization | None) -> None:
    """All that is wrong at once, each under the name of its field."""
    errors: dict[str, list[str]] = {}
    try:
        team.full_clean(exclude=["organization"])
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            errors["name" if field == NON_FIELD_ERRORS else field] = messages
    if organization is not None:
        errors |= check_organization(organization)
    if errors:
        raise ValidationError(errors)


def _name_is_taken() -> str:
    return _("Another team has this name. Please choose a different one.")
