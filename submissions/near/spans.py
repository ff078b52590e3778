"""Where passages stand. Pages show them, and need none of the numbers by which they were found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Passage(NamedTuple):
    """From where to where in a section of the first entry, and in a section of the second."""

    section: str
    start: int
    end: int
    other_section: str
    other_start: int
    other_end: int


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, and none overlapping another."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
