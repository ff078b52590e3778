from portal.core.lifecycle import Lifecycle, move
from tracks.enums import TopicStatus as S

TOPIC_LIFECYCLE = Lifecycle(
    move("withdraw", sources={S.OPEN}, target=S.WITHDRAWN),
    move("reopen", sources={S.WITHDRAWN}, target=S.OPEN),
)
