"""Nothing dies: people and tasks do the same thing at the same moment, or an organizer moves the end."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterable

from benchmarks.deadline import Game
from benchmarks.fault_runs.common import CALM, Fault, Found, a_moment, crowd, mails_gone, while_they_hand_in
from benchmarks.load.journeys import Team
from benchmarks.load.profiles import Mix

RIVALS = 4


async def moved_end(game: Game, rounds: int) -> Found:
    """Nearer than a press and its answer are apart, and away again."""

    async def move() -> None:
        for _round in range(rounds):
            await a_moment(game, 1.0)
            await game.close_at(time.time() + game.dice.uniform(-0.3, 0.5))
            await a_moment(game, 1.0)
            await game.close_at(time.time() + 3600)

    await while_they_hand_in(game, Mix(submits=6.0), move())
    return Found([f"moved {2 * rounds} times; whoever came too late has kept a late attempt"])


async def delivered_twice(game: Game, rounds: int) -> Found:
    """Several drain the outbox at once, and each row of it is carried out by two at the same moment."""

    async def drain() -> None:
        for _round in range(rounds):
            await a_moment(game, 1.0)
            await game.steward.asked("drain_at_once", RIVALS)

    await while_they_hand_in(game, CALM, drain())
    await mails_gone(game, at_once=False)
    return Found([f"all tasks delivered to {RIVALS} beside the worker, {rounds} times; no mail has left twice"])


async def at_the_same_instant(game: Game, rounds: int) -> Found:
    """Two windows submit with keys of their own while the member saves another word; then the same once more."""
    found, conflicts = Found(), 0
    people = crowd(game)

    async def rivals(team: Team) -> Iterable[str]:
        await team.save()
        fields = await team.check()
        if fields is None:
            return []
        other = {**fields, "idempotency_key": uuid.uuid4().hex}
        return await asyncio.gather(team.press(fields), team.press(other), team.press(fields))

    for _round in range(rounds):
        teams = game.dice.sample(list(people.teams), min(8, len(people.teams)))
        for receipts in await asyncio.gather(*(rivals(team) for team in teams)):
            given = {each for each in receipts if each}
            conflicts += sum(not each for each in receipts)
            if len(given) > 1:
                found.problems.append(f"the same draft has {len(given)} receipts")
    found.words.append(f"two keys and a double click for one draft: one receipt each time ({conflicts} were refused)")
    return found


FAULTS = [
    Fault("F18", "an organizer moves the end while teams submit", moved_end),
    Fault("F19", "every task is delivered to several workers at once", delivered_twice),
    Fault("F27", "two of a team submit at the same instant", at_the_same_instant),
]
