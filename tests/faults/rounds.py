"""What ``benchmarks/faults.py`` says after one round of some faults."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable

from django.conf import settings

from tests.servers import outside_environment

# It waits for things to happen and measures nothing: a machine that is busy with other things takes longer.
PATIENCE = 1200
HOLDS = "0 lost, 0 duplicated, 0 wrongly late"


def one_round(faults: Iterable[str]) -> dict[str, str]:
    """By fault; what went to stderr under the empty name."""
    wanted = list(faults)
    done = subprocess.run(
        [sys.executable, "benchmarks/faults.py", "--rounds", "1", "--only", ",".join(wanted)],
        cwd=settings.BASE_DIR, env=outside_environment(), capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    told, current = {"": done.stderr[-3000:]}, ""
    for name, _colon, rest in (part.partition(":") for part in done.stdout.split("\n\n")):
        current = name if name in wanted else current
        if current:
            told[current] = told.get(current, "") + rest + name
    return told
