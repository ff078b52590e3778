from submissions.models.entries import Attachment, Receipt, Screening, Submission, SubmissionVersion
from submissions.models.extensions import Extension
from submissions.models.teams import Invitation, Organization, Team, TeamMember

__all__ = [
    "Attachment",
    "Extension",
    "Invitation",
    "Organization",
    "Receipt",
    "Screening",
    "Submission",
    "SubmissionVersion",
    "Team",
    "TeamMember",
]
