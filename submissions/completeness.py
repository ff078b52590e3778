"""What an entry still needs before it can be submitted."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from submissions.models import Attachment, Submission, SubmissionVersion


@dataclass(frozen=True)
class Part:
    field: str
    label: object
    is_there: bool


def parts(submission: Submission, attachment: Attachment | None) -> list[Part]:
    """Each thing that an entry needs, by the name of its form field, and whether it is there."""
    return [
        Part("title", _("Project title"), bool(submission.title.strip())),
        Part("abstract", _("Abstract"), bool(submission.abstract.strip())),
        Part("file", _("Proposal as a PDF"), attachment is not None),
    ]


def missing(submission: Submission, attachment: Attachment | None) -> list[Part]:
    return [part for part in parts(submission, attachment) if not part.is_there]


def differs(submission: Submission, attachment: Attachment | None, version: SubmissionVersion) -> bool:
    """The draft says something else than ``version`` did."""
    draft = (submission.title, submission.abstract, {attachment} if attachment else set())
    return draft != (version.title, version.abstract, set(version.attachments.all()))
