"""Which topic of a guide is which of those there are. Pure: plain data in, pairs of positions out.

Numbers, titles and texts come and go, so none of them decides alone: the same place and title first, then the same
text, then the same title, then what reads alike. In the 2026 guide two strangers have at most 0.47 of their text in
common, and a topic half of whose clauses were written anew still has 0.5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz.distance import Indel

ALIKE = 0.5
# A withdrawn topic comes back for nearly the same text only.
ALIKE_WITHDRAWN = 0.8
NAMES_ALIKE = 0.6
# The words of a title weigh more than as many of the text, and never enough alone.
TITLE_WEIGHT = 0.3
# Shorter texts are alike by chance, except in the same place.
SHORTEST_TEXT = 20
# Comparing costs time that grows with the product of two lengths. Beyond these, only the beginnings of texts are
# compared, and of very many topics only those in the same place.
MOST_PAIRS = 250_000
MOST_CHARACTER_PAIRS = 4_000_000_000
MOST_NAMESAKES = 20

Place = tuple[int, int]
Pairs = Iterator[tuple[int, int, float]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A topic as it stands somewhere: (track number, topic number)."""

    place: Place
    title: str
    body: str
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Named:
    number: int
    name: str
    size: int


def match_topics(old: Sequence[Standing], new: Sequence[Standing]) -> dict[int, int]:
    """The positions in ``new`` of those of ``old`` that are found again."""
    found: dict[int, int] = {}
    for candidates in (_same_place_and_title, _same_text, _same_title, _alike):
        left = {at: topic for at, topic in enumerate(old) if at not in found}
        taken = set(found.values())
        free = {at: topic for at, topic in enumerate(new) if at not in taken}
        found |= _surest_first(candidates(left, free), old, new)
    return found


def match_tracks(old: Sequence[Named], new: Sequence[Named], common: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Tracks with the same name, then those with half their topics in ``common``, or with a name that reads alike."""
    by_name = {_bare(track.name): at for at, track in enumerate(new)}
    found = {at: by_name[_bare(track.name)] for at, track in enumerate(old) if _bare(track.name) in by_name}
    taken = set(found.values())
    order = {}
    for was, now in product(range(len(old)), range(len(new))):
        if was not in found and now not in taken:
            share = common.get((was, now), 0) / max(1, min(old[was].size, new[now].size))
            name = Indel.normalized_similarity(old[was].name, new[now].name)
            if share >= ALIKE or name >= NAMES_ALIKE:
                order[was, now] = (-share - name, old[was].number != new[now].number)
    return found | _stable(sorted(order, key=lambda pair: (order[pair], pair)))


Topics = Mapping[int, Standing]


def _same_place_and_title(old: Topics, new: Topics) -> Pairs:
    yield from ((was, now, 1.0) for was, now in _same_by(lambda topic: (topic.place, _bare(topic.title)), old, new))


def _same_text(old: Topics, new: Topics) -> Pairs:
    for was, now in _same_by(lambda topic: topic.body.strip(), old, new):
        if len(old[was].body.strip()) >= SHORTEST_TEXT:
            yield was, now, float(_bare(old[was].title) == _bare(new[now].title))


def _same_title(old: Topics, new: Topics) -> Pairs:
    for was, now in _same_by(lambda topic: _bare(topic.title), old, new):
        yield was, now, _likeness(old[was].body[:2000], new[now].body[:2000])


def _alike(old: Topics, new: Topics) -> Pairs:
    pairs = len(old) * len(new)
    compared: Iterable[tuple[int, int]] = product(old, new)
    if pairs > MOST_PAIRS:
        compared = _same_by(lambda topic: topic.place, old, new)
    # Each pair costs the product of its lengths: no more than this much of each text.
    length = int((MOST_CHARACTER_PAIRS / min(max(pairs, 1), MOST_PAIRS)) ** 0.5)
    for was, now in compared:
        before, after = old[was], new[now]
        text = _likeness(before.body[:length], after.body[:length])
        title = _likeness(before.title, after.title)
        if before.place != after.place and min(len(before.body), len(after.body)) < SHORTEST_TEXT:
            text = min(text, title)
        score = max(text, (1 - TITLE_WEIGHT) * text + TITLE_WEIGHT * title)
        if score >= (ALIKE if before.is_open else ALIKE_WITHDRAWN):
            yield was, now, score


def _same_by(key: Callable[[Standing], Hashable], old: Topics, new: Topics) -> Iterator[tuple[int, int]]:
    there: dict[Hashable, list[int]] = defaultdict(list)
    for now, topic in new.items():
        there[key(topic)].append(now)
    for was, topic in old.items():
        yield from ((was, now) for now in there.get(key(topic), [])[:MOST_NAMESAKES])


def _surest_first(pairs: Pairs, old: Sequence[Standing], new: Sequence[Standing]) -> dict[int, int]:
    """No two that are apart would both rather have each other. The largest sum would trade a sure pair for two doubtful
    ones, and what is doubtful is better seen as gone and new than as another topic under old entries."""

    def order(pair: tuple[int, int, float]) -> tuple[bool, float, bool, int, int]:
        was, now, score = pair
        return not old[was].is_open, -score, old[was].place != new[now].place, was, now

    return _stable((was, now) for was, now, _score in sorted(pairs, key=order))


def _stable(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    taken: set[int] = set()
    for was, now in pairs:
        if was not in found and now not in taken:
            found[was] = now
            taken.add(now)
    return found


def _likeness(before: str, after: str) -> float:
    return Indel.normalized_similarity(before, after)


def _bare(text: str) -> str:
    """Spaces in a heading are accidental."""
    return "".join(text.split())
