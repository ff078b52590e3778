"""What organizers publish beside the topics: news, files to download, answers to what is often asked."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.instants import validate_instant
from portal.core.text import validate_plain_line, validate_text
from tracks.models.competitions import Competition
from tracks.querysets import AnnouncementQuerySet, PublishedQuerySet

TEXT_LIMIT = 20_000
MARKDOWN_HELP = _("Markdown: **bold**, a line with - for a list, [words](https://…) for a link, ## for a heading.")


class Published(models.Model):
    """Shown from ``published_at`` on; before, and without one, only organizers of the whole competition see it."""

    competition = models.ForeignKey(
        Competition, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name=_("competition")
    )
    published_at = models.DateTimeField(
        _("published at"),
        null=True,
        blank=True,
        validators=[validate_instant],
        help_text=_("Shown from this moment on. Empty: a draft that only organizers see."),
    )

    class Meta:
        abstract = True

    def is_shown(self, now: datetime) -> bool:
        return self.published_at is not None and self.published_at <= now

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"


class Announcement(Published):
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(pgettext_lazy("of a text", "title"), max_length=120, validators=[validate_plain_line])
    body = models.TextField(
        _("text"),
        max_length=TEXT_LIMIT,
        validators=[validate_text, MaxLengthValidator(TEXT_LIMIT)],
        help_text=MARKDOWN_HELP,
    )
    is_pinned = models.BooleanField(_("kept on top"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("written by")
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.UniqueConstraint(fields=["competition", "number"], name="announcement_number_once_per_competition"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("tracks:announcement", args=[self.competition.slug, self.number])


class Document(Published):
    """A file to download; the bytes are in the store, under their hash."""

    public_id = models.UUIDField(_("address"), default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(pgettext_lazy("of a text", "title"), max_length=120, validators=[validate_plain_line])
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=150)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("tracks:document", args=[self.competition.slug, self.public_id, self.file_name])

    @property
    def kind(self) -> str:
        return self.file_name.rpartition(".")[2].upper()


class Question(Published):
    """Something that is often asked, with the organizers' answer."""

    position = models.PositiveSmallIntegerField(_("position"), default=1)
    question = models.CharField(_("question"), max_length=200, validators=[validate_plain_line])
    answer = models.TextField(
        _("answer"),
        max_length=TEXT_LIMIT,
        validators=[validate_text, MaxLengthValidator(TEXT_LIMIT)],
        help_text=MARKDOWN_HELP,
    )

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = _("frequent question")
        verbose_name_plural = _("frequent questions")

    def __str__(self) -> str:
        return self.question
