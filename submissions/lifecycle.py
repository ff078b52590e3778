from portal.core.lifecycle import Lifecycle, move
from submissions.enums import HandOverStatus as H
from submissions.enums import RenditionStatus as R
from submissions.enums import RosterRequestStatus as Q
from submissions.enums import SubmissionStatus as S

SUBMISSION_LIFECYCLE = Lifecycle(
    move("submit", sources={S.DRAFT, S.SUBMITTED, S.RETURNED}, target=S.SUBMITTED),
    move("pass_screening", sources={S.SUBMITTED}, target=S.ELIGIBLE),
    move("return_for_correction", sources={S.SUBMITTED}, target=S.RETURNED),
    # A returned one only once the end of its correction has passed, which the service looks after.
    move("reject", sources={S.SUBMITTED, S.RETURNED}, target=S.REJECTED),
    move("undo_screening", sources={S.ELIGIBLE, S.RETURNED, S.REJECTED}, target=S.SUBMITTED),
    # What came after the end and was accepted all the same.
    move("accept_late", sources={S.DRAFT, S.SUBMITTED}, target=S.SUBMITTED),
    move("withdraw", sources={S.DRAFT, S.SUBMITTED, S.RETURNED}, target=S.WITHDRAWN),
    # A version with other files and the same words: what was decided about the entry stands.
    move("replace_files", sources={S.ELIGIBLE}, target=S.ELIGIBLE),
)

# While an entry is in one of these, the team may still write.
EDITABLE = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED})

RENDITION_LIFECYCLE = Lifecycle(
    move("make_rendition", sources={R.REQUESTED}, target=R.READY),
    move("fail_rendition", sources={R.REQUESTED}, target=R.FAILED),
    move("retry_rendition", sources={R.FAILED}, target=R.REQUESTED),
)

HAND_OVER_LIFECYCLE = Lifecycle(
    move("accept_team", sources={H.OPEN}, target=H.ACCEPTED),
    move("decline_team", sources={H.OPEN}, target=H.DECLINED),
    move("take_team_back", sources={H.OPEN}, target=H.TAKEN_BACK),
    move("lapse", sources={H.OPEN}, target=H.LAPSED),
)

ROSTER_REQUEST_LIFECYCLE = Lifecycle(
    move("agree", sources={Q.ASKED}, target=Q.AWAITING),
    # Whoever has agreed may think better of it until it is decided.
    move("decline_change", sources={Q.ASKED, Q.AWAITING}, target=Q.DECLINED),
    move("withdraw_request", sources={Q.ASKED, Q.AWAITING}, target=Q.WITHDRAWN),
    move("approve_change", sources={Q.AWAITING}, target=Q.APPROVED),
    move("refuse_change", sources={Q.AWAITING}, target=Q.REFUSED),
    move("lapse_request", sources={Q.ASKED, Q.AWAITING}, target=Q.LAPSED),
)
# Nobody has said the last word about it.
OPEN_REQUESTS = frozenset({Q.ASKED, Q.AWAITING})
