"""How much two texts have in common, as a whole and section by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from submissions.near.shelf import FEWEST_SHARED, Floats, Weighed
from submissions.near.sketch import Hashes, all_hashes, reach

# A section with fewer runs of its own is too short to say that it was copied.
FEWEST_OF_SECTION = 10
# A section that is wholly somebody else's counts this much: less than a whole entry.
SECTION_COUNTS = 0.8
# From here on a pair is reported, in per cent.
REPORTED = 25


@dataclass(frozen=True)
class Side:
    """One of the two: its sketch, the runs that weigh something, its folded texts by section."""

    sketch: Hashes
    weighed: Weighed
    texts: Mapping[str, str]


def likeness(one: Side, other: Side) -> int:
    """0 to 100: the share of the smaller one that stands in the other, or of a section of either."""
    limit = min(reach(one.sketch), reach(other.sketch))
    known = {id(side): _up_to(side.weighed, limit) for side in (one, other)}
    own, theirs = known[id(one)], known[id(other)]
    shared = np.isin(own.hashes, theirs.hashes, assume_unique=True)
    if shared.sum() < FEWEST_SHARED:
        return 0
    smaller = min(float(own.weights.sum()), float(theirs.weights.sum()))
    whole = float(own.weights[shared].sum()) / smaller
    common = own.hashes[shared]
    section = max(_most_alike(one, own, common), _most_alike(other, theirs, common))
    return round(100 * min(1.0, max(whole, SECTION_COUNTS * section)))


def shared_runs(one: Side, other: Side) -> frozenset[int]:
    """Those that both have and that say something."""
    return frozenset(np.intersect1d(one.weighed.hashes, other.weighed.hashes, assume_unique=True).tolist())


def _most_alike(side: Side, known: Weighed, common: Hashes) -> float:
    """The largest share of a section that stands in the other entry."""
    best = 0.0
    for text in side.texts.values():
        chosen = np.isin(known.hashes, all_hashes([text]), assume_unique=True)
        if chosen.sum() >= FEWEST_OF_SECTION:
            weights: Floats = known.weights[chosen]
            shared = np.isin(known.hashes[chosen], common, assume_unique=True)
            if shared.sum() >= FEWEST_SHARED:
                best = max(best, float(weights[shared].sum() / weights.sum()))
    return best


def _up_to(weighed: Weighed, limit: int) -> Weighed:
    kept = weighed.hashes <= limit
    return Weighed(weighed.hashes[kept], weighed.weights[kept])
