"""Redis is killed, is away, or takes connections and says nothing."""

from __future__ import annotations

import asyncio
import signal

from benchmarks.deadline import Game
from benchmarks.fault_runs.common import Fault, Found, a_moment, mails_gone, while_they_hand_in
from benchmarks.load.profiles import Mix

BUSY = Mix(submits=4.0, uploads=1.0, upload_size=200_000)
KEEPING = (("no", "everysec"), ("yes", "everysec"), ("yes", "always"))
IN_BUDGET = 1.0


async def killed(game: Game, rounds: int) -> Found:
    """Started again with each way of keeping what it was told."""

    async def kill() -> None:
        for each in range(rounds):
            await a_moment(game, 1.0)
            game.house.kill("redis")
            await a_moment(game, 1.0)
            game.house.commands["redis"] = _keeping(game.house.commands["redis"], *KEEPING[each % len(KEEPING)])
            game.house.start("redis")
            await asyncio.to_thread(game.house.ready, "redis")

    return await _unimpressed(game, kill())


async def silent(game: Game, rounds: int) -> Found:
    """Frozen, which is what a firewall that drops packets looks like; then gone for a while."""

    async def freeze() -> None:
        for _round in range(rounds):
            game.house.signal("redis", signal.SIGSTOP)
            await a_moment(game, 4.0)
            game.house.signal("redis", signal.SIGCONT)
            await a_moment(game, 0.5)
        game.house.kill("redis")
        await asyncio.sleep(min(rounds, 20))
        game.house.start("redis")
        await asyncio.to_thread(game.house.ready, "redis")

    return await _unimpressed(game, freeze())


async def _unimpressed(game: Game, deeds: object) -> Found:
    await while_they_hand_in(game, BUSY, deeds)  # type: ignore[arg-type]
    await mails_gone(game, at_once=False)
    figures = game.ground.figures
    found = Found(["every mail has left since"])
    if wrong := {kind: count for kind, count in figures.wrong["submit"].items() if kind != "broken"}:
        found.problems.append(f"submits went wrong: {wrong}")
    took = figures.percentile("submit", 95)
    found.words.append(
        f"submit p95 {took:.2f} s, at most {IN_BUDGET:g} s: {'holds' if took <= IN_BUDGET else 'MISSED'}"
    )
    return found


def _keeping(command: list[str], appendonly: str, appendfsync: str) -> list[str]:
    said = {"--appendonly": appendonly, "--appendfsync": appendfsync}
    return [said.get(before, part) for before, part in zip(["", *command[:-1]], command, strict=True)]


FAULTS = [
    Fault("F5", "kill -9 of Redis, which then keeps nothing, some, or all", killed),
    Fault("F6", "Redis takes connections and says nothing, then is gone", silent),
]
