"""How much two entries have in common, as a whole and section by section."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from submissions.near.shelf import FEWEST_SHARED, Weighed

# A section with fewer runs of its own is too short to say that it was copied.
FEWEST_OF_SECTION = 10
# A section that is wholly somebody else's counts this much: less than a whole entry.
SECTION_COUNTS = 0.8
# From here on a pair is reported, in per cent.
REPORTED = 30


def likeness(one: Weighed, other: Weighed) -> int:
    """0 to 100: the share of the smaller one that stands in the other, or of a section of either."""
    limit = min(one.reach, other.reach)
    one, other = one.up_to(limit), other.up_to(limit)
    in_other = np.isin(one.hashes, other.hashes, assume_unique=True)
    if in_other.sum() < FEWEST_SHARED:
        return 0
    in_one = np.isin(other.hashes, one.hashes, assume_unique=True)
    smaller = min(float(one.weights.sum()), float(other.weights.sum()))
    whole = float(one.weights[in_other].sum()) / smaller
    section = max(_most_alike(one, in_other), _most_alike(other, in_one))
    return round(100 * min(1.0, max(whole, SECTION_COUNTS * section)))


def shared_runs(one: Weighed, other: Weighed) -> frozenset[int]:
    """Those that both have and that say something."""
    return frozenset(np.intersect1d(one.hashes, other.hashes, assume_unique=True).tolist())


def _most_alike(entry: Weighed, shared: NDArray[Any]) -> float:
    """The largest share of a section that stands in the other entry."""
    sections = entry.sections
    size = int(sections.max()) + 1
    weights = np.bincount(sections, weights=entry.weights, minlength=size)
    common = np.bincount(sections[shared], weights=entry.weights[shared], minlength=size)
    is_long = np.bincount(sections, minlength=size) >= FEWEST_OF_SECTION
    tells = is_long & (np.bincount(sections[shared], minlength=size) >= FEWEST_SHARED)
    return float((common[tells] / weights[tells]).max(initial=0.0))
