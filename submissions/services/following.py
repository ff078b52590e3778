"""Entries go where their topic goes. Their numbers, once given, stay as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from submissions.models import Submission
from tracks.services import TopicMove


def hold_entries(topics: Iterable[int]) -> None:
    """Whoever submits, withdraws or decides about an entry of these topics is let finish, or waits."""
    entries = Submission.objects.filter(topic__in=list(topics)).order_by("pk")
    list(entries.select_for_update(no_key=True).values_list("pk"))


def follow_topics(moves: Iterable[TopicMove]) -> None:
    topics = defaultdict(list)
    for move in moves:
        if move.changes_track:
            topics[move.after.track.pk].append(move.topic.pk)
    for track, moved in topics.items():
        Submission.objects.filter(topic__in=moved).update(track=track)
