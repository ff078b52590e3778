from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganizationKind(models.TextChoices):
    COMPANY = "company", _("company")
    PUBLIC_INSTITUTION = "public_institution", _("public institution")
    UNIVERSITY = "university", _("university")
    RESEARCH_INSTITUTE = "research_institute", _("research institute")
    SOCIAL_ORGANIZATION = "social_organization", _("social organization")


class MemberRole(models.TextChoices):
    CAPTAIN = "captain", _("captain")
    MEMBER = "member", _("member")


class SubmissionStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("submission", "draft")
    SUBMITTED = "submitted", pgettext_lazy("submission", "submitted")
    RETURNED = "returned", pgettext_lazy("submission", "returned for correction")
    ELIGIBLE = "eligible", pgettext_lazy("submission", "passed screening")
    REJECTED = "rejected", pgettext_lazy("submission", "rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("submission", "withdrawn")


class ScreeningOutcome(models.TextChoices):
    PASSED = "passed", _("passed")
    RETURNED = "returned", _("returned for correction")
    REJECTED = "rejected", pgettext_lazy("submission", "rejected")
