"""How well entries that resemble each other are found, and what it costs: python benchmarks/near.py [--db sqlite]

Twenty thousand made entries of 3,000 characters are indexed as ``manage.py index_entries`` does it, in a process of
its own; then new ones are submitted and compared, one by one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

COUNT, LENGTH, NEW = 20_000, 3_000, 9
MOST_SECONDS, MOST_MEGABYTES, MOST_MILLISECONDS = 300, 1024, 200
LEAST_FOUND, MOST_FALSE = 0.95, 0.01


def main() -> int:
    options = _options()
    if options.step:
        _in_portal()
        result = STEPS[options.step](options)
        print(json.dumps(result))
        return 0
    with tempfile.TemporaryDirectory(prefix="near-") as name, _database(options.db, Path(name)) as environment:
        made = _step("fill", options, environment)
        (Path(name) / "made.json").write_text(json.dumps(made), encoding="utf-8")
        environment["NEAR_MADE"] = str(Path(name) / "made.json")
        return _report(options, [_step(step, options, environment) for step in ("index", "quality", "new")])


def fill(options: argparse.Namespace) -> Any:
    from django.core.management import call_command

    from benchmarks import near_world

    call_command("migrate", verbosity=0)
    return near_world.fill(options.count, LENGTH)


def index(options: argparse.Namespace) -> Any:
    from django.core.management import call_command

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, cpu = time.monotonic(), time.process_time()
    call_command("index_entries", stdout=sys.stderr)
    return {
        "seconds": time.monotonic() - started,
        "cpu": time.process_time() - cpu,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "portal alone": before,
    }


def quality(options: argparse.Namespace) -> Any:
    from submissions.models import NearPair

    made = json.loads(Path(os.environ["NEAR_MADE"]).read_text(encoding="utf-8"))
    reported = set(NearPair.objects.values_list("first", "second"))
    true = {tuple(pair) for pairs in made.values() for pair in pairs}
    false = reported - true
    return {
        "found": {way: sum(tuple(pair) in reported for pair in pairs) / len(pairs) for way, pairs in made.items()},
        "reported": len(reported),
        "false": len(false),
        "entries reported by mistake": len({entry for pair in false for entry in pair}) / options.count,
    }


def new(options: argparse.Namespace) -> Any:
    """Each an honest one that was just submitted; CPU of this process, so that a busy machine doesn't count."""
    from submissions.models import Fingerprint
    from submissions.services.near_comparing import find_near

    costs = []
    for key in Fingerprint.objects.order_by("-pk").values_list("pk", flat=True)[: NEW + 1]:
        Fingerprint.objects.filter(pk=key).delete()
        started = time.process_time()
        find_near()
        costs.append(1000 * (time.process_time() - started))
    # The first one warms what is imported and remembered.
    return {"median": median(costs[1:]), "most": max(costs[1:]), "first": costs[0], "sweep": _nothing(find_near)}


def _nothing(find_near: Callable[[], bool]) -> float:
    started = time.process_time()
    find_near()
    return 1000 * (time.process_time() - started)


STEPS: dict[str, Callable[[argparse.Namespace], Any]] = {"fill": fill, "index": index, "quality": quality, "new": new}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_portal() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()


def _step(step: str, options: argparse.Namespace, environment: dict[str, str]) -> Any:
    command = [sys.executable, __file__, "--step", step, "--count", str(options.count)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[dict[str, str]]:
    from tests.servers import outside_environment, postgresql

    environment = outside_environment() | {"PORTAL_VAR": str(folder)}
    if kind == "sqlite":
        yield environment
        return
    folder.chmod(0o755)
    with postgresql(folder / "postgresql", is_durable=True) as url:
        yield environment | {"DATABASE_URL": url}


def _report(options: argparse.Namespace, results: list[Any]) -> int:
    indexed, found, compared = results
    machine = f"{os.cpu_count()} cores, {platform.machine()}"
    print(f"{options.count} entries of {LENGTH} characters on {options.db}, {machine}")
    print(
        f"indexed in {indexed['seconds']:.0f} s ({indexed['cpu']:.0f} s of CPU; at most {MOST_SECONDS}), peak memory"
        f" {indexed['megabytes']:.0f} MB (at most {MOST_MEGABYTES}), of which the portal itself"
        f" {indexed['portal alone']:.0f} MB"
    )
    print(
        f"a new one compared in {compared['median']:.0f} ms of CPU, {compared['most']:.0f} at most"
        f" (at most {MOST_MILLISECONDS}); the first in a process {compared['first']:.0f};"
        f" a sweep that finds nothing new {compared['sweep']:.0f}"
    )
    for way, share in found["found"].items():
        print(f"    {way:20} {share:6.1%} found (at least {LEAST_FOUND:.0%})")
    print(
        f"    {found['reported']} pairs reported, {found['false']} of them by mistake;"
        f" {found['entries reported by mistake']:.2%} of all entries are in such a pair (at most {MOST_FALSE:.0%})"
    )
    holds = (
        indexed["cpu"] <= MOST_SECONDS
        and indexed["megabytes"] <= MOST_MEGABYTES
        and compared["median"] <= MOST_MILLISECONDS
        and all(share >= LEAST_FOUND for share in found["found"].values())
        and found["entries reported by mistake"] <= MOST_FALSE
        and found["false"] <= MOST_FALSE * found["reported"]
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
