from judging.enums import AssignmentStatus as A
from judging.enums import CertificateStatus as C
from judging.enums import RoundStatus as R
from portal.core.lifecycle import Lifecycle, move

ROUND_LIFECYCLE = Lifecycle(
    move("open", sources={R.PLANNED}, target=R.OPEN),
    move("close", sources={R.OPEN}, target=R.CLOSED),
    move("publish", sources={R.CLOSED}, target=R.PUBLISHED),
)

ASSIGNMENT_LIFECYCLE = Lifecycle(
    move("start", sources={A.ASSIGNED}, target=A.STARTED),
    move("submit", sources={A.ASSIGNED, A.STARTED}, target=A.SUBMITTED),
    move("recuse", sources={A.ASSIGNED, A.STARTED}, target=A.RECUSED),
    move("revoke", sources={A.ASSIGNED, A.STARTED}, target=A.REVOKED),
)

CERTIFICATE_LIFECYCLE = Lifecycle(
    move("issue", sources={C.REQUESTED}, target=C.ISSUED),
    move("revoke", sources={C.REQUESTED, C.ISSUED}, target=C.REVOKED),
)

# An assignment in one of these counts: the review is owed or done.
LIVE = frozenset({A.ASSIGNED, A.STARTED, A.SUBMITTED})
