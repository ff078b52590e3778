"""What the queue of screening costs with two hundred entries and with twenty thousand.

Each in a database and a process of its own, in turns, so that a busy machine slows both. What is compared is the CPU
time of the process that answers; with PostgreSQL what the database does is beside it, and the time waited says it.
``python -m benchmarks.screening`` runs all; BENCH_DATABASE_URL names a PostgreSQL server's database to copy from.
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

ROOT = Path(__file__).resolve().parent.parent
FEW, MANY = 200, 20_000
ROUNDS, REQUESTS = 7, 20
# The same page, a hundred times the entries.
LIMIT = 1.2
MOST_QUERIES = 15


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-screening-") as folder:
        sides = {size: Side(size, f"{folder}/{size}") for size in (FEW, MANY)}
        asked = {size: side.ask({"queries": True}) for size, side in sides.items()}
        costs: dict[str, list[tuple[float, float]]] = {name: [] for name in asked[FEW]}
        waits: dict[str, list[tuple[float, float]]] = {name: [] for name in asked[FEW]}
        for _round in range(ROUNDS):
            few, many = (side.ask({"times": REQUESTS}) for side in sides.values())
            for name in costs:
                costs[name].append((few[name][0], many[name][0]))
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
        is_good = ratio <= LIMIT and queries[0] == queries[1] and (name == "entry" or queries[1] <= MOST_QUERIES)
        holds = holds and is_good
        said = f"{few:.1f} → {many:.1f}"
        paused = f"{waited[0]:.1f} → {waited[1]:.1f}"
        verdict = "holds" if is_good else "MISSED"
        print(
            f"{name:<28}{f'{queries[0]} → {queries[1]}':>12}{said:>18}{ratio:>8.2f}{paused:>18}{f'≤ {LIMIT}':>9}  {verdict}"
        )
    return holds


class Side:
    """A portal with so many entries, in a process that answers line by line."""

    def __init__(self, size: int, folder: str) -> None:
        url = f"sqlite:///{folder}.sqlite3"
        if server := os.environ.get("BENCH_DATABASE_URL"):
            url = f"{server}_{size}"
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


def serve(size: int) -> None:
    """Fill the database, then answer what is asked on standard input."""
    from benchmarks.screening_side import Pages  # noqa: PLC0415 - sets Django up

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
"""What screening's numbers and exports ask of the database with 200 entries and with 20,000, and what they keep.

``python -m benchmarks.screening`` alone, on a database of its own; ``run.py`` prints the same among its tables.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SIZES = (200, 20_000)
# Of the page: its queries with many entries, as a multiple of those with few.
MOST = 1.2
PAGE, TABLE, ARCHIVE = "numbers", "list as CSV", "files as ZIP"


def measured(environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """By size: what each asks and keeps. In a process and a database of its own, SQLite unless one is named."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-screening-") as folder:
        url = os.environ.get("BENCH_SCREENING_DATABASE_URL", f"sqlite:///{folder}/entries.sqlite3")
        own = {**os.environ, **environment, "PORTAL_MODE": "embedded", "PORTAL_VAR": folder, "DATABASE_URL": url}
        command = [sys.executable, "-m", "benchmarks.screening", "side"]
        done = subprocess.run(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return found


def report(found: Mapping[str, Mapping[str, Any]]) -> bool:
    """Print it; True when the page asks no more with many entries."""
    print("\nScreening: queries, the most that Python keeps meanwhile, seconds of CPU\n")
    print(f"{'':<28}" + "".join(f"{size:>34}" for size in found))
    names = next(iter(found.values()))
    for name in names:
        cells = [
            f"{each['queries']} queries {each['peak']:.1f} MB {each['cpu']:.2f} s" for each in _column(found, name)
        ]
        print(f"{name:<28}" + "".join(f"{cell:>34}" for cell in cells))
    few, many = (each["queries"] for each in _column(found, PAGE))
    holds = many <= MOST * few
    print(f"\n{PAGE}: {many / few:.2f} times the queries, target ≤ {MOST:g}  {'holds' if holds else 'MISSED'}")
    return bool(holds)


def _column(found: Mapping[str, Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [sizes[name] for sizes in found.values()]


def side() -> None:
    """Inside the portal: fill the database, ask, and fill it further."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from benchmarks.screening_side import Season

    season = Season()
    found = {}
    for size in SIZES:
        season.grow_to(size)
        found[f"{size:,} entries"] = season.ask()
    json.dump(found, sys.stdout)


def asked(what: Any) -> dict[str, Any]:
    """What ``what`` asks, costs and keeps: once for queries and time, and once for memory, which takes longer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    started = time.process_time()
    with CaptureQueriesContext(connection) as captured:
        what()
    # Now, since the next request clears what is noted of this one.
    queries, cpu = len(captured), time.process_time() - started
    tracemalloc.start()
    what()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"queries": queries, "peak": peak / 1024**2, "cpu": cpu}


if __name__ == "__main__":
    if sys.argv[1:] == ["side"]:
        side()
    else:
        sys.exit(0 if report(measured({})) else 1)
