from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from submissions import rules, windows
from submissions.canonical import sha256_of
from submissions.completeness import missing
from submissions.enums import SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import Attachment, Receipt, Submission, SubmissionVersion
from submissions.services.drafts import current_attachment
from submissions.services.keyed import keyed
from submissions.services.telling import tell_members
from tracks.models import TopicRevision, Track


def submit(
    submission: Submission,
    *,
    actor: Any,
    expected_version: int,
    key: str | None = None,
    received_at: datetime | None = None,
) -> Receipt:
    """Make what the draft says an immutable version and return its receipt.

    What counts is when the request arrived, not when its turn came. The same key, or the same content
    again, gives the receipt that is there.
    """
    require(rules.is_captain, actor, submission.team)
    arrived = received_at or timezone.now()
    return keyed(
        "submit",
        key=key,
        actor=actor,
        body={"submission": submission.pk, "version": expected_version},
        among=Receipt.objects.select_related("version__submission"),
        perform=lambda: _submit(submission, actor=actor, expected_version=expected_version, received_at=arrived),
    )


@transaction.atomic
def withdraw(submission: Submission, *, actor: Any, reason: str = "") -> Submission:
    """Take an entry out of the competition for good; a second time changes nothing."""
    require(rules.is_captain, actor, submission.team)
    submission = lock_submission(submission)
    if submission.status == SubmissionStatus.WITHDRAWN:
        return submission
    SUBMISSION_LIFECYCLE.apply(submission, "withdraw", actor=actor, reason=reason)
    tell_members(submission, "submissions.withdrawn", key=f"withdrawn:{submission.pk}", about=submission.pk)
    return submission


def lock_submission(submission: Submission) -> Submission:
    """Whoever submits, withdraws or decides queues here.

    No key is locked, here and wherever a row is locked before the audit trail: PostgreSQL looks foreign keys up
    at the commit, and whoever adds a row that points here would wait for us with the trail in their hands.
    """
    related = Submission.objects.select_related("team__competition", "topic", "track")
    return related.select_for_update(of=("self",), no_key=True).get(pk=submission.pk)


def lock_track(track: Track) -> Track:
    """Whoever gives out an entry number queues here."""
    return Track.objects.select_for_update(no_key=True).get(pk=track.pk)


def _submit(submission: Submission, *, actor: Any, expected_version: int, received_at: datetime) -> Receipt:
    submission = lock_submission(submission)
    windows.require_writable(submission, received_at)
    if submission.draft_version != expected_version:
        raise Conflict(_("The draft has changed since you looked at it. Please check it once more."))
    attachment = _require_complete(submission)
    form, revision = _form(submission)
    latest = submission.versions.select_related("receipt").last()
    if latest and _is_submitted_already(submission, latest, form, attachment):
        return latest.receipt
    number = submission.number or _next_number(lock_track(submission.track))
    SUBMISSION_LIFECYCLE.apply(submission, "submit", actor=actor, number=number, submitted_at=received_at)
    version = SubmissionVersion.objects.create(
        submission=submission,
        number=latest.number + 1 if latest else 1,
        topic_revision=revision,
        form=form,
        form_sha256=sha256_of(form),
        submitted_by=actor,
        created_at=received_at,
    )
    version.attachments.add(attachment)
    return _receipt(version, attachment, actor=actor, received_at=received_at)


def _require_complete(submission: Submission) -> Attachment:
    attachment = current_attachment(submission)
    if lacking := missing(submission, attachment):
        raise ValidationError({part.field: _("%(part)s is missing.") % {"part": part.label} for part in lacking})
    assert attachment is not None  # noqa: S101 - the document is one of the parts that may not be missing
    return attachment


def _form(submission: Submission) -> tuple[dict[str, Any], TopicRevision]:
    revision = submission.topic.revisions.latest("number")
    form = {
        "competition": submission.team.competition.slug,
        "track": submission.track.number,
        "topic": {"number": submission.topic.number, "revision": revision.number, "title": revision.title},
        "title": submission.title,
        "abstract": submission.abstract,
    }
    return form, revision


def _is_submitted_already(
    submission: Submission, latest: SubmissionVersion, form: dict[str, Any], attachment: Attachment
) -> bool:
    is_same = latest.form_sha256 == sha256_of(form) and set(latest.attachments.all()) == {attachment}
    return submission.status == SubmissionStatus.SUBMITTED and is_same


def _next_number(track: Track) -> str:
    """Entries keep their number when they are withdrawn, so the count of those given leaves no gap."""
    return f"{track.code}-{track.submissions.exclude(number='').count() + 1:04}"


def _receipt(version: SubmissionVersion, attachment: Attachment, *, actor: Any, received_at: datetime) -> Receipt:
    stored = attachment.file
    receipt = Receipt.objects.create(
        version=version,
        files=[{"name": attachment.name, "size": stored.size, "sha256": stored.sha256}],
        received_at=received_at,
        committed_at=timezone.now(),
    )
    evidence = {"version": version.number, "form_sha256": version.form_sha256, "files": [stored.sha256]}
    audit.record("issue_receipt", version.submission, actor=actor, after=evidence)
    tell_members(version.submission, "submissions.submitted", key=f"submitted:{receipt.pk}", about=receipt.pk)
    return receipt
