"""``make test`` asks as some of those to whom a line promises the same; ``WHOLE_MATRIX=1`` asks as everybody.

Which ones follows from the question alone, so every run asks the same, and over all lines everybody has their turn.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tests.visibility.lines import Line

T = TypeVar("T")
IS_WHOLE = bool(os.environ.get("WHOLE_MATRIX"))


def some_of(choices: Iterable[T], count: int, *about: str) -> Sequence[T]:
    """``count`` of them, the same ones whenever it is ``about`` the same."""
    everything = sorted(choices, key=str)
    return everything if IS_WHOLE else sorted(everything, key=lambda each: _place(str(each), *about))[:count]


def _place(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()


def asked_as(line: Line) -> list[tuple[str, str]]:
    """Of each outcome one actor, who is asked about the same address in whatever line that is."""
    by_outcome: dict[str, list[str]] = {}
    for actor, outcome in line.outcomes.items():
        by_outcome.setdefault(outcome, []).append(actor)
    return [
        (actor, outcome)
        for outcome, actors in by_outcome.items()
        for actor in some_of(actors, 1, line.route, line.args, line.query)
    ]
