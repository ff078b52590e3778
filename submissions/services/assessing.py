"""What an organizer says about an entry, tidied and checked before it is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.core.instants import validate_instant
from portal.core.text import says_nothing
from submissions.asked import definition_of
from submissions.enums import ReasonUse, ScreeningOutcome
from submissions.models import ChecklistItem, ScreeningReason, Submission
from submissions.models.screening import REASON_LIMIT
from submissions.texts import clean_text

USES = {ScreeningOutcome.RETURNED: ReasonUse.RETURN, ScreeningOutcome.REJECTED: ReasonUse.REJECT}


@dataclass(frozen=True)
class Assessment:
    """An outcome with its reason, such that it can be kept as it is."""

    outcome: ScreeningOutcome
    reason: str = ""
    code: str = ""
    checks: Mapping[str, bool] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Any]:
        return {"reason": self.reason, "code": self.code, "checks": dict(self.checks)}


@dataclass(frozen=True)
class Opened:
    """What a team may mend, by keys of the entry form, and until when."""

    sections: Sequence[str]
    slots: Sequence[str]
    closes_at: datetime


def assess(
    submission: Submission, outcome: ScreeningOutcome, *, reason: str, code: str, checks: Mapping[str, bool]
) -> Assessment:
    """Raises ValidationError at ``reason``, ``code`` or ``checks``."""
    reason = clean_reason(reason, is_required=outcome != ScreeningOutcome.PASSED)
    return Assessment(outcome, reason, _known_code(submission, outcome, code), _known_checks(submission, checks))


def open_for_correction(
    submission: Submission, *, sections: Sequence[str], slots: Sequence[str], closes_at: datetime, now: datetime
) -> Opened:
    """In the form's order. Raises ValidationError at ``sections``, ``slots`` or ``closes_at``."""
    definition = definition_of(submission)
    known_sections = [section.key for section in definition.sections]
    known_slots = [slot.key for slot in definition.slots]
    if set(sections) - set(known_sections):
        raise ValidationError({"sections": [_("The form has no such section.")]})
    if set(slots) - set(known_slots):
        raise ValidationError({"slots": [_("The form asks for no such file.")]})
    if not sections and not slots:
        raise ValidationError({"sections": [_("Please choose at least one section or file that the team may mend.")]})
    check_end(closes_at, now)
    return Opened(
        [key for key in known_sections if key in sections], [key for key in known_slots if key in slots], closes_at
    )


def check_end(closes_at: datetime, now: datetime) -> None:
    """Raises ValidationError at ``closes_at``."""
    try:
        validate_instant(closes_at)
    except ValidationError as error:
        raise ValidationError({"closes_at": error.messages}) from None
    if closes_at <= now:
        raise ValidationError({"closes_at": [_("The end of the correction must lie in the future.")]})


def clean_reason(reason: str, *, is_required: bool = True, at: str = "reason", missing: str = "") -> str:
    """The tidied reason; raises ValidationError at ``at``, in the words ``missing`` where a team won't read it."""
    try:
        reason = clean_text(reason, limit=REASON_LIMIT).strip()
    except ValidationError as error:
        raise ValidationError({at: error.messages}) from None
    if says_nothing(reason):
        reason = ""
    if is_required and not reason:
        raise ValidationError({at: [missing or _("Please say why: the team will read it.")]})
    return reason


def no_code_words() -> str:
    """Where a competition has prepared no reason for a rejection, a text is enough."""
    return _("A rejection takes a reason from the list. The text for the team can be changed below it.")


def _known_code(submission: Submission, outcome: ScreeningOutcome, code: str) -> str:
    prepared = ScreeningReason.objects.filter(plan__competition=submission.track.competition_id)
    if not code:
        if outcome == ScreeningOutcome.REJECTED and prepared.filter(use=ReasonUse.REJECT).exists():
            raise ValidationError({"code": [no_code_words()]})
        return ""
    if outcome not in USES or not prepared.filter(use=USES[outcome], code=code).exists():
        raise ValidationError({"code": [_("This reason is no longer offered. Please choose another one.")]})
    return code


def _known_checks(submission: Submission, checks: Mapping[str, bool]) -> dict[str, bool]:
    """What the checklist asks; an item that was taken out of it meanwhile is left out here as well."""
    if not checks:
        return {}
    if not all(isinstance(value, bool) for value in checks.values()):
        raise ValidationError({"checks": [_("An item of the checklist is in order, or it isn't.")]})
    items = ChecklistItem.objects.filter(plan__competition=submission.track.competition_id)
    return {key: checks[key] for key in items.values_list("key", flat=True) if key in checks}
