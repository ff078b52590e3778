from submissions.views.entries import start, submission, submission_submit, withdraw
from submissions.views.invitations import invitation, revoke
from submissions.views.proofs import attachment, receipt
from submissions.views.teams import team, team_new

__all__ = [
    "attachment",
    "invitation",
    "receipt",
    "revoke",
    "start",
    "submission",
    "submission_submit",
    "team",
    "team_new",
    "withdraw",
]
