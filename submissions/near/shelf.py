"""All sketches side by side: which of them share what with one of them, and how many share it.

What many entries have in common says little: it counts less the more have it, and beyond a limit nothing at all,
unless an entry consists of little else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from submissions.near.sketch import Hashes, Places, Sketch, side_by_side

# Held by more than this many entries, or by more than this share of them, a run is everybody's.
COMMON_COUNT, COMMON_SHARE = 12, 0.005
# Of an entry of which less than this is its own, even that counts.
OWN_SHARE = 0.25
# Fewer runs in common are chance.
FEWEST_SHARED = 5
MOST_CANDIDATES = 30
# From so many questions on it pays to sort the shelf first.
SORTED_FROM = 12

_FILTER_BITS = 20
_FILTER = np.uint32(2**_FILTER_BITS - 1)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weighed:
    """The runs of one entry that say something, with what each weighs."""

    hashes: Hashes
    weights: Floats
    sections: Places
    # Up to which hash all are known.
    reach: int

    def up_to(self, limit: int) -> Weighed:
        if limit >= self.reach:
            return self
        kept = self.hashes <= limit
        return Weighed(self.hashes[kept], self.weights[kept], self.sections[kept], limit)


class Shelf:
    """Is never changed: who has it in hand goes on with it while another one takes its place."""

    def __init__(self, rows: Iterable[tuple[int, bytes | memoryview]] = (), *, questions: int = 1) -> None:
        """``rows``: key and sketch. ``questions``: about how many will be asked."""
        kept = list(rows)
        self.keys = np.array([key for key, _content in kept], np.int64)
        (self._hashes, self._sections), sizes = side_by_side([content for _key, content in kept])
        self._ends = np.cumsum(sizes)
        self._is_sorted = False
        self.expect(questions)

    def __len__(self) -> int:
        return len(self.keys)

    def expect(self, questions: int) -> None:
        """Sorted once, it stays so."""
        self._is_sorted = self._is_sorted or questions >= SORTED_FROM

    def changed(self, kept: NDArray[np.bool_], rows: Iterable[tuple[int, bytes | memoryview]]) -> Shelf:
        """Those that are ``kept``, by place, and behind them ``rows``. Laying all out anew takes much longer."""
        made, more = Shelf(), Shelf(rows)
        sizes = np.diff(self._ends, prepend=0)
        keys, hashes, sections = self.keys, self._hashes, self._sections
        if not kept.all():
            of_each = np.repeat(kept, sizes)
            keys, hashes, sections, sizes = keys[kept], hashes[of_each], sections[of_each], sizes[kept]
        made.keys = np.concatenate([keys, more.keys])
        made._hashes = np.concatenate([hashes, more._hashes])
        made._sections = np.concatenate([sections, more._sections])
        made._ends = np.cumsum(np.concatenate([sizes, np.diff(more._ends, prepend=0)]))
        return made

    def sketch(self, place: int) -> Sketch:
        start = self._ends[place - 1] if place else 0
        own = slice(start, self._ends[place])
        return Sketch(self._hashes[own], self._sections[own])

    def weigh(self, places: Sequence[int]) -> list[Weighed]:
        """Those that stand there. The shelf is walked along once for all of them."""
        sketches = [self.sketch(place) for place in places]
        if not sketches:
            return []
        wanted = np.unique(np.concatenate([sketch.hashes for sketch in sketches]))
        counts = self._count(wanted)
        return [self._weigh(sketch, counts[np.searchsorted(wanted, sketch.hashes)]) for sketch in sketches]

    def candidates(self, sketch: Sketch, *, without: int) -> tuple[Weighed, list[int]]:
        """Places of those that share the most, the most first; ``without`` is the key that asks."""
        counts, holders = self._find(sketch.hashes)
        weighed = self._weigh(sketch, counts)
        counted = np.isin(sketch.hashes, weighed.hashes, assume_unique=True)
        chosen = np.repeat(counted, counts)
        owners = holders[chosen]
        if not len(owners):
            return weighed, []
        weights = np.repeat(weighed.weights, counts[counted])
        shared = np.bincount(owners)
        scores = np.bincount(owners, weights=weights)
        found = np.flatnonzero(shared >= FEWEST_SHARED)
        found = found[self.keys[found] != without]
        best = found[np.argsort(-scores[found], kind="stable")][:MOST_CANDIDATES]
        return weighed, [int(place) for place in best]

    def _weigh(self, sketch: Sketch, counts: NDArray[Any]) -> Weighed:
        size = max(len(self), 1)
        counts = np.maximum(counts, 1)
        counted = counts <= max(COMMON_COUNT, int(size * COMMON_SHARE))
        if counted.sum() < OWN_SHARE * len(sketch.hashes):
            counted = counts <= max(4 * COMMON_COUNT, size // 4)
        weights = np.log1p(size / counts[counted])
        return Weighed(sketch.hashes[counted], weights, sketch.sections[counted], sketch.reach)

    def _count(self, wanted: Hashes) -> NDArray[Any]:
        """How many hold each of ``wanted``, which is sorted."""
        if self._is_sorted:
            hashes = self._sorted[0]
            return np.searchsorted(hashes, wanted, "right") - np.searchsorted(hashes, wanted, "left")
        return np.bincount(self._scan(wanted)[0], minlength=len(wanted))

    def _find(self, wanted: Hashes) -> tuple[NDArray[Any], NDArray[Any]]:
        """How many hold each of ``wanted``, and who: the holders of the first, then those of the second."""
        if self._is_sorted:
            hashes, owners = self._sorted
            starts = np.searchsorted(hashes, wanted, "left")
            ends = np.searchsorted(hashes, wanted, "right")
            parts = [owners[start:end] for start, end in zip(starts, ends, strict=True)]
            return ends - starts, np.concatenate(parts) if parts else np.empty(0, np.int32)
        places, where = self._scan(wanted)
        where = where[np.argsort(places, kind="stable")]
        counts = np.bincount(places, minlength=len(wanted))
        return counts, np.searchsorted(self._ends, where, "right").astype(np.int32)

    def _scan(self, wanted: Hashes) -> tuple[NDArray[Any], NDArray[Any]]:
        """For each hash on the shelf that is wanted, its place among ``wanted`` and its place on the shelf."""
        # A table of the last bits lets few of the others pass; what is left is looked up.
        table = np.zeros(2**_FILTER_BITS, bool)
        table[wanted & _FILTER] = True
        where = np.flatnonzero(table[self._hashes & _FILTER])
        if not len(where):
            return where, where
        found = self._hashes[where]
        places = np.minimum(np.searchsorted(wanted, found), len(wanted) - 1)
        is_wanted = wanted[places] == found
        return places[is_wanted], where[is_wanted]

    @cached_property
    def _sorted(self) -> tuple[Hashes, NDArray[Any]]:
        lengths = np.diff(self._ends, prepend=0)
        owners = np.repeat(np.arange(len(self.keys), dtype=np.int32), lengths)
        order = np.argsort(self._hashes, kind="stable")
        return self._hashes[order], owners[order]
