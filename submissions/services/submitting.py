from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.errors import Conflict
from portal.core.failpoints import failpoint
from portal.core.permissions import require
from submissions import completeness, rules, windows
from submissions.canonical import sha256_of
from submissions.enums import ReceiptRule, SubmissionStatus
from submissions.lifecycle import SUBMISSION_LIFECYCLE
from submissions.models import Attachment, Receipt, ScreeningProposal, Submission, SubmissionVersion
from submissions.services import receipts
from submissions.services.facts import asking_for_facts
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
    topic_revision: int | None = None,
) -> Receipt:
    """Make what the draft says an immutable version and return its receipt.

    What counts is when the request arrived, not when its turn came. The same key, or the same content
    again, gives the receipt that is there. ``topic_revision`` is the number of the topic's text that whoever
    submits was shown: a newer one that came a moment ago is not what they have answered.
    """
    require(rules.is_captain, actor, submission.team)
    arrived = received_at or timezone.now()
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
    )
    failpoint("after_commit")
    return receipt


@dataclass(frozen=True)
class Content:
    """What a draft says, such that it can be kept as it is."""

    form: dict[str, Any]
    revision: TopicRevision
    files: Sequence[Attachment]

    def is_that_of(self, kept: Any) -> bool:
        """``kept`` (a version, or a late attempt) holds the same."""
        return kept.form_sha256 == sha256_of(self.form) and set(kept.attachments.all()) == set(self.files)


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


def lock_submission(submission: Submission) -> Submission:
    """Whoever submits, withdraws or decides queues here.

    No key is locked, here and wherever a row is locked before the audit trail: PostgreSQL looks foreign keys up
    at the commit, and whoever adds a row that points here would wait for us with the trail in their hands.
    It is read after the lock: joined with its track in one query, an entry that follows its topic to another track
    meanwhile would be found nowhere.
    """
    Submission.objects.select_for_update(no_key=True).values_list("pk").get(pk=submission.pk)
    rows = Submission.objects.with_form().select_related("team__competition", "topic", "track", "topic_revision")
    return rows.get(pk=submission.pk)


def lock_track(track: Track) -> Track:
    """Whoever gives out an entry number queues here."""
    return Track.objects.select_for_update(no_key=True).get(pk=track.pk)


def _submit(
    submission: Submission,
    *,
    actor: Any,
    expected_version: int,
    received_at: datetime,
    topic_revision: int | None,
) -> Receipt:
    submission = lock_submission(submission)
    window = windows.hold(submission)
    windows.require_writable(submission, received_at, window)
    content = content_of(submission, expected_version=expected_version, topic_revision=topic_revision)
    latest = submission.versions.select_related("receipt").last()
    if latest and submission.status == SubmissionStatus.SUBMITTED and content.is_that_of(latest):
        return latest.receipt
    rule = windows.rule_of(submission, window, received_at)
    version = make_version(
        submission, content, "submit", actor=actor, submitted_by=actor, received_at=received_at, latest=latest
    )
    receipt = make_receipt(version, content.files, "issue_receipt", actor=actor, received_at=received_at, rule=rule)
    besides = [asking_for_facts(version)]
    tell_members(submission, "submissions.submitted", key=f"submitted:{receipt.pk}", about=receipt.pk, besides=besides)
    failpoint("before_commit")
    return receipt


def content_of(submission: Submission, *, expected_version: int, topic_revision: int | None) -> Content:
    """Of the draft that was looked at, and of no other: Conflict. Raises ValidationError for all that is missing."""
    if submission.draft_version != expected_version:
        raise Conflict(_("The draft has changed since you looked at it. Please check it once more."))
    draft = completeness.draft_of(submission)
    _require_complete(draft)
    form, revision = _form(submission, draft, topic_revision)
    return Content(form, revision, draft.files)


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
        "number": submission.number or _next_number(lock_track(submission.track)),
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
    # Whoever looks a second time at a rejection would look at what the team has replaced.
    ScreeningProposal.objects.filter(version__submission=submission).lapse(timezone.now())
    return version


def files_in_words(files: Sequence[Attachment]) -> list[dict[str, Any]]:
    """As a receipt names them."""
    return [{"name": each.name, "size": each.file.size, "sha256": each.file.sha256} for each in files]


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
    return form, revision


def _answered(submission: Submission, shown: int | None) -> TopicRevision:
    """The text that was shown, but none older than what the team has read; the latest when nobody says."""
    texts = submission.topic.revisions.order_by("-number")
    if shown is not None:
        read = submission.topic_revision.number if submission.topic_revision else 0
        texts = texts.filter(number__lte=max(shown, read))
    return texts.first() or submission.topic.revisions.latest("number")


def _next_number(track: Track) -> str:
    """One more than the highest of this code. Entries keep theirs when they are withdrawn, so there is no gap.

    It is looked for in all tracks: an entry may have followed its topic, and a track may have had another number.
    """
    given = Submission.objects.filter(track__competition=track.competition_id, number__startswith=f"{track.code}-")
    highest = given.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
    return f"{track.code}-{int(highest.rpartition('-')[2]) + 1 if highest else 1:04}"


def make_receipt(
    version: SubmissionVersion,
    files: Sequence[Attachment],
    deed: str,
    *,
    actor: Any,
    received_at: datetime,
    rule: ReceiptRule,
) -> Receipt:
    receipt = Receipt(
        version=version,
        files=files_in_words(files),
        received_at=received_at,
        committed_at=timezone.now(),
    )
    receipt.document = receipts.signed(receipt, rule)
    receipt.save()
    evidence = {
        "version": version.number,
        "form_sha256": version.form_sha256,
        "files": [each["sha256"] for each in receipt.files],
    }
    audit.record(deed, version.submission, actor=actor, after=evidence)
    return receipt
