"""What screening's numbers and exports ask of the database with 200 entries and with 20,000, and what they keep.

``python -m benchmarks.screening_numbers`` alone, on a database of its own; ``run.py`` prints the same among its tables.
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
        command = [sys.executable, "-m", "benchmarks.screening_numbers", "side"]
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
    from benchmarks.screening_numbers_side import Season

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
