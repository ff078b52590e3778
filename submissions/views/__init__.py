from submissions.views.checking import receipt_document, verify_receipt
from submissions.views.entries import read_topic, remove_file, start, submission, submission_submit, withdraw
from submissions.views.handing_over import hand_over, hand_over_answer
from submissions.views.history import history
from submissions.views.invitations import invitation, revoke
from submissions.views.late import late_attempt, late_attempts
from submissions.views.near import near_pair, near_report
from submissions.views.numbers import export_entries, export_files, numbers
from submissions.views.papers import rendition, renditions
from submissions.views.proofs import attachment, receipt, receipt_pdf
from submissions.views.registering import register_file, registered_file, registered_withdraw
from submissions.views.replacing import replace_files, replace_submit
from submissions.views.revisions import restore_section, section_history
from submissions.views.roster import (
    leave,
    member_edit,
    member_move,
    member_remove,
)
from submissions.views.roster_board import roster_board
from submissions.views.roster_requests import (
    roster_request,
    roster_request_answer,
    roster_request_decide,
    roster_request_new,
)
from submissions.views.screen_entry import (
    screen_claim,
    screen_entry,
    screen_extend,
    screen_file,
    screen_note,
    screen_second_look,
    screen_undo,
)
from submissions.views.screening import screening_many, screening_next, screening_queue
from submissions.views.shortlist import shortlist, shortlist_many
from submissions.views.talking import comment, comment_delete, comment_resolve, comments, presence
from submissions.views.teams import team, team_new
from submissions.views.units import lead_edit, partner_add, partner_contact, partner_edit, partner_remove
from submissions.views.writing import preview, save_section, token

__all__ = [
    "attachment",
    "comment",
    "comment_delete",
    "comment_resolve",
    "comments",
    "export_entries",
    "export_files",
    "hand_over",
    "hand_over_answer",
    "history",
    "invitation",
    "late_attempt",
    "late_attempts",
    "lead_edit",
    "leave",
    "member_edit",
    "member_move",
    "member_remove",
    "near_pair",
    "near_report",
    "numbers",
    "partner_add",
    "partner_contact",
    "partner_edit",
    "partner_remove",
    "presence",
    "preview",
    "read_topic",
    "receipt",
    "receipt_document",
    "receipt_pdf",
    "register_file",
    "registered_file",
    "registered_withdraw",
    "remove_file",
    "rendition",
    "renditions",
    "replace_files",
    "replace_submit",
    "restore_section",
    "revoke",
    "roster_board",
    "roster_request",
    "roster_request_answer",
    "roster_request_decide",
    "roster_request_new",
    "save_section",
    "screen_claim",
    "screen_entry",
    "screen_extend",
    "screen_file",
    "screen_note",
    "screen_second_look",
    "screen_undo",
    "screening_many",
    "screening_next",
    "screening_queue",
    "section_history",
    "shortlist",
    "shortlist_many",
    "start",
    "submission",
    "submission_submit",
    "team",
    "team_new",
    "token",
    "verify_receipt",
    "withdraw",
]
