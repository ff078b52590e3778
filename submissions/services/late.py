"""What is handed in after the end: kept as it is, and counted only once the organizers accept it, with a reason."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules, windows
from submissions.canonical import sha256_of
from submissions.enums import LateOutcome, ReceiptRule, SubmissionStatus
from submissions.models import (
    Attachment,
    LateAttempt,
    LateDecision,
    Receipt,
    RegisteredFile,
    Submission,
    SubmissionVersion,
)
from submissions.services import submitting
from submissions.services.assessing import clean_reason
from submissions.services.facts import asking_for_facts
from submissions.services.keyed import keyed
from submissions.services.locking import NoOwnEntry, lock_submission
from submissions.services.telling import tell_members


def hand_in(
    entry: Submission | uuid.UUID,
    *,
    actor: Any,
    expected_version: int,
    key: str | None = None,
    received_at: datetime | None = None,
    topic_revision: int | None = None,
) -> Receipt | LateAttempt:
    """Submit; what comes too late to count is kept as late instead of being lost. The same key gives the same thing.

    An ``entry`` that is named by its address has to be the actor's own: NoOwnEntry.
    """
    given: dict[str, Any] = {
        "actor": actor,
        "expected_version": expected_version,
        "key": key,
        "received_at": received_at or timezone.now(),
        "topic_revision": topic_revision,
    }
    try:
        return submitting.submit(entry, **given)
    except windows.Closed as closed:
        try:
            return keep_late(_own(entry, actor), **given)
        except NothingLate:
            raise closed from None


class NothingLate(Conflict):
    """What was handed in says what has been received in time already."""


def keep_late(
    submission: Submission,
    *,
    actor: Any,
    expected_version: int,
    received_at: datetime,
    key: str | None = None,
    topic_revision: int | None = None,
) -> LateAttempt:
    """Keep what the draft says, with its time. It takes no official version's place. The same again is kept once."""
    require(rules.is_captain, actor, submission.team)
    return keyed(
        "submit_late",
        key=key,
        actor=actor,
        body={"submission": submission.pk, "version": expected_version},
        among=LateAttempt.objects.select_related("submission"),
        perform=lambda: _keep(
            submission,
            actor=actor,
            expected_version=expected_version,
            received_at=received_at,
            topic_revision=topic_revision,
        ),
    )


def _own(entry: Submission | uuid.UUID, actor: Any) -> Submission:
    if isinstance(entry, Submission):
        return entry
    found = Submission.objects.of_member(actor).select_related("team").filter(public_id=entry).first()
    if found is None:
        raise NoOwnEntry
    return found


@transaction.atomic
def accept_late(attempt: LateAttempt, *, actor: Any, reason: str) -> Receipt:
    """Let it count: it becomes the entry's next version, and its receipt says that it was late and accepted."""
    submission, reason = _to_decide(attempt, actor=actor, reason=reason)
    latest = submission.versions.last()
    if latest is not None and latest.created_at > attempt.received_at:
        raise Conflict(_("The team has submitted a newer version since. Please look at that one."))
    files = list(attempt.attachments.select_related("file").order_by("pk"))
    awaited, followed = _counted_on(attempt, latest)
    files += [file for file in followed if file not in files]
    content = submitting.Content(attempt.form, attempt.topic_revision, files, awaited)
    arrived = attempt.received_at
    version = submitting.make_version(
        submission,
        content,
        "accept_late",
        actor=actor,
        submitted_by=attempt.submitted_by,
        received_at=arrived,
        latest=latest,
        reason=reason,
    )
    receipt = submitting.make_receipt(
        version,
        files,
        "issue_late_receipt",
        actor=actor,
        received_at=arrived,
        rule=ReceiptRule.LATE,
        registered=submitting.registered_in_words(awaited, windows.window_of(submission) if awaited else None),
    )
    _decide(attempt, LateOutcome.ACCEPTED, actor=actor, reason=reason, version=version)
    return receipt


@transaction.atomic
def decline_late(attempt: LateAttempt, *, actor: Any, reason: str) -> LateDecision:
    """It stays on record, and what was submitted in time goes on counting."""
    submission, reason = _to_decide(attempt, actor=actor, reason=reason)
    audit.record("decline_late", submission, actor=actor, after={"attempt": attempt.pk}, reason=reason)
    return _decide(attempt, LateOutcome.DECLINED, actor=actor, reason=reason)


def _keep(
    submission: Submission, *, actor: Any, expected_version: int, received_at: datetime, topic_revision: int | None
) -> LateAttempt:
    submission = lock_submission(submission)
    window = windows.hold(submission)
    if window is None or not windows.is_late(submission, window, received_at):
        raise Conflict(_("The end has been moved meanwhile. Please look once more, and submit."))
    latest = submission.versions.last()
    content = submitting.content_of(
        submission,
        expected_version=expected_version,
        topic_revision=topic_revision,
        # What the draft has not taken back of what was submitted on time.
        registered=[row for row in submitting.awaited_of(latest) if row.replaced_at is None],
    )
    if latest and submission.status == SubmissionStatus.SUBMITTED and content.is_that_of(latest):
        raise NothingLate
    for earlier in submission.late_attempts.order_by("-pk"):
        if content.is_that_of(earlier):
            return earlier
    attempt = LateAttempt.objects.create(
        submission=submission,
        topic_revision=content.revision,
        form=content.form,
        form_sha256=sha256_of(content.form),
        files=submitting.files_in_words(content.files),
        submitted_by=actor,
        received_at=received_at,
        committed_at=timezone.now(),
        closed_at=window.closes_at,
    )
    attempt.attachments.set(content.files)
    evidence = {
        "attempt": attempt.pk,
        "received_at": received_at.isoformat(),
        "form_sha256": attempt.form_sha256,
        "files": [each["sha256"] for each in attempt.files],
    }
    audit.record("keep_late", submission, actor=actor, after=evidence)
    tell_members(submission, "submissions.late_kept", key=f"late-kept:{attempt.pk}", about=attempt.pk)
    return attempt


def _counted_on(
    attempt: LateAttempt, latest: SubmissionVersion | None
) -> tuple[list[RegisteredFile], list[Attachment]]:
    """What may follow for the version before and for this, and what has followed since it was handed in."""
    named = {(each["slot"], each["sha256"]) for each in attempt.form.get("registered", [])}
    if latest is None or not named:
        return [], []
    rows = latest.registered.select_related("attachment__file").order_by("pk")
    counted = [row for row in rows if (row.slot, row.sha256) in named]
    return [row for row in counted if row.attachment is None], [row.attachment for row in counted if row.attachment]


def _to_decide(attempt: LateAttempt, *, actor: Any, reason: str) -> tuple[Submission, str]:
    """The entry, locked, and the tidied reason; raises Conflict when somebody has decided before."""
    require(rules.can_screen, actor, attempt.submission)
    reason = clean_reason(reason)
    submission = lock_submission(attempt.submission)
    if LateDecision.objects.filter(attempt=attempt).exists():
        raise Conflict(_("This has been decided already. Please reload the page."))
    return submission, reason


def _decide(
    attempt: LateAttempt, outcome: LateOutcome, *, actor: Any, reason: str, version: Any = None
) -> LateDecision:
    decision = LateDecision.objects.create(
        attempt=attempt, outcome=outcome, reason=reason, decided_by=actor, decided_at=timezone.now(), version=version
    )
    tell_members(
        attempt.submission,
        "submissions.late_decided",
        key=f"late-decided:{decision.pk}",
        about=decision.pk,
        besides=[asking_for_facts(version)] if version else (),
    )
    return decision
