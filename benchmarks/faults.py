"""Kills, cuts and blackholes at random moments while teams hand in, and then the books: ``make faults``.

Each fault of reliability is a run of its own in ``benchmarks/fault_runs``; ``make faults ARGS="--only F1,F5"`` runs
some of them, ``--rounds 1`` once instead of twenty times. What counts is the line after each.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.deadline import Game, complaints, game, machine  # noqa: E402
from benchmarks.fault_runs import disk, disorder, kills, outages, remote  # noqa: E402
from benchmarks.fault_runs.common import Fault  # noqa: E402

# Fewer rounds than this are a short run.
SHORT = 5
# By the house that they need.
HOUSES: dict[str, list[Fault]] = {
    "production": [*disorder.FAULTS, *outages.FAULTS, *disk.FAULTS, *kills.FAULTS],
    "remote store": remote.FAULTS,
    "sqlite": kills.ON_SQLITE,
}


@contextmanager
def house(name: str, seed: int, *, is_short: bool) -> Iterator[Game]:
    if name == "remote store":
        with (
            remote.storage() as (store, more),
            game(on_sqlite=False, seed=seed, more=more, is_short=is_short) as played,
        ):
            played.extra = store
            yield played
    elif name == "production":
        with disk.small() as more, game(on_sqlite=False, seed=seed, more=more, is_short=is_short) as played:
            yield played
    else:
        with game(on_sqlite=True, seed=seed, is_short=is_short) as played:
            yield played


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="F1,F5,…")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2026)
    options: Any = parser.parse_args()
    only = {each for each in options.only.split(",") if each}
    print(machine(), flush=True)
    failed = []
    for name, faults in HOUSES.items():
        wanted = [fault for fault in faults if not only or fault.name in only]
        if not wanted:
            continue
        with house(name, options.seed, is_short=options.rounds < SHORT) as played:
            failed += [fault.name for fault in wanted if not run(played, fault, options.rounds)]
            complaints(played.house)
    print(f"faults: {'all hold' if not failed else 'FAILED: ' + ', '.join(failed)}")
    return 1 if failed else 0


def run(played: Game, fault: Fault, rounds: int) -> bool:
    """The books are kept over all faults of one house: what an earlier one has broken stays broken."""
    print(f"\n{fault.name}: {fault.what} ({rounds} times)", flush=True)
    played.fresh_figures()
    found = asyncio.run(fault.run(played, rounds))
    played.twice_allowed += found.killed_workers
    for line in (*played.ground.figures.table("what teams met"), *(f"  {word}" for word in found.words)):
        print(line)
    for problem in found.problems:
        print(f"  WRONG: {problem}")
    return played.verdict(twice_allowed=played.twice_allowed) and not found.problems


if __name__ == "__main__":
    sys.exit(main())
