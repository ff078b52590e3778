"""What the captain says about the organizations of the team while registration is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from submissions.models import Organization, Team
from submissions.services.organizations import change, changes_to, hold_as_it_is, sayable_by
from submissions.services.partners import locked_for_captain


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
