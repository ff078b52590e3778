from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import AgreementKind
from portal.accounts.querysets import AgreementQuerySet, ConsentQuerySet
from portal.core.text import validate_plain_line, validate_text


class SeriesManager(models.Manager["AgreementSeries"]):
    def get_by_natural_key(self, slug: str) -> AgreementSeries:
        return self.get(slug=slug)


class AgreementSeries(models.Model):
    """The versions of one text, the newest of which holds. A competition's pledge is a series of its own."""

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=AgreementKind)

    objects = SeriesManager()

    class Meta:
        verbose_name = _("series of agreements")
        verbose_name_plural = _("series of agreements")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AgreementKind.values), name="agreement_kind_known"),
            # The portal has one notice and one agreement; pledges are as many as there are competitions.
            models.UniqueConstraint(
                fields=["kind"], condition=~Q(kind=AgreementKind.PLEDGE), name="agreement_series_once_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class AgreementManager(models.Manager.from_queryset(AgreementQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, slug: str, version: int) -> Agreement:
        return self.get(series__slug=slug, version=version)


class Agreement(models.Model):
    """A version of what people are told or asked to promise. The database refuses to change or delete it."""

    series = models.ForeignKey(
        AgreementSeries, on_delete=models.PROTECT, related_name="versions", verbose_name=_("series of agreements")
    )
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=100, validators=[validate_plain_line])
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    body = models.TextField(
        _("text"), validators=[validate_text], help_text=_("Chinese, in Markdown. This is the text that holds.")
    )
    body_en = models.TextField(_("text in English"), blank=True, validators=[validate_text])
    changes = models.TextField(
        _("what has changed"),
        blank=True,
        validators=[validate_text],
        help_text=_("Whoever has accepted an earlier version reads this first."),
    )
    changes_en = models.TextField(_("what has changed, in English"), blank=True, validators=[validate_text])
    published_at = models.DateTimeField(_("in force from"))

    objects = AgreementManager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [models.UniqueConstraint(fields=["series", "version"], name="agreement_version_once_per_series")]

    def __str__(self) -> str:
        return _("%(title)s, version %(version)s") % {"title": self.heading, "version": self.version}

    def natural_key(self) -> tuple[str, int]:
        return (self.series.slug, self.version)

    natural_key.dependencies = ["accounts.agreementseries"]  # type: ignore[attr-defined]

    @property
    def heading(self) -> str:
        return self._in_language("title")

    @property
    def text(self) -> str:
        return self._in_language("body")

    @property
    def news(self) -> str:
        return self._in_language("changes")

    @property
    def is_translated(self) -> bool:
        """What is shown now is a translation, beside which the Chinese text holds."""
        return bool(self.body_en) and _is_english()

    def _in_language(self, field: str) -> str:
        english = getattr(self, f"{field}_en") if _is_english() else ""
        return str(english or getattr(self, field))


class Consent(models.Model):
    """Who accepted which version, and when; withdrawing is recorded beside it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents", verbose_name=_("user")
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="consents", verbose_name=_("agreement")
    )
    accepted_at = models.DateTimeField(_("accepted at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects: Any = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agreement"], condition=Q(withdrawn_at=None), name="consent_live_once_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.agreement}"


def _is_english() -> bool:
    return (get_language() or "").startswith("en")
