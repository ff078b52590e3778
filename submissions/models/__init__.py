from submissions.models.answers import Answer, AnswerRevision, UnsentText
from submissions.models.comments import Comment
from submissions.models.entries import Attachment, Receipt, ReceiptKey, Screening, Submission, SubmissionVersion
from submissions.models.extensions import Extension
from submissions.models.forms import EntryForm, EntryFormVersion, FormSection, FormSlot
from submissions.models.late import LateAttempt, LateDecision
from submissions.models.renditions import Rendition
from submissions.models.teams import Invitation, Organization, Team, TeamMember, TeamOrganization
from submissions.models.uploads import Inspection, Upload

__all__ = [
    "Answer",
    "AnswerRevision",
    "Attachment",
    "Comment",
    "EntryForm",
    "EntryFormVersion",
    "Extension",
    "FormSection",
    "FormSlot",
    "Inspection",
    "Invitation",
    "LateAttempt",
    "LateDecision",
    "Organization",
    "Receipt",
    "ReceiptKey",
    "Rendition",
    "Screening",
    "Submission",
    "SubmissionVersion",
    "Team",
    "TeamMember",
    "TeamOrganization",
    "UnsentText",
    "Upload",
]
