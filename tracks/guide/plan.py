"""Compares a guide with the tracks and topics there are, and says what would make them one. Pure."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from portal.core.text import one_kind_of_line_end
from tracks.guide.document import GuideDocument, GuideTopic, GuideTrack
from tracks.guide.matching import Named, Place, Standing, match_topics, match_tracks

_CLAUSE = re.compile(r"[^，。！？；：\n]+[，。！？；：]*|[，。！？；：]+|\n+")


class Change(StrEnum):
    ADDED = "added"
    WITHDRAWN_HERE = "withdrawn_here"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"
    GONE = "gone"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PresentTopic:
    pk: int
    number: int
    title: str
    body: str
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class PresentTrack:
    pk: int
    number: int
    name: str
    topics: tuple[PresentTopic, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicStep:
    """What happens to a topic: ``place`` is where it will be, ``was`` where it is; without ``after`` it is gone.

    A track that gets another number takes its topics along: they are not moved.
    """

    changes: tuple[Change, ...]
    place: Place
    was: Place | None = None
    before: PresentTopic | None = None
    after: GuideTopic | None = None
    changes_track: bool = False

    @property
    def pk(self) -> int:
        return self.before.pk if self.before else 0

    @property
    def number(self) -> int:
        return self.place[1]

    @property
    def title(self) -> str:
        topic = self.after or self.before
        return topic.title if topic else ""

    @property
    def is_gone(self) -> bool:
        return Change.GONE in self.changes

    @property
    def is_withdrawn_here(self) -> bool:
        """The guide holds it, and here it has been withdrawn."""
        return Change.WITHDRAWN_HERE in self.changes

    @property
    def is_moved(self) -> bool:
        return Change.MOVED in self.changes

    @property
    def has_new_text(self) -> bool:
        return Change.CHANGED in self.changes or Change.RENAMED in self.changes

    def diff(self) -> list[str]:
        """What differs, clause by clause: whole paragraphs would bury it."""
        lines = difflib.unified_diff(clauses(self.before), clauses(self.after), n=1, lineterm="")
        return list(lines)[2:]


@dataclass(frozen=True, slots=True)
class TrackStep:
    changes: tuple[Change, ...]
    number: int
    before: PresentTrack | None
    after: GuideTrack | None
    topics: tuple[TopicStep, ...]

    @property
    def name(self) -> str:
        track = self.after or self.before
        return track.name if track else ""

    @property
    def counts(self) -> Counter[Change]:
        return Counter(change for topic in self.topics for change in topic.changes)

    @property
    def writes_something(self) -> bool:
        changes = {*self.changes, *self.counts}
        return not changes <= {Change.UNCHANGED, Change.GONE, Change.WITHDRAWN_HERE}


@dataclass(frozen=True, slots=True)
class Plan:
    present: tuple[PresentTrack, ...]
    tracks: tuple[TrackStep, ...]

    @property
    def topics(self) -> list[TopicStep]:
        return [topic for track in self.tracks for topic in track.topics]

    @property
    def gone(self) -> list[TopicStep]:
        return [topic for topic in self.topics if topic.is_gone]

    @property
    def withdrawn_here(self) -> list[TopicStep]:
        return [topic for topic in self.topics if topic.is_withdrawn_here]

    @property
    def counts(self) -> Counter[Change]:
        return sum((track.counts for track in self.tracks), Counter())

    @property
    def writes_something(self) -> bool:
        return any(track.writes_something for track in self.tracks)

    @property
    def fingerprint(self) -> str:
        """Of what the plan was made from, to tell whether that still holds."""
        state = json.dumps([asdict(track) for track in self.present])
        return hashlib.sha256(state.encode()).hexdigest()


@dataclass(slots=True)
class _Matches:
    """Which is which, by identity: a guide's tracks and topics have no keys."""

    topics: dict[int, tuple[PresentTrack, PresentTopic]] = field(default_factory=dict)
    tracks: dict[int, PresentTrack] = field(default_factory=dict)
    lost: list[tuple[PresentTrack, PresentTopic]] = field(default_factory=list)

    def lost_from(self, track: PresentTrack | None) -> list[PresentTopic]:
        return [topic for home, topic in self.lost if home is track]


def make_plan(document: GuideDocument, present: Iterable[PresentTrack]) -> Plan:
    present = tuple(present)
    matches = find_matches(document, present)
    steps = [known_track(track, matches) for track in document.tracks]
    wanted = {track.number for track in document.tracks}
    taken = wanted | {track.number for track in present}
    kept = {track.pk for track in matches.tracks.values()}
    lost = [track for track in present if track.pk not in kept]
    steps += [lost_track(track, spare(track.number, wanted, taken), matches) for track in lost]
    return Plan(present, tuple(sorted(steps, key=lambda step: step.number)))


def find_matches(document: GuideDocument, present: tuple[PresentTrack, ...]) -> _Matches:
    old = [(at, topic) for at, track in enumerate(present) for topic in track.topics]
    new = [(at, topic) for at, track in enumerate(document.tracks) for topic in track.topics]
    topics = match_topics(
        [Standing((present[at].number, topic.number), topic.title, topic.body, topic.is_open) for at, topic in old],
        [Standing((document.tracks[at].number, topic.number), topic.title, topic.body) for at, topic in new],
    )
    tracks = match_tracks(
        [Named(track.number, track.name, len(track.topics)) for track in present],
        [Named(track.number, track.name, len(track.topics)) for track in document.tracks],
        Counter((old[was][0], new[now][0]) for was, now in topics.items()),
    )
    return _Matches(
        {id(new[now][1]): (present[old[was][0]], old[was][1]) for was, now in topics.items()},
        {id(document.tracks[now]): present[was] for was, now in tracks.items()},
        [(present[at], topic) for place, (at, topic) in enumerate(old) if place not in topics],
    )


def known_track(after: GuideTrack, matches: _Matches) -> TrackStep:
    before = matches.tracks.get(id(after))
    steps = [topic_step(topic, after, before, matches.topics.get(id(topic))) for topic in after.topics]
    if before is None:
        return TrackStep((Change.ADDED,), after.number, None, after, tuple(steps))
    steps += lost_topics(matches.lost_from(before), before, after.number, {topic.number for topic in after.topics})
    changes = {Change.RENAMED: before.name != after.name, Change.MOVED: before.number != after.number}
    return TrackStep(those_that_hold(changes), after.number, before, after, tuple(steps))


def lost_track(track: PresentTrack, number: int, matches: _Matches) -> TrackStep:
    steps = lost_topics(matches.lost_from(track), track, number, set())
    changes = those_that_hold({Change.GONE: True, Change.MOVED: number != track.number})
    return TrackStep(changes, number, track, None, tuple(steps))


def topic_step(
    after: GuideTopic,
    track: GuideTrack,
    track_before: PresentTrack | None,
    found: tuple[PresentTrack, PresentTopic] | None,
) -> TopicStep:
    place = (track.number, after.number)
    if found is None:
        return TopicStep((Change.ADDED,), place, after=after)
    home, before = found
    leaves = home is not track_before
    changes = {
        Change.WITHDRAWN_HERE: not before.is_open,
        Change.CHANGED: not reads_alike(before.body, after.body),
        Change.RENAMED: not reads_alike(before.title, after.title),
        Change.MOVED: leaves or before.number != after.number,
    }
    return TopicStep(those_that_hold(changes), place, (home.number, before.number), before, after, leaves)


def lost_topics(
    lost: Iterable[PresentTopic], track: PresentTrack, track_number: int, wanted: set[int]
) -> Iterator[TopicStep]:
    """What the guide no longer holds stays, behind the others where one of them needs its number."""
    taken = wanted | {topic.number for topic in track.topics}
    for topic in lost:
        number = spare(topic.number, wanted, taken)
        changes = those_that_hold({Change.GONE: topic.is_open, Change.MOVED: number != topic.number})
        # A withdrawn topic that the guide leaves out is as it should be.
        if changes != (Change.UNCHANGED,):
            yield TopicStep(changes, (track_number, number), (track.number, topic.number), topic)


def those_that_hold(changes: Mapping[Change, bool]) -> tuple[Change, ...]:
    return tuple(change for change, holds in changes.items() if holds) or (Change.UNCHANGED,)


def spare(number: int, wanted: set[int], taken: set[int]) -> int:
    """``number`` unless it is wanted, else the next behind all that are taken."""
    if number in wanted:
        number = max(taken) + 1
        taken.add(number)
    return number


def reads_alike(before: str, after: str) -> bool:
    """No document keeps its line ends, or space at the ends of a text."""
    return before == after or one_kind_of_line_end(before).strip() == one_kind_of_line_end(after).strip()


def clauses(topic: PresentTopic | GuideTopic | None) -> list[str]:
    if topic is None:
        return []
    return [topic.title, *(clause.replace("\n\n", "¶") for clause in _CLAUSE.findall(topic.body))]
