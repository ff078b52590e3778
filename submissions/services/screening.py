"""What organizers decide about the version that a team has submitted last: one entry, or many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules
from submissions.enums import ScreeningOutcome
from submissions.models import (
    Screening,
    ScreeningClaim,
    ScreeningProposal,
    Submission,
    SubmissionVersion,
)
from submissions.services import decisions
from submissions.services.assessing import Assessment, assess, open_for_correction
from submissions.services.locking import lock_submission
from submissions.services.second_look import takes_two

MOST_AT_ONCE = 100
OUTCOMES = {
    "pass": ScreeningOutcome.PASSED,
    "return": ScreeningOutcome.RETURNED,
    "reject": ScreeningOutcome.REJECTED,
}
NOTHING: Mapping[str, bool] = {}


@transaction.atomic
def pass_screening(
    submission: Submission,
    *,
    actor: Any,
    version: int,
    reason: str = "",
    code: str = "",
    checks: Mapping[str, bool] = NOTHING,
) -> Screening:
    """Admit the entry to judging. ``version`` is the one that was looked at; another one by now is a Conflict."""
    require(rules.can_screen, actor, submission)
    submission, latest = _look(submission, version, ScreeningOutcome.PASSED)
    made = assess(submission, ScreeningOutcome.PASSED, reason=reason, code=code, checks=checks)
    return decisions.record(submission, latest, made, actor=actor)


@transaction.atomic
def return_for_correction(
    submission: Submission,
    *,
    actor: Any,
    version: int,
    reason: str,
    sections: Sequence[str],
    slots: Sequence[str],
    closes_at: datetime,
    code: str = "",
    checks: Mapping[str, bool] = NOTHING,
) -> Screening:
    """Hand the entry back to the team, which may mend these sections and files until ``closes_at``, and submit again.

    Raises Conflict, and ValidationError at what can't be.
    """
    require(rules.can_screen, actor, submission)
    submission, latest = _look(submission, version, ScreeningOutcome.RETURNED)
    made = assess(submission, ScreeningOutcome.RETURNED, reason=reason, code=code, checks=checks)
    opened = open_for_correction(submission, sections=sections, slots=slots, closes_at=closes_at, now=timezone.now())
    return decisions.record(submission, latest, made, actor=actor, opened=opened)


@transaction.atomic
def reject(
    submission: Submission,
    *,
    actor: Any,
    version: int,
    reason: str,
    code: str = "",
    checks: Mapping[str, bool] = NOTHING,
) -> Screening | ScreeningProposal:
    """Not admit the entry; where the competition asks for a second look, propose it.

    Also one that was returned, once the end of its correction has passed.
    """
    require(rules.can_screen, actor, submission)
    submission, latest = _look(submission, version, ScreeningOutcome.REJECTED)
    made = assess(submission, ScreeningOutcome.REJECTED, reason=reason, code=code, checks=checks)
    if takes_two(submission):
        return _propose(submission, latest, made, actor=actor)
    return decisions.record(submission, latest, made, actor=actor)


def decide_many(
    entries: Sequence[tuple[UUID, int]], *, actor: Any, decide: str, **given: Any
) -> list[Screening | ScreeningProposal]:
    """The same about each of ``entries`` (public id, version that was looked at), or about none.

    ``decide`` is "pass", "return" or "reject". Raises ValidationError at ``entries`` when one can't be decided about
    by this actor, whether it is there or not; Conflict names those that have changed.
    """
    if decide not in OUTCOMES:
        raise ValidationError({"decide": [_("Please choose what to decide.")]})
    seen = dict(entries)
    if not seen or len(entries) > MOST_AT_ONCE:
        words = _("Please choose at least one entry, and at most %(most)s.") % {"most": MOST_AT_ONCE}
        raise ValidationError({"entries": [words]})
    with transaction.atomic():
        _lock_all(seen, actor)
        rows = Submission.objects.filter(public_id__in=seen).screened_by(actor).select_related("track", "team")
        found = {entry.public_id: entry for entry in rows}
        if len(found) != len(seen):
            words = _("At least one of these entries isn't yours to decide about. Nothing has been decided.")
            raise ValidationError({"entries": [words]})
        _require_unchanged(found, seen, OUTCOMES[decide])
        verbs: dict[str, Callable[..., Screening | ScreeningProposal]] = {
            "pass": pass_screening,
            "return": return_for_correction,
            "reject": reject,
        }
        verb = verbs[decide]
        return [verb(found[public_id], actor=actor, version=version, **given) for public_id, version in seen.items()]


def _look(submission: Submission, version: int, outcome: ScreeningOutcome) -> tuple[Submission, SubmissionVersion]:
    """The entry, locked, and the version that was looked at; raises Conflict unless it can be decided about."""
    submission = lock_submission(submission)
    return submission, decisions.still_to_decide(submission, version, outcome)


def _propose(submission: Submission, version: SubmissionVersion, made: Assessment, *, actor: Any) -> ScreeningProposal:
    earlier = earlier_proposal(version)
    if earlier is not None:
        words = _("%(who)s has already proposed to reject this entry. It waits for a second look.")
        raise Conflict(words % {"who": earlier.proposed_by.full_name})
    proposal = ScreeningProposal.objects.create(
        version=version, **made.said, proposed_by=actor, proposed_at=timezone.now()
    )
    audit.record("propose_rejection", submission, actor=actor, after={"version": version.number}, reason=made.reason)
    ScreeningClaim.objects.filter(submission=submission).delete()
    return proposal


def earlier_proposal(version: SubmissionVersion) -> ScreeningProposal | None:
    """That waits for a second look."""
    return ScreeningProposal.objects.open().filter(version=version).select_related("proposed_by").first()


def _lock_all(public_ids: Mapping[UUID, int], actor: Any) -> None:
    """In one order and before a line is written: whoever holds one of them may be waiting for the audit trail."""
    rows = Submission.objects.filter(public_id__in=public_ids).screened_by(actor).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def _require_unchanged(found: Mapping[UUID, Submission], seen: Mapping[UUID, int], outcome: ScreeningOutcome) -> None:
    latest = SubmissionVersion.objects.filter(submission__in=found.values()).order_by("number")
    latest = latest.defer("form").select_related("screening__decided_by", "screening__correction")
    rows = {each.submission_id: each for each in latest}
    changed = []
    for public_id, version in seen.items():
        entry = found[public_id]
        if conflict := decisions.what_changed(entry, rows.get(entry.pk), version, outcome):
            changed.append(f"{entry.number}: {conflict.message}")
    if changed:
        raise Conflict(" ".join([_("Nothing has been decided, since entries have changed."), *changed]))
