"""More time for a team whose entry was returned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.permissions import require
from portal.core.templatetags.ui import deadline
from submissions import rules
from submissions.enums import SubmissionStatus
from submissions.models import Correction, ScreeningProposal, Submission
from submissions.services import decisions
from submissions.services.assessing import check_end, clean_reason
from submissions.services.locking import lock_submission
from submissions.services.telling import tell_members


@transaction.atomic
def extend_correction(
    submission: Submission, *, actor: Any, closes_at: datetime, reason: str, seen: int | None = None
) -> Correction:
    """Let the team mend what it was asked to until ``closes_at``, also after the end has passed.

    ``seen``: the key of the correction that was read. Raises Conflict when the entry was returned anew since.
    """
    require(rules.can_screen, actor, submission)
    reason = clean_reason(reason)
    submission, now = lock_submission(submission), timezone.now()
    check_end(closes_at, now)
    made = decisions.screening_of(decisions.latest_of(submission))
    correction = getattr(made, "correction", None)
    if submission.status != SubmissionStatus.RETURNED or made is None or correction is None:
        words = _("This entry has changed in the meantime: %(state)s. Please reload the page.")
        raise TransitionNotAllowed(words % {"state": submission.get_status_display()})
    if seen not in {None, correction.pk}:
        raise Conflict(decisions.said_of(made))
    if closes_at <= correction.closes_at:
        end = {"end": deadline(correction.closes_at)}
        raise ValidationError({"closes_at": [_("Please choose a later end than the present one, %(end)s.") % end]})
    before, after = {"closes_at": correction.closes_at.isoformat()}, {"closes_at": closes_at.isoformat()}
    correction.closes_at = closes_at
    correction.save(update_fields=["closes_at"])
    # To reject it was proposed since the end had passed.
    ScreeningProposal.objects.filter(version__submission=submission).lapse(now)
    audit.record("extend_correction", submission, actor=actor, before=before, after=after, reason=reason)
    tell_members(
        submission,
        "submissions.correction_extended",
        key=f"correction-extended:{correction.pk}:{closes_at.isoformat()}",
        about=correction.pk,
        **after,
        reason=reason,
    )
    return correction
