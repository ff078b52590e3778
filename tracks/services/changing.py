"""One way to write what organizers changed in a form: only what differs, and a line in the audit trail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.people import Person
from portal.core.text import BIDI, says_nothing, validate_text
from tracks.models.topics import LONGEST_REASON

Row = TypeVar("Row", bound=models.Model)
LONGEST_IN_TRAIL = 200


def write_changes(row: Row, changes: Mapping[str, Any], *, actor: Person | None) -> Row:
    """Write ``changes`` to a row that the caller has locked; what stays the same leaves no line."""
    before = {name: getattr(row, name) for name, value in changes.items() if getattr(row, name) != value}
    if not before:
        return row
    for name in before:
        setattr(row, name, changes[name])
    row.full_clean()
    # A field with auto_now is written only when it is named.
    stamps = [field.name for field in row._meta.concrete_fields if getattr(field, "auto_now", False)]
    row.save(update_fields=[*before, *stamps])
    after = {name: changes[name] for name in before}
    audit.record("change", row, actor=actor, before=facts(before), after=facts(after))
    return row


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` for the audit trail: ids for rows, a fingerprint for a long text."""
    return {name: _fact(value) for name, value in values.items()}


def _fact(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, str) and len(value) > LONGEST_IN_TRAIL:
        return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
    return value


def clean_reason(reason: str, *, is_required: bool = False) -> str:
    """Why a topic changes, as people will read it in one line; what is wrong with it stands at ``reason``."""
    reason = " ".join(reason.split())
    try:
        _require_showable(reason)
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None
    if is_required and says_nothing(reason):
        raise ValidationError({"reason": _("Please say why: teams and visitors will read it.")})
    if len(reason) > LONGEST_REASON:
        told = {"limit": LONGEST_REASON, "length": len(reason)}
        raise ValidationError({"reason": _("At most %(limit)d characters; these are %(length)d.") % told})
    return reason


def _require_showable(line: str) -> None:
    validate_text(line)
    if BIDI & set(line):
        raise ValidationError(_("This text contains characters that can't be shown. Please type it again."))
