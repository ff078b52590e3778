"""Where today stands among the stages of a competition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class PlacedStage:
    name: str
    kind: str
    opens_at: datetime
    closes_at: datetime
    phase: str
    """done, now or next"""
    share: int
    """how much of it has passed, in percent"""


def place(stages: Iterable[Any], now: datetime, *, name_of: Callable[[Any], Any] = str) -> list[PlacedStage]:
    """The stages in their order, each told whether it is over, open or still to come."""
    return [
        PlacedStage(
            name=name_of(stage),
            kind=getattr(stage, "kind", ""),
            opens_at=stage.opens_at,
            closes_at=stage.closes_at,
            phase=_phase(stage, now),
            share=_share(stage, now),
        )
        for stage in stages
    ]


def closing_next(placed: Iterable[PlacedStage]) -> list[PlacedStage]:
    """The open stages whose end comes first: several may end at the same moment."""
    return _soonest([stage for stage in placed if stage.phase == "now"], key=lambda stage: stage.closes_at)


def opening_next(placed: Iterable[PlacedStage]) -> list[PlacedStage]:
    return _soonest([stage for stage in placed if stage.phase == "next"], key=lambda stage: stage.opens_at)


def clock_minute(now: datetime) -> datetime:
    """The end of the running minute: a clock that shows it never promises more time than there is,
    and the page stays the same, byte for byte, until the minute is over."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _soonest(stages: list[PlacedStage], *, key: Callable[[PlacedStage], datetime]) -> list[PlacedStage]:
    first = min((key(stage) for stage in stages), default=None)
    return [stage for stage in stages if key(stage) == first]


def _phase(stage: Any, now: datetime) -> str:
    if now >= stage.closes_at:
        return "done"
    return "now" if now >= stage.opens_at else "next"


def _share(stage: Any, now: datetime) -> int:
    whole = stage.closes_at - stage.opens_at
    return min(100, max(0, int(100 * (now - stage.opens_at) / whole)))
