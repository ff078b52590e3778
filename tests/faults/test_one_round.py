"""One round of each fault of ``make faults``, which runs each twenty times: the portal's servers are killed and cut
while teams hand in, and what the teams hold is compared with the books."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.servers import outside_environment

pytestmark = pytest.mark.faults

FAULTS = ["F1", "F2", "F3", "F5", "F6", "F11", "F14", "F18", "F19", "F27", "F39"]
PATIENCE = 1200


@pytest.fixture(scope="module")
def said():
    """What the run says, by fault."""
    done = subprocess.run(
        [sys.executable, "benchmarks/faults.py", "--rounds", "1"],
        cwd=settings.BASE_DIR, env=outside_environment(), capture_output=True, text=True, check=False,
        timeout=PATIENCE,
    )  # fmt: skip
    parts = [part.partition(":") for part in done.stdout.split("\n\n")]
    told, current = {}, ""
    for name, _colon, rest in parts:
        current = name if name in FAULTS else current
        told[current] = told.get(current, "") + rest + name
    return told | {"": done.stderr[-3000:]}


@pytest.mark.parametrize("name", FAULTS)
def test_what_teams_hold_is_in_the_books_after(said, name):
    assert "0 lost, 0 duplicated, 0 wrongly late" in said.get(name, ""), said.get(name, "") + said[""]


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_else_is_wrong_after(said, name):
    assert "WRONG" not in said.get(name, "WRONG: it did not run"), said.get(name)
