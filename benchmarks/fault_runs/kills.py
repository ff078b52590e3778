"""kill -9, of one process or of all, at named places and anywhere."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.deadline import Game
from benchmarks.fault_runs.common import (
    CALM,
    Fault,
    Found,
    a_moment,
    crowd,
    mails_gone,
    until,
    while_they_hand_in,
)
from benchmarks.load.profiles import Mix
from benchmarks.load.wire import Pace

OF_SUBMIT = ("after_body_read", "before_commit", "after_commit", "before_response")
OF_UPLOAD = ("after_blob_tmp", "after_rename", "before_part_removed")
OF_WORKER = ("outbox_claimed", "smtp_accepted_before_mark")
BACK_WITHIN = 10.0
PARALLEL = 50


async def armed(game: Game, place: str) -> None:
    """At a random moment the next one who passes there dies."""
    await a_moment(game)
    file = game.house.failpoints / place
    file.touch()
    await until(lambda: not file.exists(), f"nobody passed {place}")


async def web_worker(game: Game, rounds: int) -> Found:
    async def kill() -> None:
        for _round in range(rounds):
            for place in (*OF_SUBMIT, *OF_UPLOAD):
                await armed(game, place)

    await while_they_hand_in(game, CALM, kill())
    found = Found([f"{rounds * len(OF_SUBMIT + OF_UPLOAD)} web workers killed"])
    await parts_swept(game, found)
    return found


async def kill_web_servers(game: Game) -> float:
    """When they were dead; returns once they are back."""
    for name in game.house.web_servers:
        game.house.kill(name)
    began = time.monotonic()
    for name in game.house.web_servers:
        game.house.start(name)
    for name in game.house.web_servers:
        await asyncio.to_thread(game.house.ready, name)
    return began


async def whole_web(game: Game, rounds: int) -> Found:
    """During fifty uploads at once, which have to go on where they were."""
    found, took = Found(), []

    async def kill() -> None:
        for _round in range(rounds):
            await a_moment(game, 3.0)
            began = await kill_web_servers(game)
            took.append(time.monotonic() - began)

    people = crowd(game, max(PARALLEL, 30))
    going = asyncio.ensure_future(kill())
    results: list[bool] = []

    async def keep_sending() -> None:
        while not going.done():
            team = people.idle.pop(0)
            results.append(await team.upload(300_000, pace=Pace(150_000), slot="slides"))
            people.idle.append(team)

    await asyncio.gather(going, *(keep_sending() for _each in range(min(PARALLEL, len(people.idle)))))
    in_budget = "holds" if max(took) <= BACK_WITHIN else "MISSED"
    found.words.append(f"{len(results)} uploads, {sum(results)} finished")
    found.words.append(f"back after {max(took):.1f} s, at most {BACK_WITHIN:g} s: {in_budget}")
    if not all(results):
        found.problems.append(f"{results.count(False)} uploads were given up")
    await parts_swept(game, found)
    return found


async def parts_swept(game: Game, found: Found) -> None:
    """Whoever is killed between the commit and the removal of a part leaves it behind; the next sweep takes it."""
    before = len(parts_left(game))
    await game.steward.asked("sweep_uploads")
    if left := parts_left(game):
        found.problems.append(f"{len(left)} parts outlive the sweep although every upload is finished")
    found.words.append(f"{before} parts of finished uploads left behind, {before - len(left)} taken by the next sweep")


def parts_left(game: Game) -> list[Path]:
    """An empty one was begun by somebody who never heard of it; it is swept after a day."""
    return [part for part in (game.house.files / "tmp" / "parts").iterdir() if part.stat().st_size]


async def task_worker(game: Game, rounds: int) -> Found:
    """At named places, and any process of it at any moment."""
    killed = 0

    async def kill() -> None:
        nonlocal killed
        for _round in range(rounds):
            for place in OF_WORKER:
                await armed(game, place)
                killed += 1
            await a_moment(game)
            for pid in game.house.children("worker"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed += 1

    await while_they_hand_in(game, Mix(submits=3.0), kill())
    await mails_gone(game, at_once=rounds < 5)
    return Found([f"{killed} worker processes killed; every mail has left since"], killed_workers=killed)


async def everything_on_sqlite(game: Game, rounds: int) -> Found:
    """Two web processes, a worker and beat write to one file; all are killed, mostly with a commit under way."""
    found = Found()

    async def kill() -> None:
        for _round in range(rounds):
            await a_moment(game, 1.5)
            for name in ("web", "worker", "beat"):
                game.house.kill(name)
            for name in ("web", "worker", "beat"):
                game.house.start(name)
            await asyncio.to_thread(game.house.ready, "web")
            found.killed_workers += 1
            if (said := await game.steward.asked("integrity")) != "ok":
                found.problems.append(f"integrity_check says {said}")

    await while_they_hand_in(game, CALM, kill())
    locked = (game.house.folder / "web.log").read_text(errors="replace").count("database is locked")
    found.words.append(f"integrity_check ok after each, “database is locked” {locked} times")
    if locked:
        found.problems.append("database is locked")
    return found


FAULTS = [
    Fault("F1", "kill -9 of a web worker at each place of a submit and of an upload", web_worker),
    Fault("F2", "kill -9 of the whole web server during 50 uploads", whole_web),
    Fault("F3", "kill -9 of worker processes while they write to teams", task_worker),
]
ON_SQLITE = [Fault("F39", "SQLite: kill -9 of all processes while they write", everything_on_sqlite)]
