from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganizationKind(models.TextChoices):
    COMPANY = "company", _("company")
    PUBLIC_INSTITUTION = "public_institution", _("public institution")
    UNIVERSITY = "university", _("university")
    RESEARCH_INSTITUTE = "research_institute", _("research institute")
    SOCIAL_ORGANIZATION = "social_organization", _("social organization")


class OrganizationSize(models.TextChoices):
    """大中小微: what the statistics call an enterprise. Others have none."""

    LARGE = "large", pgettext_lazy("size of a company", "large")
    MEDIUM = "medium", pgettext_lazy("size of a company", "medium")
    SMALL = "small", pgettext_lazy("size of a company", "small")
    MICRO = "micro", pgettext_lazy("size of a company", "micro")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


# A research institute may be a company by law; these never are.
WITHOUT_SIZE = (
    OrganizationKind.PUBLIC_INSTITUTION,
    OrganizationKind.UNIVERSITY,
    OrganizationKind.SOCIAL_ORGANIZATION,
)


class MemberRole(models.TextChoices):
    CAPTAIN = "captain", _("captain")
    MEMBER = "member", _("member")


class HandOverStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("hand-over", "open")
    ACCEPTED = "accepted", pgettext_lazy("hand-over", "accepted")
    DECLINED = "declined", pgettext_lazy("hand-over", "declined")
    TAKEN_BACK = "taken_back", pgettext_lazy("hand-over", "taken back")
    LAPSED = "lapsed", pgettext_lazy("hand-over", "no longer holds")


class RosterChange(models.TextChoices):
    """What a captain may ask for once the roster is locked."""

    ADD = "add", _("add somebody")
    REMOVE = "remove", _("take somebody out")
    EDIT = "edit", _("duty or place")
    CAPTAIN = "captain", _("another captain")


class RosterRequestStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("roster", "waits for the person's consent")
    AWAITING = "awaiting", pgettext_lazy("roster", "waits for the organizers' decision")
    APPROVED = "approved", pgettext_lazy("roster", "approved")
    REFUSED = "refused", pgettext_lazy("roster", "refused")
    DECLINED = "declined", pgettext_lazy("roster", "declined by the person")
    WITHDRAWN = "withdrawn", pgettext_lazy("roster", "taken back")
    LAPSED = "lapsed", pgettext_lazy("roster", "no longer applies")


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


class ReasonUse(models.TextChoices):
    """For which decision a prepared reason is meant."""

    RETURN = "return", _("return for correction")
    REJECT = "reject", pgettext_lazy("screening reason", "rejection")


class SecondLook(models.TextChoices):
    """What has become of a proposed rejection."""

    OPEN = "open", pgettext_lazy("second look", "waits for a second look")
    AGREED = "agreed", pgettext_lazy("second look", "agreed")
    DECLINED = "declined", pgettext_lazy("second look", "not agreed")
    LAPSED = "lapsed", pgettext_lazy("second look", "no longer applies")


class ScreeningState(models.TextChoices):
    """Where an entry is in screening: the tabs of the queue."""

    WAITING = "waiting", pgettext_lazy("screening", "waiting")
    SECOND_LOOK = "second_look", pgettext_lazy("screening", "second look")
    RETURNED = "returned", pgettext_lazy("screening", "returned")
    OVERDUE = "overdue", pgettext_lazy("screening", "overdue corrections")
    PASSED = "passed", pgettext_lazy("screening", "passed")
    REJECTED = "rejected", pgettext_lazy("screening", "rejected")


class ShortlistState(models.TextChoices):
    """Where an entry that passed screening is on the way to the defence: the tabs of the shortlist."""

    CANDIDATES = "candidates", pgettext_lazy("shortlist", "to choose from")
    CHOSEN = "chosen", pgettext_lazy("shortlist", "shortlisted, not announced")
    ANNOUNCED = "announced", pgettext_lazy("shortlist", "announced")


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
    REPLACEMENT = "replacement", _("files replaced after the shortlist, before the end set for that")


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


class NearKind(models.TextChoices):
    """By what two entries resemble each other."""

    TEXT = "text", pgettext_lazy("near pair", "text")
    FILES = "files", pgettext_lazy("near pair", "the same file")
    PEOPLE = "people", pgettext_lazy("near pair", "the same people or organization on one topic")
