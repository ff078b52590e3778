"""What an entry still needs before it can be submitted."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from submissions.models import Attachment, Submission


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
