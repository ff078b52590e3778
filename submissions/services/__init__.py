from submissions.services.claims import CLAIM_LASTS, take_next
from submissions.services.comments import add_comment, delete_comment, edit_comment, resolve_comment
from submissions.services.corrections import extend_correction
from submissions.services.drafts import start_submission
from submissions.services.extensions import grant_extension, revoke_extension
from submissions.services.files import NoSuchSlot, attach_file, current_files, remove_file
from submissions.services.forms import begin_form, clone_forms, edit_form, publish_form, set_up_form
from submissions.services.handing_over import accept_team, decline_team, offer_team, take_team_back
from submissions.services.invitations import accept_invitation, invite, revoke_invitation
from submissions.services.late import accept_late, decline_late, hand_in
from submissions.services.locking import NoOwnEntry
from submissions.services.merging import merge_organizations
from submissions.services.near_notes import note_pair
from submissions.services.organizations import correct_organization, hold_organization, is_registrar, sayable_by
from submissions.services.partners import add_partner, remove_partner
from submissions.services.reading import read_topic
from submissions.services.registering import register_file, send_registered, withdraw_registration
from submissions.services.renditions import request_rendition
from submissions.services.replacing_files import replace_files
from submissions.services.roster import edit_member, leave_team, move_member, remove_member
from submissions.services.roster_decisions import approve_change, refuse_change
from submissions.services.roster_requests import (
    Wanted,
    agree,
    decline_change,
    object_to,
    request_change,
    withdraw_request,
)
from submissions.services.screening import decide_many, pass_screening, reject, return_for_correction
from submissions.services.shortlisting import (
    announce_shortlist,
    move_shortlist_end,
    shortlist,
    undo_shortlist,
)
from submissions.services.submitting import submit, withdraw
from submissions.services.teams import found_team
from submissions.services.undoing import undo_screening
from submissions.services.units import describe_organization, describe_partner, read_contact_phone
from submissions.services.uploads import WrongSum, begin_upload, finish_upload, give_up, take_chunk
from submissions.services.writing import (
    Clash,
    Locked,
    NoSuchSection,
    Saved,
    TooLate,
    can_save,
    keep_unsent,
    restore_revision,
    revisions_of,
    save_section,
)

__all__ = [
    "CLAIM_LASTS",
    "Clash",
    "Locked",
    "NoOwnEntry",
    "NoSuchSection",
    "NoSuchSlot",
    "Saved",
    "TooLate",
    "Wanted",
    "WrongSum",
    "accept_invitation",
    "accept_late",
    "accept_team",
    "add_comment",
    "add_partner",
    "agree",
    "announce_shortlist",
    "approve_change",
    "attach_file",
    "begin_form",
    "begin_upload",
    "can_save",
    "clone_forms",
    "correct_organization",
    "current_files",
    "decide_many",
    "decline_change",
    "decline_late",
    "decline_team",
    "delete_comment",
    "describe_organization",
    "describe_partner",
    "edit_comment",
    "edit_form",
    "edit_member",
    "extend_correction",
    "finish_upload",
    "found_team",
    "give_up",
    "grant_extension",
    "hand_in",
    "hold_organization",
    "invite",
    "is_registrar",
    "keep_unsent",
    "leave_team",
    "merge_organizations",
    "move_member",
    "move_shortlist_end",
    "note_pair",
    "object_to",
    "offer_team",
    "pass_screening",
    "publish_form",
    "read_contact_phone",
    "read_topic",
    "refuse_change",
    "register_file",
    "reject",
    "remove_file",
    "remove_member",
    "remove_partner",
    "replace_files",
    "request_change",
    "request_rendition",
    "resolve_comment",
    "restore_revision",
    "return_for_correction",
    "revisions_of",
    "revoke_extension",
    "revoke_invitation",
    "save_section",
    "sayable_by",
    "send_registered",
    "set_up_form",
    "shortlist",
    "start_submission",
    "submit",
    "take_chunk",
    "take_next",
    "take_team_back",
    "undo_screening",
    "undo_shortlist",
    "withdraw",
    "withdraw_registration",
    "withdraw_request",
]
