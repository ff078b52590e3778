from submissions.services.drafts import attach_file, save_draft, start_submission
from submissions.services.extensions import grant_extension, revoke_extension
from submissions.services.invitations import accept_invitation, invite, revoke_invitation
from submissions.services.screening import pass_screening, reject, return_for_correction
from submissions.services.submitting import submit, withdraw
from submissions.services.teams import found_team

__all__ = [
    "accept_invitation",
    "attach_file",
    "found_team",
    "grant_extension",
    "invite",
    "pass_screening",
    "reject",
    "return_for_correction",
    "revoke_extension",
    "revoke_invitation",
    "save_draft",
    "start_submission",
    "submit",
    "withdraw",
]
