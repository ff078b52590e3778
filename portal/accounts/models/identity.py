from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import DocumentKind
from portal.accounts.models.agreements import Consent
from portal.accounts.querysets import OwnQuerySet


class IdentityDocument(models.Model):
    """A person's document. Its number is nowhere but in ``sealed``, which ``portal.accounts.sealing`` opens."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="identity_document",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("kind of document"), max_length=30, choices=DocumentKind)
    sealed = models.TextField(_("number, encrypted"))
    # Asked for by itself: without it the number may not be kept.
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+", verbose_name=_("consent"))
    saved_at = models.DateTimeField(_("saved at"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="identity_document_kind_known"),
            models.CheckConstraint(condition=~Q(sealed=""), name="identity_document_has_its_number"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
