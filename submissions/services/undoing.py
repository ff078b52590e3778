"""Taking back what was decided in screening, as long as nobody has built on it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.permissions import require
from submissions import rules
from submissions.enums import SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import ScreeningProposal, Submission, UndoneScreening
from submissions.services import decisions
from submissions.services.assessing import clean_reason
from submissions.services.locking import lock_submission
from submissions.services.shortlisting import is_shortlisted
from submissions.services.telling import tell_members
from submissions.signals import screening_undone


@transaction.atomic
def undo_screening(submission: Submission, *, actor: Any, reason: str, decision: int | None = None) -> UndoneScreening:
    """The entry waits for screening again, and its team is told why. ``decision``: the key of the one that was read.

    Raises Conflict once the team has submitted again, or the judges have the entry, or another decision is in force.
    """
    require(rules.can_screen, actor, submission)
    reason = clean_reason(reason)
    submission = lock_submission(submission)
    made = decisions.decision_of(submission)
    if submission.status == SubmissionStatus.SUBMITTED:
        raise TransitionNotAllowed(_("There is nothing to take back: this version waits for screening."))
    if made is None or not SUBMISSION_LIFECYCLE.allows(submission, "undo_screening"):
        words = _("This entry has changed in the meantime: %(state)s. Please reload the page.")
        raise Conflict(words % {"state": submission.get_status_display()})
    if decision not in {None, made.pk}:
        raise Conflict(decisions.said_of(made))
    if is_shortlisted(submission):
        raise Conflict(_("The entry is on the shortlist. Please take it off that first."))
    # As when it was returned: the draft that counts is another one from now on.
    was_returned = submission.status == SubmissionStatus.RETURNED
    changes = {"draft_version": submission.draft_version + 1} if was_returned else {}
    SUBMISSION_LIFECYCLE.apply(submission, "undo_screening", actor=actor, reason=reason, **changes)
    undone = decisions.put_aside(made, actor=actor, why=reason, now=timezone.now())
    ScreeningProposal.objects.filter(version__submission=submission).lapse(undone.undone_at)
    screening_undone.send(sender=Submission, submission=submission)
    tell_members(submission, "submissions.screening_undone", key=f"screening-undone:{undone.pk}", about=undone.pk)
    return undone
