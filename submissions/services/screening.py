from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.enums import ScreeningOutcome
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import Screening, Submission
from submissions.services.submitting import lock_submission
from submissions.services.telling import tell_members
from submissions.texts import clean_text

REASON_LIMIT = 1000


def pass_screening(submission: Submission, *, actor: Any, version: int, reason: str = "") -> Screening:
    """Admit the entry to judging. ``version`` is the one that was looked at."""
    return _decide(submission, "pass_screening", ScreeningOutcome.PASSED, actor=actor, version=version, reason=reason)


def return_for_correction(submission: Submission, *, actor: Any, version: int, reason: str) -> Screening:
    """Hand the entry back to the team, which may mend and submit it again."""
    outcome = ScreeningOutcome.RETURNED
    return _decide(submission, "return_for_correction", outcome, actor=actor, version=version, reason=reason)


def reject(submission: Submission, *, actor: Any, version: int, reason: str) -> Screening:
    return _decide(submission, "reject", ScreeningOutcome.REJECTED, actor=actor, version=version, reason=reason)


@transaction.atomic
def _decide(
    submission: Submission, move: str, outcome: ScreeningOutcome, *, actor: Any, version: int, reason: str
) -> Screening:
    require(rules.can_screen, actor, submission)
    reason = clean_reason(reason, is_required=outcome != ScreeningOutcome.PASSED)
    submission = lock_submission(submission)
    latest = submission.versions.last()
    if latest is None or latest.number != version:
        raise Conflict(_("The team has submitted a newer version. Please look at that one."))
    SUBMISSION_LIFECYCLE.apply(submission, move, actor=actor, reason=reason)
    screening = Screening.objects.create(
        version=latest, outcome=outcome, reason=reason, decided_by=actor, decided_at=timezone.now()
    )
    tell_members(submission, "submissions.screened", key=f"screened:{screening.pk}", about=screening.pk)
    return screening


def clean_reason(reason: str, *, is_required: bool = True) -> str:
    """The tidied reason; raises ValidationError at ``reason``."""
    try:
        reason = clean_text(reason, limit=REASON_LIMIT).strip()
    except ValidationError as error:
        raise ValidationError({"reason": error.messages}) from None
    if is_required and not reason:
        raise ValidationError({"reason": _("Please say why: the team will read it.")})
    return reason
