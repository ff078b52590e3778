from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.text import validate_plain_line
from submissions.definition import TITLE_KEY, TITLE_LIMIT
from submissions.enums import ReceiptRule, SubmissionStatus
from submissions.lifecycle import EDITABLE
from submissions.models.teams import Team
from submissions.querysets import AttachmentQuerySet, ReceiptQuerySet, SubmissionQuerySet, VersionQuerySet
from tracks.models import Track


def answers_in(form: dict[str, Any]) -> dict[str, Any]:
    """By section. What was submitted before there were forms says a title and an abstract."""
    said = form.get("answers", {"abstract": form.get("abstract", "")})
    return {TITLE_KEY: str(form["title"]), **said}


class Submission(models.Model):
    """An entry: what the team is writing now. What it has submitted are its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="submissions", verbose_name=_("team"))
    topic = models.ForeignKey(
        "tracks.Topic", on_delete=models.PROTECT, related_name="submissions", verbose_name=_("topic")
    )
    # The track it competes in, for its number and for every list that goes by track.
    track = models.ForeignKey(
        "tracks.Track", on_delete=models.PROTECT, related_name="submissions", verbose_name=_("track")
    )
    # The text that the team has read last. What a version answers stands at the version.
    topic_revision = models.ForeignKey(
        "tracks.TopicRevision", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("topic revision")
    )
    # Given at the first submit: T07-0003 is the third entry of track 7.
    number = models.CharField(_("entry number"), max_length=20, blank=True)
    # What the answer of this name says, for lists.
    title = models.CharField(_("project title"), max_length=TITLE_LIMIT, validators=[validate_plain_line])
    draft_version = models.PositiveIntegerField(_("draft version"), default=1)
    status = models.CharField(
        _("state"), max_length=20, choices=SubmissionStatus, default=SubmissionStatus.DRAFT, db_index=True
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last saved at"), auto_now=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [
            # The queue of screening, oldest first: of all tracks, and of one.
            models.Index(fields=["status", "submitted_at"], name="submission_by_state_and_age"),
            models.Index(fields=["track", "status", "submitted_at"], name="submission_queue_of_track"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "number"], condition=~Q(number=""), name="entry_number_once_per_track"
            ),
            models.CheckConstraint(condition=Q(status__in=SubmissionStatus.values), name="submission_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=[SubmissionStatus.DRAFT, SubmissionStatus.WITHDRAWN])
                | (Q(submitted_at__isnull=False) & ~Q(number="")),
                name="submission_submitted_has_number_and_time",
            ),
        ]

    def __str__(self) -> str:
        # The title is not for everybody: it is what the team is writing now.
        return self.number or str(SubmissionStatus.DRAFT.label)

    def get_absolute_url(self) -> str:
        return reverse("submissions:submission", args=[self.public_id])

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def audit_scope(self) -> str:
        return self.team.audit_scope

    @property
    def audit_track(self) -> int:
        return self.track_id


class Attachment(models.Model):
    """A file that a team put into an entry; a newer one replaces it, no row is overwritten."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("submission")
    )
    slot = models.CharField(_("slot"), max_length=40, default="proposal")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    name = models.CharField(_("file name"), max_length=150)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "slot", "file"],
                condition=Q(replaced_at=None),
                name="attachment_current_once_per_file",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("submissions:attachment", args=[self.public_id, self.name])

    # What programs found in it, where a page asks for that.
    inspection: Any = None
    # Why it can't be handed in, where the rows came ``with_refusal``.
    refused_for: Any = None
    found_in_pdf: Any = None

    @property
    def kind(self) -> str:
        """What its name ends with, in capitals."""
        return self.name.rpartition(".")[2][:4].upper()


class SubmissionVersion(models.Model):
    """What was submitted, as it was. The database refuses to change or delete it."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="versions", verbose_name=_("submission")
    )
    number = models.PositiveIntegerField(_("version"))
    topic_revision = models.ForeignKey(
        "tracks.TopicRevision", on_delete=models.PROTECT, related_name="+", verbose_name=_("topic revision")
    )
    form = models.JSONField(_("form"))
    form_sha256 = models.CharField("SHA-256", max_length=64)
    attachments = models.ManyToManyField(Attachment, related_name="versions", verbose_name=_("attachments"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    created_at = models.DateTimeField(_("submitted at"))

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission version")
        verbose_name_plural = _("submission versions")
        ordering = ["submission", "number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="version_number_once_per_submission"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} v{self.number}"

    @property
    def title(self) -> str:
        return str(self.form["title"])

    @property
    def answers(self) -> dict[str, Any]:
        return answers_in(self.form)


class Receipt(models.Model):
    """Proof of what was received, and when by the server's clock. Never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="receipt", verbose_name=_("version")
    )
    files = models.JSONField(_("files"))
    received_at = models.DateTimeField(_("received at"))
    committed_at = models.DateTimeField(_("recorded at"))
    # What the team keeps: {"receipt": …, "signature": …}. Receipts from before there were signatures have none.
    document = models.JSONField(_("signed receipt"), null=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")

    def __str__(self) -> str:
        return str(self.version)

    def get_absolute_url(self) -> str:
        return reverse("submissions:receipt", args=[self.public_id])

    @property
    def registered(self) -> list[dict[str, Any]]:
        """Files that had only been registered by their hash when it was issued, each with ``until``."""
        said = self.document["receipt"].get("registered", []) if self.document else []
        return [{**each, "until": datetime.fromisoformat(each["until"])} for each in said]

    @property
    def is_signed(self) -> bool:
        return self.document is not None

    @property
    def track(self) -> Any:
        """As it was called when the receipt was signed; one from before signatures has what the records say."""
        return Track(**self.document["receipt"]["track"]) if self.document else self.version.submission.track

    @property
    def contest(self) -> str:
        """Its name, likewise."""
        if self.document:
            return str(self.document["receipt"]["competition"]["name"])
        return self.version.submission.team.competition.name

    @property
    def topic(self) -> dict[str, Any]:
        """Number, title and revision, likewise."""
        if self.document:
            return dict(self.document["receipt"]["topic"])
        text = self.version.topic_revision
        return {"number": text.topic.number, "title": text.title, "revision": text.number}

    @property
    def rule_label(self) -> str:
        return str(ReceiptRule(self.document["receipt"]["rule"]).label) if self.document else ""


class ReceiptKey(models.Model):
    """The public half of a key that has signed receipts. Kept for ever: they can be checked when the key is gone."""

    key_id = models.CharField(_("name"), max_length=16, unique=True)
    public_key = models.CharField(_("public key"), max_length=64)
    created_at = models.DateTimeField(_("first used at"), default=timezone.now)

    class Meta:
        verbose_name = _("receipt key")
        verbose_name_plural = _("receipt keys")

    def __str__(self) -> str:
        return self.key_id
