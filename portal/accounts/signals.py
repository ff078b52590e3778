"""News for the apps above, sent inside the transaction: a receiver that fails undoes the deed."""

from django.dispatch import Signal

# export: DataExport. A copy of somebody's data is wanted; a worker has to make it.
export_requested = Signal()
# export: DataExport. It can be fetched.
export_ready = Signal()
# user: User, no longer telling who it was; email: where they could be reached, or "" when that was never confirmed.
account_closed = Signal()
# user: User; deed: "disable", "enable", "appoint_site_admin" or "dismiss_site_admin"; reason: str. Whoever keeps a role
# that leads into the administration gets ``is_staff`` back here.
standing_changed = Signal()
