"""Compares a guide with the tracks and topics there are. Numbers tell which is which."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracks.guide.document import GuideDocument, GuideTopic, GuideTrack

_CLAUSE = re.compile(r"[^，。！？；：\n]+[，。！？；：]*|[，。！？；：]+|\n+")

Place = tuple[int, int]


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    GONE = "gone"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PresentTopic:
    number: int
    title: str
    body: str
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class PresentTrack:
    number: int
    name: str
    topics: tuple[PresentTopic, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicStep:
    change: Change
    number: int
    before: PresentTopic | None = None
    after: GuideTopic | None = None

    @property
    def title(self) -> str:
        topic = self.after or self.before
        return topic.title if topic else ""

    def diff(self) -> list[str]:
        """What differs, clause by clause: whole paragraphs would bury it."""
        lines = difflib.unified_diff(clauses(self.before), clauses(self.after), n=1, lineterm="")
        return list(lines)[2:]


@dataclass(frozen=True, slots=True)
class TrackStep:
    change: Change
    number: int
    name: str
    name_before: str
    topics: tuple[TopicStep, ...]

    @property
    def counts(self) -> Counter[Change]:
        return Counter(topic.change for topic in self.topics)


@dataclass(frozen=True, slots=True)
class Moved:
    """A track or topic that the guide holds under another number: (track, topic), topic 0 for a track."""

    name: str
    before: Place
    after: Place


@dataclass(frozen=True, slots=True)
class Plan:
    present: tuple[PresentTrack, ...]
    tracks: tuple[TrackStep, ...]
    moved: tuple[Moved, ...]

    @property
    def counts(self) -> Counter[Change]:
        return sum((track.counts for track in self.tracks), Counter())

    @property
    def writes_something(self) -> bool:
        changes = {track.change for track in self.tracks} | self.counts.keys()
        return not changes <= {Change.UNCHANGED, Change.GONE}


def make_plan(document: GuideDocument, present: Iterable[PresentTrack]) -> Plan:
    present = tuple(present)
    old = {track.number: track for track in present}
    new = {track.number: track for track in document.tracks}
    steps = tuple(track_step(number, old.get(number), new.get(number)) for number in sorted(old.keys() | new.keys()))
    tracks_moved = moves(
        {(track.number, 0): track.name for track in present},
        {(track.number, 0): track.name for track in document.tracks},
    )
    topics_moved = moves(
        {(track.number, topic.number): topic.title for track in present for topic in track.topics if topic.is_open},
        {(track.number, topic.number): topic.title for track in document.tracks for topic in track.topics},
    )
    return Plan(present, steps, (*tracks_moved, *topics_moved))


def track_step(number: int, before: PresentTrack | None, after: GuideTrack | None) -> TrackStep:
    name_before = before.name if before else ""
    name = after.name if after else name_before
    topics = tuple(topic_steps(before.topics if before else (), after.topics if after else ()))
    if before is None:
        change = Change.ADDED
    elif after is None:
        change = Change.GONE
    else:
        change = Change.UNCHANGED if name == name_before else Change.RENAMED
    return TrackStep(change, number, name, name_before, topics)


def topic_steps(before: Iterable[PresentTopic], after: Iterable[GuideTopic]) -> Iterator[TopicStep]:
    old = {topic.number: topic for topic in before}
    new = {topic.number: topic for topic in after}
    for number in sorted(old.keys() | new.keys()):
        change = topic_change(old.get(number), new.get(number))
        if change is not None:
            yield TopicStep(change, number, old.get(number), new.get(number))


def topic_change(before: PresentTopic | None, after: GuideTopic | None) -> Change | None:
    """`None` for a withdrawn topic that the guide rightly leaves out."""
    if before is None:
        return Change.ADDED
    if after is None:
        return Change.GONE if before.is_open else None
    if before.body != after.body:
        return Change.CHANGED
    return Change.UNCHANGED if before.title == after.title else Change.RENAMED


def moves(before: Mapping[Place, str], after: Mapping[Place, str]) -> Iterator[Moved]:
    left = {name: place for place, name in before.items() if after.get(place) != name}
    for place, name in after.items():
        if name in left and before.get(place) != name:
            yield Moved(name, left[name], place)


def clauses(topic: PresentTopic | GuideTopic | None) -> list[str]:
    if topic is None:
        return []
    return [topic.title, *(clause.replace("\n\n", "¶") for clause in _CLAUSE.findall(topic.body))]
