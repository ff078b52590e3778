"""How a decision of screening is written down, and put aside again. Whoever calls has asked who may."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.templatetags.ui import beijing, deadline
from submissions.enums import ScreeningOutcome, SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import (
    Correction,
    Screening,
    ScreeningClaim,
    ScreeningProposal,
    Submission,
    SubmissionVersion,
    UndoneScreening,
)
from submissions.services.assessing import Assessment, Opened
from submissions.services.telling import tell_members

MOVES = {
    ScreeningOutcome.PASSED: "pass_screening",
    ScreeningOutcome.RETURNED: "return_for_correction",
    ScreeningOutcome.REJECTED: "reject",
}


def latest_of(submission: Submission) -> SubmissionVersion | None:
    """With what was decided about it."""
    return submission.versions.select_related("screening__decided_by", "screening__correction").last()


def screening_of(version: SubmissionVersion | None) -> Screening | None:
    return getattr(version, "screening", None)


def decision_of(submission: Submission) -> Screening | None:
    """About the version submitted last; where files were replaced since, what was said of these, or else of that."""
    versions = submission.versions.decided_about()
    return screening_of(versions.select_related("screening__decided_by", "screening__correction").last())


def what_changed(
    submission: Submission, latest: SubmissionVersion | None, version: int, outcome: ScreeningOutcome
) -> Conflict | None:
    """Why ``version``, which somebody looked at, can't be decided about any more."""
    if latest is None:
        return Conflict()
    if latest.number != version:
        words = _("The team has submitted version %(number)s in the meantime. Please look at that one.")
        return Conflict(words % {"number": latest.number})
    if submission.status == SubmissionStatus.SUBMITTED:
        return None
    made = screening_of(latest)
    if made is not None and made.outcome == ScreeningOutcome.RETURNED and outcome == ScreeningOutcome.REJECTED:
        return _still_open(made)
    if made is not None:
        return TransitionNotAllowed(said_of(made))
    words = _("This entry has changed in the meantime: %(state)s. Please reload the page.")
    return TransitionNotAllowed(words % {"state": submission.get_status_display()})


def said_of(made: Screening) -> str:
    """For whoever has looked at how things stood before."""
    told = {"who": made.decided_by.full_name, "time": beijing(made.decided_at)}
    words = _("%(who)s decided about this version at %(time)s: %(outcome)s. Please reload the page.")
    return words % {**told, "outcome": made.get_outcome_display()}


def still_to_decide(submission: Submission, version: int, outcome: ScreeningOutcome) -> SubmissionVersion:
    """The version of a locked entry that somebody looked at; raises Conflict saying what has changed."""
    latest = latest_of(submission)
    changed = what_changed(submission, latest, version, outcome)
    if changed is not None or latest is None:
        raise changed or Conflict()
    return latest


def record(
    submission: Submission,
    version: SubmissionVersion,
    made: Assessment,
    *,
    actor: Any,
    opened: Opened | None = None,
    proposed_by: Any = None,
) -> Screening:
    """The decision about ``version``, the latest of the entry, which whoever calls has locked."""
    now = timezone.now()
    earlier = screening_of(version)
    # What the captain may have before them would mean something else from now on.
    changes = {"draft_version": submission.draft_version + 1} if opened else {}
    SUBMISSION_LIFECYCLE.apply(submission, MOVES[made.outcome], actor=actor, reason=made.reason, **changes)
    if earlier is not None:
        # At one moment with what takes its place: that tells it from a decision that was taken back.
        put_aside(earlier, actor=actor, why=_("The end of the correction passed without a new version."), now=now)
    screening = Screening.objects.create(
        version=version,
        outcome=made.outcome,
        **made.said,
        decided_by=actor,
        decided_at=now,
        proposed_by=proposed_by,
    )
    if opened:
        _open(submission, screening, opened, actor=actor)
    ScreeningProposal.objects.filter(version__submission=submission).lapse(now)
    ScreeningClaim.objects.filter(submission=submission).delete()
    tell_members(submission, "submissions.screened", key=f"screened:{screening.pk}", about=screening.pk)
    return screening


def put_aside(screening: Screening, *, actor: Any, why: str, now: datetime) -> UndoneScreening:
    """The decision is no longer in force; what it said stays on record."""
    undone = UndoneScreening.objects.create(
        version=screening.version,
        outcome=screening.outcome,
        reason=screening.reason,
        code=screening.code,
        checks=screening.checks,
        decided_by=screening.decided_by,
        decided_at=screening.decided_at,
        undone_by=actor,
        undone_at=now,
        why_undone=why,
    )
    screening.delete()
    return undone


def _still_open(made: Screening) -> Conflict | None:
    """An entry that was returned may be rejected once the end of its correction has passed."""
    correction: Correction | None = getattr(made, "correction", None)
    if correction is None:
        return TransitionNotAllowed(_("This entry was returned without an end: the team may still correct it."))
    if timezone.now() < correction.closes_at:
        words = _("This entry was returned: the team may still correct it until %(time)s, Beijing time.")
        return TransitionNotAllowed(words % {"time": deadline(correction.closes_at)})
    return None


def _open(submission: Submission, screening: Screening, opened: Opened, *, actor: Any) -> None:
    said = {"sections": list(opened.sections), "slots": list(opened.slots)}
    Correction.objects.create(screening=screening, **said, closes_at=opened.closes_at)
    audit.record("open_correction", submission, actor=actor, after={**said, "closes_at": opened.closes_at.isoformat()})
