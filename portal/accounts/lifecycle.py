from portal.accounts.enums import ExportStatus as E
from portal.core.lifecycle import Lifecycle, move

EXPORT_LIFECYCLE = Lifecycle(
    move("finish_export", sources={E.REQUESTED}, target=E.READY),
    move("fail_export", sources={E.REQUESTED}, target=E.FAILED),
    move("expire_export", sources={E.REQUESTED, E.READY}, target=E.EXPIRED),
)
