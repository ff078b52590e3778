from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core.text import one_kind_of_line_end, validate_plain_line, validate_text
from tracks.enums import TopicStatus
from tracks.models.competitions import Competition
from tracks.querysets import FormerAddressQuerySet, RevisionQuerySet, TopicQuerySet, TrackQuerySet

# What a PositiveSmallIntegerField holds on PostgreSQL; SQLite would take more.
LARGEST_NUMBER = 32767
LONGEST_REASON = 200


class TrackManager(models.Manager.from_queryset(TrackQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, number: int) -> Track:
        return self.get(competition__slug=slug, number=number)


class Track(models.Model):
    competition = models.ForeignKey(
        Competition, on_delete=models.CASCADE, related_name="tracks", verbose_name=_("competition")
    )
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    name = models.CharField(_("name"), max_length=60, validators=[validate_plain_line])
    # For those who keep a copy: nothing else tells that a topic of it reads otherwise now.
    renamed_at = models.DateTimeField(_("renamed at"), null=True, editable=False)

    objects = TrackManager()

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["competition", "number"]
        constraints = [
            models.UniqueConstraint(fields=["competition", "number"], name="track_number_once_per_competition"),
            models.UniqueConstraint(fields=["competition", "name"], name="track_name_once_per_competition"),
            models.CheckConstraint(condition=Q(number__gte=1), name="track_number_starts_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def natural_key(self) -> tuple[str, int]:
        return (self.competition.slug, self.number)

    natural_key.dependencies = ["tracks.competition"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("tracks:track", args=[self.competition.slug, self.number])

    @property
    def code(self) -> str:
        return f"T{self.number:02}"

    @property
    def audit_scope(self) -> str:
        return f"competition:{self.competition_id}"

    @property
    def audit_track(self) -> int:
        return self.pk


class TopicManager(models.Manager.from_queryset(TopicQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, track_number: int, number: int) -> Topic:
        return self.get(track__competition__slug=slug, track__number=track_number, number=number)


class Topic(models.Model):
    """What an entry answers. Title and body are those of the latest revision."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="topics", verbose_name=_("track"))
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=120, validators=[validate_plain_line])
    body = models.TextField(_("text"), validators=[validate_text])
    status = models.CharField(_("state"), max_length=20, choices=TopicStatus, default=TopicStatus.OPEN)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=LONGEST_REASON, blank=True)
    reopened_at = models.DateTimeField(_("opened again at"), null=True, editable=False)

    objects = TopicManager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["track", "number"]
        constraints = [
            models.UniqueConstraint(fields=["track", "number"], name="topic_number_once_per_track"),
            models.CheckConstraint(condition=Q(number__gte=1), name="topic_number_starts_at_one"),
            models.CheckConstraint(condition=Q(status__in=TopicStatus.values), name="topic_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def natural_key(self) -> tuple[str, int, int]:
        return (*self.track.natural_key(), self.number)

    natural_key.dependencies = ["tracks.track"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return reverse("tracks:topic", args=self._place)

    def get_history_url(self, *, since: int | None = None, until: int | None = None) -> str:
        """Its revisions; with two of their numbers, what changed between these."""
        page = reverse("tracks:revisions", args=self._place)
        return page if since is None or until is None else f"{page}?from={since}&to={until}"

    @property
    def latest_revision(self) -> TopicRevision | None:
        return self.revisions.select_related("created_by").order_by("-number").first()

    def reads(self, title: str, body: str) -> bool:
        """Is this its text already? Line ends and space around it are no change."""
        return _as_read(self.title) == _as_read(title) and _as_read(self.body) == _as_read(body)

    @property
    def _place(self) -> tuple[str, int, int]:
        return (self.track.competition.slug, self.track.number, self.number)

    @property
    def audit_scope(self) -> str:
        return self.track.audit_scope

    @property
    def audit_track(self) -> int:
        return self.track_id


def _as_read(text: str) -> str:
    return one_kind_of_line_end(text).strip()


class RevisionManager(models.Manager.from_queryset(RevisionQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, track_number: int, topic_number: int, number: int) -> TopicRevision:
        topic = Topic.objects.get_by_natural_key(slug, track_number, topic_number)
        return self.get(topic=topic, number=number)


class TopicRevision(models.Model):
    """A topic's text at a time; entries stay tied to the one they answered."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="revisions", verbose_name=_("topic"))
    number = models.PositiveIntegerField(_("revision"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("written at"))

    objects = RevisionManager()

    class Meta:
        verbose_name = _("topic revision")
        verbose_name_plural = _("topic revisions")
        ordering = ["topic", "number"]
        constraints = [models.UniqueConstraint(fields=["topic", "number"], name="revision_number_once_per_topic")]

    def __str__(self) -> str:
        return f"{self.title} (v{self.number})"

    def natural_key(self) -> tuple[str, int, int, int]:
        return (*self.topic.natural_key(), self.number)

    natural_key.dependencies = ["tracks.topic"]  # type: ignore[attr-defined]


class FormerAddress(models.Model):
    """Where a track or a topic stood until ``left_at``. Whoever left a place last is found through it."""

    competition = models.ForeignKey(
        Competition, on_delete=models.CASCADE, related_name="former_addresses", verbose_name=_("competition")
    )
    track_number = models.PositiveSmallIntegerField(_("number of the track"))
    # 0 for the track's own page.
    number = models.PositiveSmallIntegerField(_("number"))
    track = models.ForeignKey(Track, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("track"))
    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, null=True, related_name="former_addresses", verbose_name=_("topic")
    )
    left_at = models.DateTimeField(_("left at"))

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        indexes = [models.Index(fields=["competition", "track_number", "number"], name="former_address_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(number=0, track__isnull=False, topic=None)
                | Q(number__gte=1, track=None, topic__isnull=False),
                name="former_address_is_of_a_track_or_a_topic",
            ),
        ]

    def __str__(self) -> str:
        return f"T{self.track_number:02}-{self.number}" if self.number else f"T{self.track_number:02}"
