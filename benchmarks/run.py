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

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.servers import Server, serving  # noqa: E402
from portal.core.management.commands.serve import GUNICORN  # noqa: E402

ROUNDS = 9
REQUESTS = 100


@dataclass
class Page:
    name: str
    address: str
    bare: str
    limit: float
    costs: list[tuple[float, float]] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        return [portal / bare for portal, bare in self.costs]

    @property
    def holds(self) -> bool:
        return median(self.ratios) <= self.limit


PAGES = [
    Page("home (17 tracks, 6 stages)", "/", "/", 3),
    Page("topic (8 siblings)", "/sichuan-2026/tracks/11/topics/8/", "/tracks/11/topics/8/", 3),
    Page("results API, 50 rows", "/api/v1/results/", "/results/", 2),
]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        environment = {**servers_named(), "PORTAL_MODE": "embedded", "PORTAL_VAR": folder, "LOG_LEVEL": "WARNING"}
        portal_side("prepare", environment)
        counts = json.loads(portal_side("queries", environment))
        application, *options = GUNICORN
        with (
            serving(application, options, environment) as portal,
            serving("benchmarks.bare:application", options, environment) as bare,
        ):
            measure(portal, bare)
    print_costs()
    constant = print_queries(counts)
    return 0 if constant and all(page.holds for page in PAGES) else 1


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


def measure(portal: Server, bare: Server) -> None:
    for page in PAGES:
        portal.cost(page.address, REQUESTS)
        bare.cost(page.bare, REQUESTS)
    for _ in range(ROUNDS):
        for page in PAGES:
            page.costs.append((portal.cost(page.address, REQUESTS), bare.cost(page.bare, REQUESTS)))


def print_costs() -> None:
    print(f"\nCPU time a request, {ROUNDS} rounds of {REQUESTS} requests, medians; the ratio with its range\n")
    print(f"{'page':<28}{'portal':>10}{'bare':>10}{'ratio':>8}{'range':>14}{'target':>9}")
    for page in PAGES:
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


if __name__ == "__main__":
    sys.exit(main())
