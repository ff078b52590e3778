from submissions.models.entries import Attachment, Receipt, Screening, Submission, SubmissionVersion
from submissions.models.teams import Invitation, Organization, Team, TeamMember

__all__ = [
    "Attachment",
    "Invitation",
    "Organization",
    "Receipt",
    "Screening",
    "Submission",
    "SubmissionVersion",
    "Team",
    "TeamMember",
]
