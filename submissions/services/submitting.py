from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.failpoints import failpoint
from portal.core.permissions import require
from submissions import asking, completeness, correcting, rules, windows
from submissions.canonical import sha256_of
from submissions.enums import ReceiptRule, SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import Attachment, Receipt, RegisteredFile, ScreeningProposal, Submission, SubmissionVersion
from submissions.services import receipts
from submissions.services.facts import asking_for_facts
from submissions.services.keyed import keyed
from submissions.services.locking import lock_submission, lock_to_submit, lock_track
from submissions.services.telling import tell_members
from tracks.models import TopicRevision, Track

PLEDGE = "pledge"


def submit(
    entry: Submission | uuid.UUID,
    *,
    actor: Any,
    expected_version: int,
    key: str | None = None,
    received_at: datetime | None = None,
    topic_revision: int | None = None,
) -> Receipt:
    """Make what the draft says an immutable version and return its receipt.

    What counts is when the request arrived, not when its turn came. The same key, or the same content
    again, gives the receipt that is there. ``topic_revision`` is the number of the topic's text that whoever
    submits was shown: a newer one that came a moment ago is not what they have answered.
    An ``entry`` that is named by its address is looked for among the actor's own as it is locked: NoOwnEntry.
    """
    arrived = received_at or timezone.now()
    with transaction.atomic():
        submission = lock_to_submit(entry, actor=actor)
        require(rules.is_captain, actor, submission.team)
        receipt = keyed(
            "submit",
            key=key,
            actor=actor,
            body={"submission": submission.pk, "version": expected_version},
            among=Receipt.objects.select_related("version__submission"),
            perform=lambda: _submit(
                submission,
                actor=actor,
                expected_version=expected_version,
                received_at=arrived,
                topic_revision=topic_revision,
            ),
            within=True,
        )
    failpoint("after_commit")
    return receipt


def says_of_pledge(kept: Any) -> bool:
    """What was kept before pledges stood in it is the same whether one has been given or not."""
    return PLEDGE in kept.form


def pledge_in_form(given: int | None) -> dict[str, int] | None:
    """That none has been given is said as well: it may be given after this."""
    return {"version": given} if given else None


@dataclass(frozen=True)
class Content:
    """What a draft says, such that it can be kept as it is."""

    form: dict[str, Any]
    revision: TopicRevision
    files: Sequence[Attachment]
    registered: Sequence[RegisteredFile] = ()

    def is_that_of(self, kept: Any) -> bool:
        """``kept`` (a version, or a late attempt) holds the same, in all that it says."""
        form = self.form if says_of_pledge(kept) else {key: self.form[key] for key in self.form if key != PLEDGE}
        return kept.form_sha256 == sha256_of(form) and set(kept.attachments.all()) == set(self.files)


@transaction.atomic
def withdraw(submission: Submission, *, actor: Any, reason: str = "") -> Submission:
    """Take an entry out of the competition for good; a second time changes nothing."""
    require(rules.is_captain, actor, submission.team)
    submission = lock_submission(submission)
    if submission.status == SubmissionStatus.WITHDRAWN:
        return submission
    SUBMISSION_LIFECYCLE.apply(submission, "withdraw", actor=actor, reason=reason)
    ScreeningProposal.objects.filter(version__submission=submission).lapse(timezone.now())
    tell_members(submission, "submissions.withdrawn", key=f"withdrawn:{submission.pk}", about=submission.pk)
    return submission


def _submit(
    submission: Submission,
    *,
    actor: Any,
    expected_version: int,
    received_at: datetime,
    topic_revision: int | None,
) -> Receipt:
    """``submission`` has been locked."""
    window = windows.hold(submission)
    windows.require_writable(submission, received_at, window)
    # A number comes with the first version.
    latest = submission.versions.select_related("receipt").last() if submission.number else None
    content = content_of(
        submission,
        expected_version=expected_version,
        topic_revision=topic_revision,
        registered=_registered(submission, window, received_at, latest),
    )
    if latest and submission.status == SubmissionStatus.SUBMITTED and content.is_that_of(latest):
        return latest.receipt
    rule = windows.rule_of(submission, window, received_at)
    with audit.together():
        version = make_version(
            submission, content, "submit", actor=actor, submitted_by=actor, received_at=received_at, latest=latest
        )
        receipt = make_receipt(
            version,
            content.files,
            "issue_receipt",
            actor=actor,
            received_at=received_at,
            rule=rule,
            registered=registered_in_words(content.registered, window),
        )
        besides = [asking_for_facts(version)]
        tell_members(
            submission, "submissions.submitted", key=f"submitted:{receipt.pk}", about=receipt.pk, besides=besides
        )
    failpoint("before_commit")
    return receipt


def content_of(
    submission: Submission,
    *,
    expected_version: int,
    topic_revision: int | None,
    registered: Sequence[RegisteredFile] | None = None,
) -> Content:
    """Of the draft that was looked at, and of no other: Conflict. Raises ValidationError for all that is missing.

    ``registered``: what may follow, and isn't missing.
    """
    if submission.draft_version != expected_version:
        raise Conflict(_("The draft has changed since you looked at it. Please check it once more."))
    draft = completeness.draft_of(submission, registered)
    _require_complete(draft)
    form, revision = _form(submission, draft, topic_revision)
    if draft.registered:
        form["registered"] = [
            {"slot": each.slot, "size": each.size, "sha256": each.sha256} for each in draft.registered
        ]
    return Content(form, revision, draft.files, draft.registered or ())


def make_version(
    submission: Submission,
    content: Content,
    move: str,
    *,
    actor: Any,
    submitted_by: Any,
    received_at: datetime,
    latest: SubmissionVersion | None,
    reason: str = "",
) -> SubmissionVersion:
    """The version after ``latest`` of the entry, which whoever calls has locked; the first gives it its number."""
    changes: dict[str, Any] = {
        "number": submission.number or _next_number(lock_track(submission.track), submission),
        "submitted_at": received_at,
        "topic_revision": content.revision,
    }
    SUBMISSION_LIFECYCLE.apply(submission, move, actor=actor, reason=reason, **changes)
    version = SubmissionVersion.objects.create(
        submission=submission,
        number=latest.number + 1 if latest else 1,
        topic_revision=content.revision,
        form=content.form,
        form_sha256=sha256_of(content.form),
        submitted_by=submitted_by,
        created_at=received_at,
    )
    version.attachments.add(*content.files)
    if latest:
        # Whoever looks a second time at a rejection would look at what the team has replaced.
        ScreeningProposal.objects.filter(version__submission=submission).lapse(timezone.now())
    if content.registered:
        version.registered.add(*content.registered)
    return version


def files_in_words(files: Sequence[Attachment]) -> list[dict[str, Any]]:
    """As a receipt names them."""
    return [{"name": each.name, "size": each.file.size, "sha256": each.file.sha256} for each in files]


def registered_in_words(rows: Sequence[RegisteredFile], window: windows.Window | None) -> list[dict[str, Any]]:
    """As a receipt names them: until when each may follow, as things stand."""
    if window is None:
        return []
    until = receipts.instant(window.follow_until)
    return [{"name": each.name, "size": each.size, "sha256": each.sha256, "until": until} for each in rows]


def awaited_of(latest: SubmissionVersion | None) -> list[RegisteredFile]:
    """What the version submitted last counts on and has not come; no query where it never counted on anything."""
    if latest is None or "registered" not in latest.form:
        return []
    return list(latest.registered.filter(attachment=None).order_by("pk"))


def _registered(
    submission: Submission, window: windows.Window | None, now: datetime, latest: SubmissionVersion | None = None
) -> Sequence[RegisteredFile] | None:
    """Of an entry that is mended: what goes on being awaited; of it counts what belongs to no opened slot."""
    if windows.may_register(submission, window, now):
        return completeness.registered_of(submission)
    if submission.status != SubmissionStatus.RETURNED:
        return None
    awaited = awaited_of(latest)
    # Returned as a whole, every slot is opened.
    return awaited if awaited and correcting.scope_of(submission) else None


def _require_complete(draft: completeness.Draft) -> None:
    if lacking := draft.missing:
        raise ValidationError({lack.anchor: str(lack) for lack in lacking})


def _form(submission: Submission, draft: completeness.Draft, shown: int | None) -> tuple[dict[str, Any], TopicRevision]:
    revision = _answered(submission, shown)
    form = {
        "competition": submission.team.competition.slug,
        "track": submission.track.number,
        "topic": {"number": submission.topic.number, "revision": revision.number, "title": revision.title},
        "title": draft.title,
        "form": {"versions": list(draft.definition.versions)},
        "answers": draft.answered,
    }
    form[PLEDGE] = pledge_in_form(_pledge_given(submission))
    return form, revision


def _pledge_given(submission: Submission) -> int | None:
    """By the captain, whose word it is."""
    if hasattr(submission, "pledge_given"):
        # Read with the entry.
        given: int | None = submission.pledge_given
        return given
    return asking.pledge_of(submission)[0]


def _answered(submission: Submission, shown: int | None) -> TopicRevision:
    """The text that was shown, but none older than what the team has read; the latest when nobody says."""
    texts = submission.topic.revisions.order_by("-number")
    latest = submission.topic_revision
    if latest is not None and latest.pk == getattr(submission, "latest_text", None):
        # Read with the entry; what was read is never older than what counts.
        return latest
    if shown is not None:
        read = submission.topic_revision.number if submission.topic_revision else 0
        texts = texts.filter(number__lte=max(shown, read))
    return texts.first() or submission.topic.revisions.latest("number")


def _next_number(track: Track, entry: Submission) -> str:
    """One more than the highest of this code. Entries keep theirs when they are withdrawn, so there is no gap."""
    prefix = f"{track.code}-"
    if hasattr(entry, "highest_number"):
        highest = entry.highest_number
    else:
        highest = Submission.objects.highest_numbers(track.competition_id, prefix).first()
    return f"{prefix}{int(highest.rpartition('-')[2]) + 1 if highest else 1:04}"


def make_receipt(
    version: SubmissionVersion,
    files: Sequence[Attachment],
    deed: str,
    *,
    actor: Any,
    received_at: datetime,
    rule: ReceiptRule,
    registered: Sequence[Mapping[str, Any]] = (),
) -> Receipt:
    receipt = Receipt(
        version=version,
        files=files_in_words(files),
        received_at=received_at,
        committed_at=timezone.now(),
    )
    receipt.document = receipts.signed(receipt, rule, registered)
    receipt.save()
    evidence = {
        "version": version.number,
        "form_sha256": version.form_sha256,
        "files": [each["sha256"] for each in receipt.files],
        **({"registered": [each["sha256"] for each in registered]} if registered else {}),
    }
    audit.record(deed, version.submission, actor=actor, after=evidence)
    return receipt
