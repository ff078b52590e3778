"""What the portal's pages cost, as ratios against a bare Django view measured in the same run.

Both stand behind the same gunicorn command on the same database; rounds alternate between them, so that a
busy machine slows both. What is compared is CPU time of the server processes, not waiting time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import screening_numbers, submits  # noqa: E402
from benchmarks.servers import FIRST, WITH_A_COPY, Server, serving  # noqa: E402
from portal.core.management.commands.serve import GUNICORN  # noqa: E402

ROUNDS = 9
REQUESTS = 100


@dataclass
class Page:
    name: str
    address: str
    bare: str
    limit: float
    visit: str = ""
    costs: list[tuple[float, float]] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [portal / bare for portal, bare in self.costs]

    @property
    def holds(self) -> bool:
        return median(self.ratios) <= self.limit


C = "/sichuan-2026"
PAGES = [
    Page("home (17 tracks, 6 stages)", "/", "/", 2),
    Page("track (15 topics)", f"{C}/tracks/11/", "/tracks/11/", 2),
    Page("topic (15 beside it)", f"{C}/tracks/11/topics/8/", "/tracks/11/topics/8/", 2),
    Page("announcements (20)", f"{C}/announcements/", "/announcements/", 2),
    Page("home, first visitor", "/", "/", 3, FIRST),
    Page("topic, first visitor", f"{C}/tracks/11/topics/8/", "/tracks/11/topics/8/", 3, FIRST),
    Page("home, a copy at hand", "/", "/", 1.5, WITH_A_COPY),
    Page("topic, a copy at hand", f"{C}/tracks/11/topics/8/", "/tracks/11/topics/8/", 1.5, WITH_A_COPY),
    Page("results API, 50 rows", "/api/v1/results/", "/results/", 2),
]
# One text that somebody types, kept; the bare view does one insert.
SAVING = [Page("autosave of a section", "", "/save/", 4)]
# How many queries a team's own pages may take, whatever they show.
MOST_QUERIES = {"entry's form": 12, "team's entries": 10, "autosave": 6}
# Against the portal itself with a tenth of the topics.
GROWN = [
    Page("home, 1,210 topics", "/", "/", 1.3, FIRST),
    Page("topic, 1,210 topics", f"{C}/tracks/3/topics/2/", f"{C}/tracks/3/topics/2/", 1.3, FIRST),
]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        environment = {**servers_named(), "PORTAL_MODE": "embedded", "PORTAL_VAR": folder, "LOG_LEVEL": "WARNING"}
        portal_side("prepare", environment)
        of_submits = json.loads(portal_side("counts", environment))
        teams = json.loads(portal_side("teams", environment))
        filled = json.loads(portal_side("fill", environment))
        # SQLite always: a second database next to the first, whatever that one is.
        larger = {**environment, "PORTAL_VAR": f"{folder}/grown", "DATABASE_URL": f"sqlite:///{folder}/grown.sqlite3"}
        smaller = {**larger, "PORTAL_VAR": f"{folder}/plain", "DATABASE_URL": f"sqlite:///{folder}/plain.sqlite3"}
        portal_side("grow", larger)
        portal_side("prepare", smaller)
        application, *options = GUNICORN
        with (
            serving(application, options, environment) as portal,
            serving("benchmarks.bare:application", options, environment) as bare,
        ):
            measure(PAGES, portal, bare)
            submitting = submits.measure(teams, portal, bare)
            measure_saving(filled["writer"], portal, bare)
        with (
            serving(application, options, larger) as grown,
            serving(application, options, smaller) as plain,
        ):
            measure(GROWN, grown, plain)
    print_costs("against a bare view", PAGES + SAVING)
    print_costs("ten times the topics against the contest as it is", GROWN)
    constant = print_queries(filled["pages"])
    few = print_limits(filled["teams"])
    is_quick = submits.report(submitting, of_submits)
    stays_few = screening_numbers.report(screening_numbers.measured({"LOG_LEVEL": "WARNING"}))
    print()
    is_steady = subprocess.run([sys.executable, "-m", "benchmarks.uploads"], cwd=ROOT, check=False).returncode == 0
    is_level = subprocess.run([sys.executable, "-m", "benchmarks.screening"], cwd=ROOT, check=False).returncode == 0
    holds = all(page.holds for page in PAGES + SAVING + GROWN)
    return 0 if constant and few and stays_few and is_quick and is_steady and is_level and holds else 1


def servers_named() -> dict[str, str]:
    """A database named in BENCH_DATABASE_URL is used (and written to); without one, SQLite in a temporary folder."""
    url = os.environ.get("BENCH_DATABASE_URL")
    return {"DATABASE_URL": url} if url else {}


def portal_side(what: str, environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "benchmarks.portal_side", what]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout.decode()


def measure(pages: list[Page], portal: Server, other: Server) -> None:
    for page in pages:
        portal.cost(page.address, REQUESTS)
        other.cost(page.bare, REQUESTS)
    for _ in range(ROUNDS):
        for page in pages:
            # A bare view remembers nothing; the portal with fewer topics is visited the same way.
            likewise = page.visit if pages is GROWN else ""
            mine = portal.cost(page.address, REQUESTS, visit=page.visit)
            page.costs.append((mine, other.cost(page.bare, REQUESTS, visit=likewise)))


def measure_saving(writer: Mapping[str, Any], portal: Server, bare: Server) -> None:
    (page,) = SAVING
    for _ in range(ROUNDS):
        mine = portal.cost_of_saving(writer["address"], REQUESTS, headers=writer["headers"])
        page.costs.append((mine, bare.cost_of_saving(page.bare, REQUESTS, headers={})))


def print_costs(what: str, pages: list[Page]) -> None:
    print(f"\nCPU time a request, {what}: {ROUNDS} rounds of {REQUESTS} requests, medians; the ratio with its range\n")
    print(f"{'page':<28}{'portal':>10}{'other':>10}{'ratio':>8}{'range':>14}{'target':>9}")
    for page in pages:
        portal, bare = (median(cost) for cost in zip(*page.costs, strict=True))
        spread = f"{min(page.ratios):.2f}–{max(page.ratios):.2f}"
        verdict = "holds" if page.holds else "MISSED"
        print(
            f"{page.name:<28}{portal:>7.2f} ms{bare:>7.2f} ms{median(page.ratios):>8.2f}{spread:>14}"
            f"{f'≤ {page.limit:g}':>9}  {verdict}"
        )


def print_queries(counts: Mapping[str, Mapping[str, int]]) -> bool:
    """Print the queries of each page at each size; True when size makes no difference."""
    print(f"\nQueries a page\n\n{'page':<28}" + "".join(f"{name:>28}" for name in counts))
    constant = True
    for page in next(iter(counts.values())):
        row = [sizes[page] for sizes in counts.values()]
        same = len(set(row)) == 1
        constant = constant and same
        print(f"{page:<28}" + "".join(f"{count:>28}" for count in row) + ("  constant" if same else "  GROWS"))
    return constant


def print_limits(counts: Mapping[str, Mapping[str, int]]) -> bool:
    """Print the queries of a team's pages; True when none takes more than it may."""
    print(f"\nQueries of a team's pages\n\n{'page':<28}" + "".join(f"{name:>28}" for name in counts) + f"{'target':>9}")
    holds = True
    for page, most in MOST_QUERIES.items():
        row = [sizes[page] for sizes in counts.values()]
        holds = holds and max(row) <= most
        verdict = "holds" if max(row) <= most else "MISSED"
        print(f"{page:<28}" + "".join(f"{count:>28}" for count in row) + f"{f'≤ {most}':>9}  {verdict}")
    return holds


if __name__ == "__main__":
    sys.exit(main())
