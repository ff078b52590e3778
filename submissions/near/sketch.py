"""A text as numbers: a hash of each run of five characters, of which a fixed sixteenth is kept.

Which ones are kept depends on the run alone, so two texts that share a passage keep the same runs of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]
Places = NDArray[np.uint8]

# Changes with anything that makes the same text another sketch: sketches of another edition are made anew.
EDITION = 1
RUN = 5
# A hash below it is kept: one of sixteen.
KEPT_BELOW = 2**28
# Of a short text the smallest ones, however large they are.
FEWEST = 64
# Sections beyond count as one.
LAST_SECTION = 255

_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_STORED = np.dtype("<u4")
# Four of the hash, one that says in which section it stands.
_BYTES = 5


class Sketch(NamedTuple):
    """The hashes, the smallest first, and for each the place of the section in which it stands first."""

    hashes: Hashes
    sections: Places

    @property
    def reach(self) -> int:
        """Up to which hash it holds every one that its text has."""
        return max(KEPT_BELOW - 1, int(self.hashes[-1])) if len(self.hashes) else KEPT_BELOW - 1


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


def sketch_of(texts: Iterable[str], without: Hashes) -> Sketch:
    """Of an entry's folded texts, section by section.

    ``without``: what the form and the topic say, which everybody quotes.
    """
    parts = [hashes_of(text) for text in texts]
    if not parts:
        return Sketch(np.empty(0, np.uint32), np.empty(0, np.uint8))
    places = np.minimum(np.arange(len(parts)), LAST_SECTION).astype(np.uint8)
    hashes, first = np.unique(np.concatenate(parts), return_index=True)
    sections = np.repeat(places, [len(part) for part in parts])[first]
    own = ~np.isin(hashes, without, assume_unique=True)
    hashes, sections = hashes[own], sections[own]
    kept = max(FEWEST, int(np.searchsorted(hashes, KEPT_BELOW)))
    return Sketch(hashes[:kept], sections[:kept])


def packed(sketch: Sketch) -> bytes:
    return sketch.hashes.astype(_STORED).tobytes() + sketch.sections.tobytes()


def unpacked(content: bytes | memoryview) -> Sketch:
    size = len(content) // _BYTES
    return Sketch(np.frombuffer(content, _STORED, size), np.frombuffer(content, np.uint8, size, offset=4 * size))


def side_by_side(contents: Sequence[bytes | memoryview]) -> tuple[Sketch, NDArray[np.int64]]:
    """Several packed sketches, one after the other, and how many hashes each has: of thousands, so not one by one."""
    sizes = [len(content) // _BYTES for content in contents]
    pairs = list(zip(contents, sizes, strict=True))
    hashes = np.frombuffer(b"".join([content[: 4 * size] for content, size in pairs]), _STORED)
    sections = np.frombuffer(b"".join([content[4 * size :] for content, size in pairs]), np.uint8)
    return Sketch(hashes, sections), np.array(sizes, np.int64)
