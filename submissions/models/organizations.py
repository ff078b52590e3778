from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.templatetags.ui import masked_phone
from portal.core.text import validate_plain_line
from submissions.codes import validate_credit_code
from submissions.enums import WITHOUT_SIZE, OrganizationKind, OrganizationSize
from submissions.regions import REGION_CODES, REGIONS
from submissions.team_querysets import OrganizationQuerySet, TeamOrganizationQuerySet

INTRODUCTION_LIMIT = 300
STRENGTHS_LIMIT = 600


class Organization(models.Model):
    """A body that enters; one row a 统一社会信用代码."""

    code = models.CharField(
        _("unified social credit code"), max_length=18, unique=True, validators=[validate_credit_code]
    )
    name = models.CharField(_("name of the organization"), max_length=120, validators=[validate_plain_line])
    kind = models.CharField(_("kind of organization"), max_length=30, choices=OrganizationKind)
    # Empty where nobody has said so yet.
    region = models.CharField(_("region"), max_length=4, choices=REGIONS, blank=True, default="")
    size = models.CharField(
        pgettext_lazy("organization", "size"), max_length=20, choices=OrganizationSize, blank=True, default=""
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    # A double of another row. Its code still leads there, so that nobody enters it anew.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="doubles", verbose_name=_("merged into")
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OrganizationKind.values), name="organization_kind_known"),
            models.CheckConstraint(condition=Q(region__in=["", *REGION_CODES]), name="organization_region_known"),
            models.CheckConstraint(
                condition=Q(size__in=["", *OrganizationSize.values]), name="organization_size_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=WITHOUT_SIZE) | Q(size__in=["", OrganizationSize.NOT_APPLICABLE]),
                name="organization_public_body_has_no_size",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OrganizationKind.COMPANY, size=OrganizationSize.NOT_APPLICABLE),
                name="organization_company_has_a_size",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="organization_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_size(self.kind, self.size)


def check_size(kind: str, size: str) -> None:
    """Only enterprises are large, medium, small or micro; raises ValidationError."""
    if kind in WITHOUT_SIZE and size not in {"", OrganizationSize.NOT_APPLICABLE}:
        raise ValidationError({"size": _("Only companies and research institutes have a size.")})
    if kind == OrganizationKind.COMPANY and size == OrganizationSize.NOT_APPLICABLE:
        raise ValidationError({"size": _("A company is large, medium, small or micro.")})


class TeamOrganization(models.Model):
    """A partner of a team; the one that leads is ``Team.organization``."""

    team = models.ForeignKey("Team", on_delete=models.CASCADE, related_name="partners", verbose_name=_("team"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="partnerships", verbose_name=_("partner organization")
    )

    introduction = models.CharField(
        pgettext_lazy("organization", "introduction"), max_length=INTRODUCTION_LIMIT, blank=True, default=""
    )
    strengths = models.CharField(_("core strengths"), max_length=STRENGTHS_LIMIT, blank=True, default="")
    # Whom organizers ask about this organization's part. Mostly somebody without an account.
    contact_name = models.CharField(
        _("contact person"), max_length=60, blank=True, default="", validators=[validate_plain_line]
    )
    # In full, such as +8613812345678; pages show ``masked_contact_phone``.
    contact_phone = models.CharField(_("phone of the contact person"), max_length=16, blank=True, default="")

    objects = TeamOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner organization")
        verbose_name_plural = _("partner organizations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "organization"], name="partner_once_per_team"),
            models.CheckConstraint(
                condition=Q(contact_phone="") | ~Q(contact_name=""), name="partner_phone_is_somebodys"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.team}"

    @property
    def masked_contact_phone(self) -> str:
        return masked_phone(self.contact_phone)
