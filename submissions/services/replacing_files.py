"""Files that a shortlisted team replaces: a new version with a receipt, and with the words of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.failpoints import failpoint
from portal.core.permissions import require
from submissions import replacing, rules, windows
from submissions.canonical import sha256_of
from submissions.enums import ReceiptRule
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import Receipt, RegisteredFile, Replacement, Submission, SubmissionVersion
from submissions.services.facts import asking_for_facts
from submissions.services.keyed import keyed
from submissions.services.locking import lock_submission
from submissions.services.submitting import make_receipt, registered_in_words
from submissions.services.telling import tell_members
from submissions.signals import files_replaced


def replace_files(
    submission: Submission,
    *,
    actor: Any,
    expected_version: int,
    key: str | None = None,
    received_at: datetime | None = None,
) -> Receipt:
    """Make what lies in the open slots count, beside all else as it was submitted; returns the receipt.

    What counts is when the request arrived. The same key, or the same files again, gives the receipt that is there.
    """
    require(rules.is_captain, actor, submission.team)
    arrived = received_at or timezone.now()
    receipt = keyed(
        "replace_files",
        key=key,
        actor=actor,
        body={"submission": submission.pk, "version": expected_version},
        among=Receipt.objects.select_related("version__submission"),
        perform=lambda: _replace(submission, actor=actor, expected_version=expected_version, received_at=arrived),
    )
    failpoint("after_commit")
    return receipt


def _replace(submission: Submission, *, actor: Any, expected_version: int, received_at: datetime) -> Receipt:
    submission = lock_submission(submission)
    scope = replacing.hold(submission)
    replacing.require_open(submission, scope, received_at)
    if scope is None:
        raise Conflict
    if submission.draft_version != expected_version:
        raise Conflict(_("The draft has changed since you looked at it. Please check it once more."))
    files = replacing.files_of(submission, scope)
    if lacking := files.missing:
        raise ValidationError({lack.anchor: str(lack) for lack in lacking})
    if not files.changed:
        return files.latest.receipt
    # What was registered for a slot that is fixed goes on being waited for, as long as it may follow.
    awaited = list(files.latest.registered.filter(attachment=None).exclude(slot__in=scope.keys))
    with audit.together():
        version = _version(submission, files, awaited, actor=actor, received_at=received_at)
        receipt = make_receipt(
            version,
            files.all,
            "issue_receipt",
            actor=actor,
            received_at=received_at,
            rule=ReceiptRule.REPLACEMENT,
            registered=registered_in_words(awaited, windows.window_of(submission) if awaited else None),
        )
        files_replaced.send(sender=SubmissionVersion, version=version, is_recorded=False)
    # Whoever assigns judges meanwhile finds the new version in this order, or we find their assignment.
    files_replaced.send(sender=SubmissionVersion, version=version, is_recorded=True)
    besides = [asking_for_facts(version)]
    tell_members(submission, "submissions.submitted", key=f"submitted:{receipt.pk}", about=receipt.pk, besides=besides)
    failpoint("before_commit")
    return receipt


def _version(
    submission: Submission,
    files: replacing.Files,
    awaited: Sequence[RegisteredFile],
    *,
    actor: Any,
    received_at: datetime,
) -> SubmissionVersion:
    latest = files.latest
    SUBMISSION_LIFECYCLE.apply(submission, "replace_files", actor=actor, submitted_at=received_at)
    version = SubmissionVersion.objects.create(
        submission=submission,
        number=latest.number + 1,
        topic_revision=latest.topic_revision,
        form=(form := _form(files)),
        form_sha256=sha256_of(form),
        submitted_by=actor,
        created_at=received_at,
    )
    version.attachments.add(*files.all)
    version.registered.add(*awaited)
    Replacement.objects.create(version=version, shortlisting=files.scope.shortlisting, slots=files.changed)
    return version


def _form(files: replacing.Files) -> dict[str, Any]:
    """Word by word what was submitted. What is replaced no longer counts on what was registered in its place."""
    form = dict(files.latest.form)
    left = [row for row in form.pop("registered", []) if row["slot"] not in files.scope.keys]
    return form | ({"registered": left} if left else {})
