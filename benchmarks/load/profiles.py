"""The loads of the last hour. Arrivals are drawn beforehand and come whether or not the portal keeps up."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load.figures import Figures
from benchmarks.load.journeys import Team
from benchmarks.load.wire import Pace

DOUBLE, ABORTED = 0.05, 0.05
MEGABYTE = 1024 * 1024
SLOW = Pace(64 * 1024)


@dataclass
class Mix:
    """How many of what come a second."""

    submits: float = 0.0
    uploads: float = 0.0
    slow_uploads: float = 0.0
    saves: float = 0.0
    looks: float = 0.0
    upload_size: int = MEGABYTE


@dataclass
class Crowd:
    """Teams of whom each does one thing at a time."""

    teams: Sequence[Team]
    dice: random.Random
    figures: Figures
    idle: list[Team] = field(default_factory=list)
    going: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.idle = list(self.teams)
        self.dice.shuffle(self.idle)

    def send(self, deed: Callable[[Team], Awaitable[Any]]) -> None:
        """Whoever is idle does it; that nobody is, the figures tell."""
        if not self.idle:
            self.figures.fault("(the load)", "nobody idle")
            return
        # Who has waited longest.
        task = asyncio.create_task(self._carry_out(self.idle.pop(0), deed))
        self.going.add(task)
        task.add_done_callback(self.going.discard)

    async def _carry_out(self, team: Team, deed: Callable[[Team], Awaitable[Any]]) -> None:
        try:
            await deed(team)
        finally:
            self.idle.append(team)

    async def home(self) -> None:
        while self.going:
            await asyncio.gather(*self.going)


def arrivals(rate: float, seconds: float, dice: random.Random) -> Iterator[float]:
    at = 0.0
    while rate and (at := at + dice.expovariate(rate)) < seconds:
        yield at


async def play(crowd: Crowd, mix: Mix, seconds: float, *, began: float) -> None:
    """Send what ``mix`` says for so many seconds; returns when the last one has an answer."""
    deeds: list[tuple[float, Callable[[Team], Awaitable[Any]]]] = []
    for rate, deed in (
        (mix.submits, hand_in),
        (mix.uploads, lambda team: team.upload(mix.upload_size, slot="slides")),
        (mix.slow_uploads, lambda team: team.upload(mix.upload_size, pace=SLOW, slot="slides")),
        (mix.saves, Team.save),
        (mix.looks, Team.open_form),
    ):
        deeds += [(at, deed) for at in arrivals(rate, seconds, crowd.dice)]
    for at, deed in sorted(deeds, key=lambda pair: pair[0]):
        await asyncio.sleep(max(0.0, began + at - time.time()))
        crowd.send(deed)
    await crowd.home()


async def hand_in(team: Team) -> None:
    """Write a last word, look once more, submit."""
    await team.save()
    fields = await team.check()
    if fields is not None:
        await press(team, fields)


async def press(team: Team, fields: dict[str, str]) -> None:
    """One in twenty presses twice; one in twenty loses patience or the line, and tries again with the same key."""
    lot = team.field.dice.random()
    if lot < DOUBLE:
        receipt = await team.double_click(fields)
    elif lot < DOUBLE + ABORTED:
        receipt = await team.press(fields, hang_up_after=team.field.dice.uniform(0.001, 0.2))
    else:
        receipt = await team.press(fields)
    if receipt:
        await team.keep(receipt, fields["idempotency_key"])


async def stampede(teams: Sequence[Team], within: float, *, began: float, dice: random.Random) -> None:
    """Everybody has the page open, and presses the button at some moment of these few seconds."""

    async def one(team: Team, at: float) -> None:
        await asyncio.sleep(max(0.0, began + at - time.time()))
        await press(team, team.fields_from_memory())

    await asyncio.gather(*(one(team, dice.uniform(0, within)) for team in teams))
