"""The first of a ranking: who is among them for certain, and whom only a tie leaves open. Plain data in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class First:
    """Of ``count`` places: entries that have one, and those that share the last place with more than there is room."""

    count: int
    taken: list[Any]
    tied: list[Any]

    @property
    def room(self) -> int:
        """How many places the tied ones would have to share."""
        return self.count - len(self.taken)

    @property
    def position(self) -> int:
        return int(self.tied[0].position) if self.tied else 0


def first_of(entries: Sequence[Any], count: int) -> First:
    """``entries`` of one track, each with its ``position``: equals share one."""
    ordered = sorted(entries, key=lambda each: each.position)
    if len(ordered) <= count:
        return First(count, ordered, [])
    last = ordered[count - 1].position
    if ordered[count].position != last:
        return First(count, ordered[:count], [])
    return First(
        count,
        [each for each in ordered if each.position < last],
        [each for each in ordered if each.position == last],
    )
