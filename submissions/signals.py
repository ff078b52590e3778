"""News and questions for the apps above, sent inside the transaction: a receiver that fails undoes the deed."""

from django.dispatch import Signal

# submission. What was decided in screening is taken back; whoever has built on it refuses with Conflict.
screening_undone = Signal()

# organizations. A question: answer with the keys of the competitions in which somebody else than a team stands for one.
organization_asked = Signal()

# double, kept: Organization. Whatever names ``double`` names ``kept`` from now on. Both are locked, and no audit line
# has been written yet: answer with the lines that it takes (``submissions.services.merging.Deed``), which are written
# with all others in one order.
organization_merged = Signal()

# submissions: keys. They are no longer shortlisted; whoever has built on it refuses with Conflict.
shortlist_undone = Signal()

# version: SubmissionVersion, is_recorded: bool. It differs from the one before in files alone, and takes its place.
# Sent twice: before the audit trail is taken, for whoever locks rows of theirs, and after it, when all is to be seen.
files_replaced = Signal()
