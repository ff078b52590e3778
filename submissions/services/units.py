"""What the captain says about the organizations of the team while registration is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from portal.accounts.phones import normalize_phone
from portal.accounts.services.identity import clean_purpose
from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.models import Organization, Team, TeamOrganization
from submissions.models.organizations import INTRODUCTION_LIMIT, STRENGTHS_LIMIT
from submissions.services.organizations import change, changes_to, hold_as_it_is, sayable_by
from submissions.services.partners import locked_for_captain
from submissions.texts import clean_text


@transaction.atomic
def describe_organization(
    team: Team, organization: Organization, *, actor: Any, now: datetime | None = None, **said: str
) -> Organization:
    """Some of ``organizations.SAYABLE``; raises Conflict for what is not theirs to say (any more)."""
    team = locked_for_captain(team, actor, now or timezone.now())
    held = hold_as_it_is(organization)
    if held.pk != team.organization_id and not team.partners.filter(organization=held).exists():
        raise Conflict(_("This organization is no longer in the team."))
    changes = changes_to(held, said)
    if not changes.keys() <= sayable_by(actor, [held])[held.pk]:
        raise Conflict(_("Other teams name this organization too. Please ask the organizers to correct it."))
    before, after = change(held, changes)
    if after:
        about = {"organization": held.pk}
        audit.record("edit_organization", team, actor=actor, before=about | before, after=about | after)
    return held


@sensitive_variables("contact_phone", "changes")
@transaction.atomic
def describe_partner(
    partner: TeamOrganization,
    *,
    actor: Any,
    introduction: str,
    strengths: str,
    contact_name: str,
    contact_phone: str = "",
    now: datetime | None = None,
) -> TeamOrganization:
    """What the team says about a partner. No ``contact_phone`` keeps the number, unless it is somebody else's now."""
    team = locked_for_captain(partner.team, actor, now or timezone.now())
    found = team.partners.select_related("organization").filter(pk=partner.pk).first()
    if found is None:
        raise Conflict(_("This organization is no longer in the team."))
    said = {
        "introduction": _text("introduction", introduction, INTRODUCTION_LIMIT),
        "strengths": _text("strengths", strengths, STRENGTHS_LIMIT),
        **_contact(found, contact_name.strip(), contact_phone.strip()),
    }
    changes = {name: value for name, value in said.items() if value != getattr(found, name)}
    for name, value in changes.items():
        setattr(found, name, value)
    if changes:
        found.save(update_fields=list(changes))
        # Of a contact the trail says that they changed, never who it is.
        after = {"organization": found.organization_id, "changed": sorted(changes)}
        audit.record("edit_partner", team, actor=actor, after=after)
    return found


@sensitive_variables()
@transaction.atomic
def read_contact_phone(partner: TeamOrganization, *, actor: Any, purpose: str) -> str:
    """The whole number, for an organizer who says what for; the line it leaves never says the number."""
    require(rules.can_call_contact, actor, partner.team)
    purpose = clean_purpose(purpose)
    if not partner.contact_phone:
        raise Conflict(_("There is nothing to read."))
    team = partner.team
    after, scope = {"partner": partner.pk}, audit.reading_scope(team)
    audit.record("read_contact_phone", team, actor=actor, after=after, reason=purpose, scope=scope)
    return partner.contact_phone


@sensitive_variables()
def _contact(found: TeamOrganization, name: str, phone: str) -> dict[str, str]:
    if not name:
        if phone:
            raise ValidationError({"contact_name": _("Please say whose number this is.")})
        return {"contact_name": "", "contact_phone": ""}
    try:
        TeamOrganization._meta.get_field("contact_name").clean(name, found)
    except ValidationError as error:
        raise ValidationError({"contact_name": error.messages}) from None
    if phone:
        try:
            return {"contact_name": name, "contact_phone": normalize_phone(phone)}
        except ValidationError as error:
            raise ValidationError({"contact_phone": error.messages}) from None
    return {"contact_name": name, "contact_phone": found.contact_phone if name == found.contact_name else ""}


def _text(name: str, value: str, limit: int) -> str:
    try:
        return clean_text(value.strip(), limit=limit)
    except ValidationError as error:
        raise ValidationError({name: error}) from None
