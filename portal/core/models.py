from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.enums import ServiceMode
from portal.core.querysets import AuditQuerySet, ServiceQuerySet


class AuditEntry(models.Model):
    """One line of the audit trail. The database refuses to change or delete it."""

    scope = models.CharField(_("scope"), max_length=64)
    sequence = models.PositiveBigIntegerField(_("line"))
    at = models.DateTimeField(_("time"))
    # Ids without a foreign key: the line outlives the account it speaks of, and ``core`` knows no competitions.
    actor_id = models.BigIntegerField(_("person"), null=True)
    real_actor_id = models.BigIntegerField(_("acting for the person"), null=True)
    # Whose account or role it is about, and where: what each page of the trail is searched by.
    person_id = models.BigIntegerField(_("person concerned"), null=True)
    competition_id = models.BigIntegerField(_("competition"), null=True)
    track_id = models.BigIntegerField(_("track"), null=True)
    action = models.CharField(_("action"), max_length=64)
    object_type = models.CharField(_("object type"), max_length=100)
    object_id = models.CharField(_("object"), max_length=64)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    previous_hash = models.CharField(_("previous hash"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit line")
        verbose_name_plural = _("audit trail")
        constraints = [
            models.UniqueConstraint(fields=["scope", "sequence"], name="audit_line_once_per_chain"),
        ]
        # Each page of the trail reads one of them backwards from where it stands, however long the trail is.
        indexes = [
            models.Index(fields=["at", "id"], name="audit_newest"),
            models.Index(fields=["action", "at", "id"], name="audit_by_action"),
            models.Index(fields=["competition_id", "at", "id"], name="audit_in_competition"),
            models.Index(fields=["competition_id", "action", "at", "id"], name="audit_action_in_competition"),
            models.Index(fields=["object_type", "object_id", "at", "id"], name="audit_of_object"),
            models.Index(fields=["actor_id", "at", "id"], name="audit_by_person"),
            models.Index(
                fields=["real_actor_id", "at", "id"], condition=Q(real_actor_id__isnull=False), name="audit_acting"
            ),
            models.Index(
                fields=["person_id", "at", "id"], condition=Q(person_id__isnull=False), name="audit_about_person"
            ),
            models.Index(fields=["track_id", "at", "id"], condition=Q(track_id__isnull=False), name="audit_in_track"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} #{self.sequence} {self.action}"


class AuditHead(models.Model):
    """Where a chain ends; locked while the next line is added."""

    scope = models.CharField(max_length=64, primary_key=True)
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.scope} #{self.sequence}"


class AuditVerification(models.Model):
    """One walk through all chains, made in steps; one a day."""

    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lines = models.PositiveBigIntegerField(default=0)
    # Where the walk stands: scope, line, hash.
    position = models.JSONField(default=list)
    ends = models.JSONField(default=dict)
    breaks = models.JSONField(default=list)

    class Meta:
        get_latest_by = "day"

    def __str__(self) -> str:
        return str(self.day)


class FileCheck(models.Model):
    """One reading of all stored files, made in steps; it may take several nights."""

    # Of its first night.
    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    files = models.PositiveBigIntegerField(default=0)
    # The key of the file that was read last.
    position = models.PositiveBigIntegerField(default=0)

    class Meta:
        get_latest_by = "day"

    def __str__(self) -> str:
        return str(self.day)


class StoredFile(models.Model):
    """Bytes that the store holds under their own SHA-256, whoever refers to them."""

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    created_at = models.DateTimeField(_("stored at"), auto_now_add=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_is_not_empty")]

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> str:
        return f"sha256/{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


class Service(models.Model):
    """How much the portal does just now. There is one row, made by a migration."""

    mode = models.CharField(_("what works"), max_length=20, choices=ServiceMode, default=ServiceMode.NORMAL)
    note = models.CharField(
        _("note"), max_length=200, blank=True, help_text=_("Stands on top of every page until everything works again.")
    )

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("service")
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=ServiceMode.values), name="service_mode_known"),
            models.CheckConstraint(condition=Q(pk=1), name="service_is_one"),
        ]

    def __str__(self) -> str:
        return str(self.get_mode_display())


class IdempotencyKey(models.Model):
    """The answer already given to a request that may come again."""

    actor_id = models.BigIntegerField()
    action = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    result_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "action", "key"], name="idempotency_key_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"
