"""A text as numbers: a hash of each run of five characters, of which a fixed sixteenth is kept.

Which ones are kept depends on the run alone, so two texts that share a passage keep the same runs of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

# Changes with anything that makes the same text another sketch: sketches of another edition are made anew.
EDITION = 1
RUN = 5
# A hash below it is kept: one of sixteen.
KEPT_BELOW = 2**28
# Of a short text the smallest ones, however large they are.
FEWEST = 64

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_STORED = np.dtype("<u4")


def hashes_of(text: str) -> Hashes:
    """Of a folded text: one for each place where a run begins."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    count = len(codes) - RUN + 1
    if count <= 0:
        return np.empty(0, np.uint32)
    mixed = np.zeros(count, np.uint64)
    for place in range(RUN):
        mixed = mixed * _BASE + codes[place : place + count]
    mixed ^= mixed >> np.uint64(31)
    mixed *= _MIX
    return (mixed >> np.uint64(32)).astype(np.uint32)


def all_hashes(texts: Iterable[str]) -> Hashes:
    """Of several folded texts, each once, the smallest first."""
    parts = [hashes_of(text) for text in texts]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint32)


def sketch_of(texts: Iterable[str], without: Hashes) -> Hashes:
    """What is kept of an entry's folded texts; ``without``: what the form and the topic say, which everybody quotes."""
    own = np.setdiff1d(all_hashes(texts), without, assume_unique=True)
    return own[: max(FEWEST, int(np.searchsorted(own, KEPT_BELOW)))]


def reach(sketch: Hashes) -> int:
    """Up to which hash the sketch holds every one that its text has."""
    return max(KEPT_BELOW - 1, int(sketch[-1])) if len(sketch) else KEPT_BELOW - 1


def packed(sketch: Hashes) -> bytes:
    return sketch.astype(_STORED).tobytes()


def unpacked(content: bytes | memoryview) -> Hashes:
    return np.frombuffer(content, dtype=_STORED).astype(np.uint32, copy=False)
