from submissions.models.answers import Answer, AnswerRevision, UnsentText
from submissions.models.comments import Comment
from submissions.models.entries import Attachment, Receipt, ReceiptKey, Submission, SubmissionVersion
from submissions.models.extensions import Extension
from submissions.models.facts import VersionFacts
from submissions.models.forms import EntryForm, EntryFormVersion, FormSection, FormSlot
from submissions.models.handing_over import HandOver
from submissions.models.late import LateAttempt, LateDecision
from submissions.models.near import Fingerprint, NearNote, NearPair
from submissions.models.organizations import Organization, TeamOrganization
from submissions.models.registered import RegisteredFile
from submissions.models.renditions import Rendition
from submissions.models.roster import RosterRequest
from submissions.models.screening import (
    ChecklistItem,
    Correction,
    Screening,
    ScreeningClaim,
    ScreeningNote,
    ScreeningPlan,
    ScreeningProposal,
    ScreeningReason,
    UndoneScreening,
)
from submissions.models.shortlist import Replacement, Shortlisting
from submissions.models.teams import Invitation, Team, TeamMember
from submissions.models.uploads import Inspection, Upload

__all__ = [
    "Answer",
    "AnswerRevision",
    "Attachment",
    "ChecklistItem",
    "Comment",
    "Correction",
    "EntryForm",
    "EntryFormVersion",
    "Extension",
    "Fingerprint",
    "FormSection",
    "FormSlot",
    "HandOver",
    "Inspection",
    "Invitation",
    "LateAttempt",
    "LateDecision",
    "NearNote",
    "NearPair",
    "Organization",
    "Receipt",
    "ReceiptKey",
    "RegisteredFile",
    "Rendition",
    "Replacement",
    "RosterRequest",
    "Screening",
    "ScreeningClaim",
    "ScreeningNote",
    "ScreeningPlan",
    "ScreeningProposal",
    "ScreeningReason",
    "Shortlisting",
    "Submission",
    "SubmissionVersion",
    "Team",
    "TeamMember",
    "TeamOrganization",
    "UndoneScreening",
    "UnsentText",
    "Upload",
    "VersionFacts",
]
