from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RoundKind(models.TextChoices):
    REVIEW = "review", _("expert review")
    DEFENCE = "defence", _("defence")


class RoundStatus(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("round", "in preparation")
    OPEN = "open", pgettext_lazy("round", "under way")
    CLOSED = "closed", pgettext_lazy("round", "closed")
    PUBLISHED = "published", pgettext_lazy("round", "results published")


class AssignmentStatus(models.TextChoices):
    ASSIGNED = "assigned", pgettext_lazy("assignment", "to do")
    STARTED = "started", pgettext_lazy("assignment", "draft")
    SUBMITTED = "submitted", pgettext_lazy("assignment", "submitted")
    RECUSED = "recused", pgettext_lazy("assignment", "recused")
    REVOKED = "revoked", pgettext_lazy("assignment", "revoked")


class ConflictKind(models.TextChoices):
    """Why a judge is kept from an entry."""

    ORGANIZATION = "organization", _("same organization")
    MEMBERSHIP = "membership", _("member of the team")
    COMPETING = "competing", _("competes with a team of their own")
    DECLARED = "declared", _("declared conflict of interest")


class AwardLevel(models.TextChoices):
    FIRST = "first", _("first prize")
    SECOND = "second", _("second prize")
    THIRD = "third", _("third prize")
    MERIT = "merit", _("merit award")


class CertificateStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("certificate", "being made")
    ISSUED = "issued", pgettext_lazy("certificate", "issued")
    REVOKED = "revoked", pgettext_lazy("certificate", "revoked")
