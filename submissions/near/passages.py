"""Which words of two entries are the same, and where they stand in each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from submissions.near.sketch import KEPT_BELOW, RUN, hashes_of
from submissions.near.spans import Passage
from submissions.near.words import Folded, fold_with_origins

# Shorter ones are turns of phrase.
SHORTEST = 13
MOST = 100
# Of a run that one text repeats over and over, the first places are tried.
MOST_PLACES = 8


class _Place(NamedTuple):
    section: str
    at: int


class Compared:
    """One entry's words, laid out once for all that they are compared with."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._mine = [(key, folded, hashes_of(folded.text)) for key, folded in _folded(texts).items()]
        # Of a text that thirty teams have bought, the passages are the same thirty times.
        self._found: dict[Any, list[Passage]] = {}

    def passages(self, other: Mapping[str, str], telling: frozenset[int] | None = None) -> list[Passage]:
        """The longest first. ``telling``: hashes of runs that count; a passage that has only others is everybody's."""
        same = (tuple(other.items()), telling)
        if same not in self._found:
            self._found[same] = self._passages(other, telling)
        return self._found[same]

    def _passages(self, other: Mapping[str, str], telling: Collection[int] | None) -> list[Passage]:
        theirs = _folded(other)
        places = _places(theirs)
        found: list[tuple[int, Passage]] = []
        for key, mine, hashes in self._mine:
            for start, length, place in _matches(mine, hashes.tolist(), theirs, places):
                if telling is None or _tells(hashes[start : start + length - RUN + 1], telling):
                    span = mine.span(start, start + length)
                    other_span = theirs[place.section].span(place.at, place.at + length)
                    found.append((length, Passage(key, *span, place.section, *other_span)))
        found.sort(key=lambda pair: -pair[0])
        return [passage for _length, passage in found[:MOST]]


def _folded(texts: Mapping[str, str]) -> dict[str, Folded]:
    return {key: fold_with_origins(text) for key, text in texts.items()}


def _places(texts: Mapping[str, Folded]) -> dict[int, list[_Place]]:
    found: dict[int, list[_Place]] = defaultdict(list)
    for key, folded in texts.items():
        for at, value in enumerate(hashes_of(folded.text).tolist()):
            known = found[value]
            if len(known) < MOST_PLACES:
                known.append(_Place(key, at))
    return found


def _matches(
    mine: Folded, hashes: list[int], theirs: Mapping[str, Folded], places: Mapping[int, list[_Place]]
) -> Iterable[tuple[int, int, _Place]]:
    """Where a match begins, how long it is and where it stands there; none overlaps the one before."""
    at = 0
    while at < len(hashes):
        known = places.get(hashes[at], ())
        tried = [(_length(mine.text, at, theirs[place.section].text, place.at), place) for place in known]
        length, place = max(tried, key=lambda pair: pair[0], default=(0, _Place("", 0)))
        if length >= SHORTEST:
            yield at, length, place
            at += length
        else:
            at += 1


def _length(mine: str, at: int, theirs: str, there: int) -> int:
    """How many characters are the same from here on."""
    most = min(len(mine) - at, len(theirs) - there)
    low, high = 0, 16
    while high < most and mine[at : at + high] == theirs[there : there + high]:
        low, high = high, 2 * high
    high = min(high, most)
    while low < high:
        middle = (low + high + 1) // 2
        if mine[at : at + middle] == theirs[there : there + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _tells(hashes: np.ndarray, telling: Collection[int]) -> bool:
    kept = hashes[hashes < KEPT_BELOW].tolist()
    return not kept or any(value in telling for value in kept)
