from portal.core.lifecycle import Lifecycle, move
from submissions.enums import RenditionStatus as R
from submissions.enums import SubmissionStatus as S

SUBMISSION_LIFECYCLE = Lifecycle(
    move("submit", sources={S.DRAFT, S.SUBMITTED, S.RETURNED}, target=S.SUBMITTED),
    move("pass_screening", sources={S.SUBMITTED}, target=S.ELIGIBLE),
    move("return_for_correction", sources={S.SUBMITTED}, target=S.RETURNED),
    move("reject", sources={S.SUBMITTED}, target=S.REJECTED),
    # What came after the end and was accepted all the same.
    move("accept_late", sources={S.DRAFT, S.SUBMITTED}, target=S.SUBMITTED),
    move("withdraw", sources={S.DRAFT, S.SUBMITTED, S.RETURNED}, target=S.WITHDRAWN),
)

# While an entry is in one of these, the team may still write.
EDITABLE = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED})

RENDITION_LIFECYCLE = Lifecycle(
    move("make_rendition", sources={R.REQUESTED}, target=R.READY),
    move("fail_rendition", sources={R.REQUESTED}, target=R.FAILED),
    move("retry_rendition", sources={R.FAILED}, target=R.REQUESTED),
)
