"""What the queue of screening costs with two hundred entries and with twenty thousand.

Each in a database and a process of its own, in turns, so that a busy machine slows both. What is compared is the CPU
time of the process that answers; with PostgreSQL what the database does is beside it, and the time waited says it.
``python -m benchmarks.screening`` runs all. Where BENCH_DATABASE_URL names a database of a PostgreSQL server, two
more are made beside it and dropped again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
FEW, MANY = 200, 20_000
ROUNDS, REQUESTS = 7, 10
# The same page, a hundred times the entries.
LIMIT = 1.2
MOST_QUERIES, OF_ENTRY = 16, 17


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-screening-") as folder:
        sides = {size: Side(size, f"{folder}/{size}") for size in (FEW, MANY)}
        asked = {size: side.ask({"queries": True}) for size, side in sides.items()}
        costs: dict[str, list[tuple[float, float]]] = {name: [] for name in asked[FEW]}
        waits: dict[str, list[tuple[float, float]]] = {name: [] for name in asked[FEW]}
        for _round in range(ROUNDS):
            few, many = (side.ask({"times": REQUESTS}) for side in sides.values())
            for name, pairs in costs.items():
                pairs.append((few[name][0], many[name][0]))
                waits[name].append((few[name][1], many[name][1]))
        for side in sides.values():
            side.end()
    return 0 if report(asked, costs, waits) else 1


def report(asked: Any, costs: Any, waits: Any) -> bool:
    """Print it; True when all holds."""
    print(f"\nScreening, {FEW} entries against {MANY:,}: {ROUNDS} rounds of {REQUESTS} requests, medians\n")
    print(f"{'page':<28}{'queries':>12}{'CPU ms':>18}{'ratio':>8}{'waited ms':>18}{'target':>9}")
    holds = True
    for name, pairs in costs.items():
        queries = [asked[size][name] for size in (FEW, MANY)]
        few, many = (1000 * median(one) for one in zip(*pairs, strict=True))
        waited = [1000 * median(one) for one in zip(*waits[name], strict=True)]
        ratio = median(two / one for one, two in pairs)
        most = OF_ENTRY if name == "entry" else MOST_QUERIES
        is_good = ratio <= LIMIT and queries[0] == queries[1] <= most
        holds = holds and is_good
        asked_of, said = f"{queries[0]} → {queries[1]}", f"{few:.1f} → {many:.1f}"
        paused = f"{waited[0]:.1f} → {waited[1]:.1f}"
        verdict = "holds" if is_good else "MISSED"
        print(f"{name:<28}{asked_of:>12}{said:>18}{ratio:>8.2f}{paused:>18}{f'≤ {LIMIT}':>9}  {verdict}")
    return holds


class Side:
    """A portal with so many entries, in a process that answers line by line."""

    # What was made for it on a PostgreSQL server.
    database = ""

    def __init__(self, size: int, folder: str) -> None:
        url = f"sqlite:///{folder}.sqlite3"
        self.server = os.environ.get("BENCH_DATABASE_URL", "")
        if self.server.startswith("postgres"):
            path = urlsplit(self.server).path + f"_screening_{size}"
            self.database, url = path.lstrip("/"), urlsplit(self.server)._replace(path=path).geturl()
            self._make()
        own = {"DATABASE_URL": url, "PORTAL_MODE": "embedded", "PORTAL_VAR": folder, "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "benchmarks.screening", str(size)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process: Any = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, **pipes)  # type: ignore[call-overload]

    def ask(self, what: Mapping[str, Any]) -> dict[str, Any]:
        print(json.dumps(what), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(self.process.wait() or 1)
        found: dict[str, Any] = json.loads(line)
        return found

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        if self.database:
            self._say(f'DROP DATABASE "{self.database}" WITH (FORCE)')

    def _make(self) -> None:
        # An earlier run may have been stopped before its end.
        self._say(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        self._say(f'CREATE DATABASE "{self.database}"')

    def _say(self, words: str) -> None:
        connection = psycopg2.connect(self.server.replace("postgres://", "postgresql://", 1))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(words)
        connection.close()


def serve(size: int) -> None:
    """Fill the database, then answer what is asked on standard input."""
    from benchmarks.screening_side import Pages  # Django is set up by it, in this process alone

    pages = Pages(size)
    for line in sys.stdin:
        asked = json.loads(line)
        found = pages.queries() if asked.get("queries") else pages.costs(asked["times"])
        print(json.dumps(found), flush=True)


def clocks() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(int(sys.argv[1]))
    else:
        sys.exit(main())
