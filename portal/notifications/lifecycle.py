from portal.core.lifecycle import Lifecycle, move
from portal.notifications.enums import OutboxStatus as S

# Only what a person does; the relay itself counts attempts and leaves no audit line for each mail.
OUTBOX_LIFECYCLE = Lifecycle(move("revive", sources={S.DEAD}, target=S.WAITING))
