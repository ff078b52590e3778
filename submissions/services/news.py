"""Teams hear of what happens to the topics they have chosen: a mail a person and change, whatever they have there.

A query and a write in bulk, however many there are. Each mail is written when it is sent, from what is true then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from portal.notifications.models import Outbox
from portal.notifications.services import enqueue_all
from submissions.enums import SubmissionStatus
from submissions.models import Submission
from submissions.querysets import SubmissionQuerySet
from tracks.models import Topic, TopicRevision
from tracks.services import TopicMove

# What the topic says no longer matters to these.
OVER = [SubmissionStatus.WITHDRAWN, SubmissionStatus.REJECTED]


def tell_of_revision(topic: Topic, revision: TopicRevision) -> None:
    _tell([topic.pk], "submissions.topic_revised", f"topic-revised:{revision.pk}", {"revision": revision.pk})


def tell_of_withdrawal(topic: Topic, at: datetime) -> None:
    about = {"topic": topic.pk, "at": at.isoformat()}
    _tell([topic.pk], "submissions.topic_withdrawn", f"topic-withdrawn:{topic.pk}:{at.isoformat()}", about)


def tell_of_reopening(topic: Topic, at: datetime, reason: str) -> None:
    about = {"topic": topic.pk, "reason": reason}
    _tell([topic.pk], "submissions.topic_reopened", f"topic-reopened:{topic.pk}:{at.isoformat()}", about)


def tell_of_moves(moves: Iterable[TopicMove], at: datetime, reason: str) -> None:
    """Topics that move together are one change: each person reads once of all those that are theirs."""
    left = {move.topic.pk: [move.before.track.number, move.before.number] for move in moves}
    theirs = defaultdict(list)
    for user, topic in _people(left):
        theirs[user].append(topic)
    _enqueue(
        "submissions.topics_moved",
        f"topics-moved:{min(left)}:{at.isoformat()}",
        {
            user: {"moves": {topic: left[topic] for topic in topics}, "reason": reason}
            for user, topics in theirs.items()
        },
    )


def _tell(topics: Iterable[int], kind: str, key: str, about: dict[str, Any]) -> None:
    _enqueue(kind, key, {user: about for user, _topic in _people(topics)})


def _people(topics: Iterable[int]) -> list[tuple[int, int]]:
    """Each (user, topic) of those in whose teams there is a draft or an entry on one of ``topics``."""
    return sorted(set(living(topics).values_list("team__members__user", "topic")))


def living(topics: Iterable[int]) -> SubmissionQuerySet:
    """Drafts and entries on one of ``topics`` that are still in the competition."""
    return Submission.objects.filter(topic__in=list(topics)).exclude(status__in=OVER)


def _enqueue(kind: str, key: str, payloads: dict[int, dict[str, Any]]) -> None:
    now = timezone.now()
    enqueue_all(
        [
            Outbox(kind=kind, key=f"{key}:{user}", payload={**about, "user": user}, available_at=now)
            for user, about in payloads.items()
        ]
    )
