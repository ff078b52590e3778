"""More time for one team: organizers grant it or take it back with a reason, the team is told, the trail keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.instants import validate_instant
from portal.core.permissions import require
from portal.core.templatetags.ui import deadline
from submissions.models import Extension, Team
from submissions.services.teams import lock_team
from submissions.services.telling import tell_team
from submissions.texts import clean_text
from tracks.enums import StageKind
from tracks.models import Stage
from tracks.rules import is_organizer

EXTENDABLE = (StageKind.REGISTRATION, StageKind.SUBMISSION)
REASON_LIMIT = 200


@transaction.atomic
def grant_extension(team: Team, *, actor: Any, kind: str, closes_at: datetime, reason: str) -> Extension:
    """Takes the place of an extension that the team already has for this stage."""
    require(is_organizer, actor, team.competition)
    reason = check_extension(team, kind=kind, closes_at=closes_at, reason=reason)
    team, now = lock_team(team), timezone.now()
    earlier = team.extensions.live().filter(kind=kind)
    before = list(earlier.values_list("closes_at", flat=True))
    earlier.update(revoked_at=now)
    granted = Extension.objects.create(
        team=team, kind=kind, closes_at=closes_at, reason=reason, granted_by=actor, granted_at=now
    )
    after = {"team": team.pk, "kind": kind, "closes_at": closes_at.isoformat()}
    was = {"closes_at": before[0].isoformat()} if before else {}
    audit.record("grant_extension", granted, actor=actor, before=was, after=after, reason=reason)
    tell_team(team.pk, "submissions.extended", key=f"extended:{granted.pk}", about=granted.pk)
    return granted


@transaction.atomic
def revoke_extension(extension: Extension, *, actor: Any, reason: str) -> Extension:
    """The stage's own end holds again for the team."""
    require(is_organizer, actor, extension.team.competition)
    reason = _clean_reason(reason)
    live = Extension.objects.live().filter(pk=extension.pk)
    if live.update(revoked_at=timezone.now()) != 1:
        raise Conflict(_("This extension has been revoked already."))
    before = {"kind": extension.kind, "closes_at": extension.closes_at.isoformat()}
    audit.record("revoke_extension", extension, actor=actor, before=before, reason=reason)
    key = f"extension-revoked:{extension.pk}"
    tell_team(extension.team_id, "submissions.extension_revoked", key=key, about=extension.pk, reason=reason)
    extension.refresh_from_db()
    return extension


def check_extension(team: Team, *, kind: str, closes_at: datetime, reason: str) -> str:
    """The tidied reason; raises ValidationError for what can't be granted."""
    if kind not in EXTENDABLE:
        raise ValidationError({"kind": _("Only registration and submission can be extended.")})
    stage = Stage.objects.filter(competition=team.competition_id, kind=kind).first()
    if stage is None:
        raise ValidationError({"kind": _("This stage has no window yet that could be extended.")})
    try:
        validate_instant(closes_at)
    except ValidationError as error:
        raise ValidationError({"closes_at": error.messages}) from None
    if closes_at <= stage.closes_at:
        end = {"end": deadline(stage.closes_at)}
        raise ValidationError(
            {"closes_at": _("An extension must end later than the stage, which closes at %(end)s.") % end}
        )
    return _clean_reason(reason)


def _clean_reason(reason: str) -> str:
    try:
        reason = " ".join(clean_text(reason, limit=REASON_LIMIT).split())
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None
    if not reason:
        raise ValidationError({"reason": _("Please say why: the team will read it.")})
    return reason
