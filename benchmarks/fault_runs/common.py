from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.deadline import Game
from benchmarks.load.house import HouseError
from benchmarks.load.journeys import Team
from benchmarks.load.profiles import Crowd, Mix, hand_in

PATIENCE = 180.0
CALM = Mix(submits=2.0, uploads=1.0, upload_size=200_000)
CROWD = 30


@dataclass
class Found:
    words: list[str] = field(default_factory=list)
    # What must not be, beside what the books tell.
    problems: list[str] = field(default_factory=list)
    # Each may have had a mail in hand that then leaves twice.
    killed_workers: int = 0


@dataclass(frozen=True)
class Fault:
    name: str
    what: str
    run: Callable[[Game, int], Awaitable[Found]]


def crowd(game: Game, count: int = CROWD) -> Crowd:
    """The same teams for every fault of a house."""
    if not game.crowd:
        game.crowd = game.teams(count)
    return Crowd(game.crowd, game.dice, game.ground.figures)


async def while_they_hand_in(game: Game, mix: Mix, deeds: Awaitable[Any]) -> None:
    """Teams come and go as long as ``deeds`` takes, and have their answers when this returns."""
    people = crowd(game)
    going = asyncio.ensure_future(deeds)
    rates = [(mix.submits, hand_in), (mix.uploads, lambda team: team.upload(mix.upload_size, slot="slides"))]
    total = sum(rate for rate, _deed in rates)
    while not going.done():
        if people.idle:
            people.send(game.dice.choices([deed for _rate, deed in rates], [rate for rate, _deed in rates])[0])
        await asyncio.wait([going], timeout=game.dice.expovariate(total))
    await people.home()
    await going


async def a_moment(game: Game, most: float = 0.5) -> None:
    await asyncio.sleep(game.dice.uniform(0.0, most))


async def until(is_so: Callable[[], Any], what: str, patience: float = PATIENCE) -> float:
    """How long it took; raises HouseError."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > patience:
            raise HouseError(f"waited in vain: {what}")
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def mails_gone(game: Game, *, at_once: bool, patience: float = 300.0) -> None:
    """Until nothing that is owed to teams waits any more; ``at_once`` lets the leases of dead workers run out."""
    began = time.monotonic()
    while await game.steward.asked("waiting", "submissions.submitted"):
        if at_once:
            await game.steward.asked("let_leases_run_out")
        if time.monotonic() - began > patience:
            raise HouseError("mails are still waiting")
        await asyncio.sleep(1.0)


def teams_of(game: Game) -> Sequence[Team]:
    return crowd(game).teams
