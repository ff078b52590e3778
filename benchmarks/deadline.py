"""The last minutes before a deadline, played against the portal as it runs in production, and then the books.

``make deadline``: the rush (L2) and the stampede (L3) against gunicorn, PostgreSQL, Redis, worker and beat as
docker-compose.yml starts them. ``make deadline DB=sqlite``: the load that SQLite on one machine has to bear (L9).
What counts is the last line; the figures before it say how long people waited.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.load.errands import Steward, steward  # noqa: E402
from benchmarks.load.figures import Figures, Target  # noqa: E402
from benchmarks.load.house import House, embedded, production  # noqa: E402
from benchmarks.load.journal import Deadline, Writer  # noqa: E402
from benchmarks.load.journeys import Field, Team  # noqa: E402
from benchmarks.load.profiles import Crowd, Mix, play, stampede  # noqa: E402
from benchmarks.load.wire import Line  # noqa: E402

GETS = ("GET form", "GET last look", "GET receipt", "GET receipt file")
L1 = [*(Target(step, 95, 0.3) for step in GETS[:1]), Target("autosave", 95, 0.25)]
L2 = [
    Target("submit", 95, 1.0),
    Target("submit", 99, 3.0),
    *(Target(step, 95, 1.0) for step in GETS),
    Target("upload", 99, 2.0),
]
L3 = [Target("submit", 99, 25.0)]
L9 = [Target("submit", 95, 1.0)]
# Time for everybody to be there before the first one comes.
SOON = 2.0
DRAINED_WITHIN = 30.0


@dataclass
class Game:
    house: House
    steward: Steward
    ground: Field
    journal: Path
    dice: random.Random
    # For runs that break something: teams that play in all of them, and what was broken.
    crowd: list[Team] = field(default_factory=list)
    twice_allowed: int = 0
    extra: Any = None

    def teams(self, count: int) -> list[Team]:
        return [Team(self.ground, known) for known in self.steward.ask("prepare", count)]

    def fresh_figures(self) -> Figures:
        self.ground.figures = Figures()
        return self.ground.figures

    async def close_at(self, seconds: float) -> None:
        began = time.time()
        await self.steward.asked("close_at", seconds)
        self.ground.journal.note(Deadline(began, time.time(), seconds))

    def verdict(self, *, twice_allowed: int = 0) -> bool:
        found = self.steward.ask(
            "verdict", str(self.journal), str(self.house.mails), twice_allowed, is_stamped=self.house.is_behind_proxy
        )
        print("\n".join(found["words"]), flush=True)
        return bool(found["holds"])


@contextmanager
def game(*, on_sqlite: bool, seed: int, more: dict[str, str] | None = None, is_short: bool = False) -> Iterator[Game]:
    """``is_short``: fewer processes, on a database that doesn't wait for its disk."""
    with tempfile.TemporaryDirectory(prefix="portal-deadline-") as name:
        folder = Path(name)
        # PostgreSQL runs under an account of its own.
        folder.chmod(0o755)
        with (
            (embedded if on_sqlite else production)(folder, more=more, is_short=is_short) as house,
            steward(house) as helper,
        ):
            dice, journal = random.Random(seed), folder / "journal"
            line = Line(house.port, submits_port=house.submits_port, is_stamped=house.is_behind_proxy)
            ground = Field(line, Writer(journal), Figures(), dice)
            yield Game(house, helper, ground, journal, dice)


async def rush(game: Game, scale: float, seconds: float) -> None:
    """L2: the end of submitting comes when the peak is over; a few are too late."""
    teams = game.teams(max(10, round(300 * scale)))
    figures = game.fresh_figures()
    began = time.time() + SOON
    await game.close_at(began + seconds)
    crowd = Crowd(teams, game.dice, figures)
    mix = Mix(submits=25 * scale, uploads=15 * scale, slow_uploads=0.3 * scale, looks=5 * scale)
    # The last two seconds of it come after the end.
    await play(crowd, mix, seconds + 2, began=began)
    show(
        figures,
        f"L2, the rush: {len(teams)} sessions, {mix.submits:g} submits and {mix.uploads:g} uploads a second",
        L2,
    )


async def everybody_at_once(game: Game, scale: float) -> None:
    """L3: ten seconds, then it is over; afterwards the portal has to be as quick as before."""
    teams = game.teams(max(10, round(1000 * scale)))
    figures = game.fresh_figures()
    began = time.time() + SOON
    await game.close_at(began + 9.9)
    await stampede(teams, 10.0, began=began, dice=game.dice)
    drained = time.time() - began - 10
    show(figures, f"L3, the stampede: {len(teams)} sessions within 10 s", L3)
    word = "holds" if drained <= DRAINED_WITHIN else "MISSED"
    print(f"  the last answer came {drained:.1f} s after the last press, at most {DRAINED_WITHIN:g} s: {word}")
    await game.close_at(time.time() + 3600)
    figures = game.fresh_figures()
    mix = Mix(looks=20 * scale, saves=10 * scale)
    await play(Crowd(teams, game.dice, figures), mix, 10, began=time.time())
    show(figures, "L1, the ten seconds after that", L1)


async def on_one_machine(game: Game, scale: float, seconds: float) -> None:
    """L9."""
    teams = game.teams(max(5, round(50 * scale)))
    figures = game.fresh_figures()
    began = time.time() + SOON
    await game.close_at(began + seconds)
    mix = Mix(submits=10 * scale, uploads=1 * scale)
    await play(Crowd(teams, game.dice, figures), mix, seconds + 2, began=began)
    show(figures, f"L9, SQLite: {len(teams)} sessions, {mix.submits:g} submits a second", L9)


def show(figures: Figures, title: str, targets: list[Target]) -> None:
    print("\n".join([*figures.table(title), *figures.judged(targets)]), flush=True)


def complaints(house: House) -> None:
    """What the web servers could not put into an answer."""
    logs = [(house.folder / f"{name}.log").read_text(errors="replace") for name in house.web_servers]
    words = "".join(logs).splitlines()
    found = [
        words[at - 1] for at in range(1, len(words)) if not words[at].startswith(" ") and "Error" in words[at][:90]
    ]
    for line in sorted(set(found))[:5]:
        print(f"  web: {line[:300]}")


def machine() -> str:
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{time.strftime('%Y-%m-%d %H:%M')}, {platform.system()} {platform.machine()}, {cores} cores, {memory:.0f} GB"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--scale", type=float, default=1.0, help="of the load; 1 is what has to hold")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the rush lasts")
    parser.add_argument("--seed", type=int, default=2026)
    options: Any = parser.parse_args()
    print(f"{machine()}; load before: {os.getloadavg()[0]:.1f}", flush=True)
    on_sqlite = options.db == "sqlite"
    with game(on_sqlite=on_sqlite, seed=options.seed) as played:
        if on_sqlite:
            asyncio.run(on_one_machine(played, options.scale, options.seconds))
        else:
            asyncio.run(rush(played, options.scale, options.seconds))
            asyncio.run(everybody_at_once(played, options.scale))
        complaints(played.house)
        return 0 if played.verdict() else 1


if __name__ == "__main__":
    sys.exit(main())
