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


class RenditionKind(models.TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", _("Word")


class Edition(models.TextChoices):
    """For whom an entry is put on paper; what each may read, ``sheet.Audience`` says."""

    TEAM = "team", _("for the team")
    JUDGE = "judge", _("as judges read it")
    BLIND_JUDGE = "blind judge", _("as judges read it, blind")


class RenditionStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("rendition", "being made")
    READY = "ready", pgettext_lazy("rendition", "ready")
    FAILED = "failed", pgettext_lazy("rendition", "failed")


class SectionKind(models.TextChoices):
    LINE = "line", _("one line")
    TEXT = "text", _("several lines")
    LONG_TEXT = "long_text", _("long text")
    CHOICE = "choice", _("one of several")
    CHOICES = "choices", _("some of several")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    PEOPLE = "people", _("table of persons")
    ROWS = "rows", _("table")


class SlotKind(models.TextChoices):
    PDF = "pdf", _("PDF")
    SLIDES = "slides", _("slides (PPTX)")
    DOCUMENT = "document", _("document (DOCX)")
    SHEET = "sheet", _("spreadsheet (XLSX)")
    IMAGE = "image", _("image (JPEG, PNG)")
    VIDEO = "video", _("video (MP4)")


class UploadState(models.TextChoices):
    OPEN = "open", _("arriving")
    DONE = "done", _("stored")
    REFUSED = "refused", _("refused")


class InspectionState(models.TextChoices):
    CLEAR = "clear", _("Checked")
    NOTICE = "notice", _("Needs attention")
    REFUSED = "refused", _("Can't be handed in")
    UNCHECKED = "unchecked", _("Can't be checked")


class ReceiptRule(models.TextChoices):
    """By which rule something counts as received in time."""

    STAGE_END = "stage_end", _("before the end of the stage")
    EXTENSION = "extension", _("before the end of the additional time that the team was given")
    GRACE = "grace", _("just after the end, and counted as in time")
    CORRECTION = "correction", _("a correction that the organizers asked for")
    LATE = "late", _("after the end, and accepted by the organizing committee")


class LateOutcome(models.TextChoices):
    """What the organizers decide about what was handed in after the end."""

    ACCEPTED = "accepted", pgettext_lazy("late attempt", "accepted")
    DECLINED = "declined", pgettext_lazy("late attempt", "declined")


class Verdict(models.TextChoices):
    """What a receipt that somebody shows us is worth."""

    GENUINE = "genuine", _("This receipt is genuine")
    ALTERED = "altered", _("This receipt has been altered")
    FOREIGN = "foreign", _("This receipt is not one of ours")
    UNSIGNED = "unsigned", _("This receipt bears no signature")
    UNREADABLE = "unreadable", _("This is no receipt")
