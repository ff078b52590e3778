import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

PATIENCE = 60.0
PARENT = """
import sys
from pathlib import Path
from portal.core.processes import ChildGaveUpError, Supervisor

folder = Path(sys.argv[1])
command, second = (["sh", "-c", each] for each in sys.argv[2:])
try:
    Supervisor({"first": command, "second": second}, folder=folder, environment={}).run(
        ready=lambda: True, when_ready=lambda: None
    )
except ChildGaveUpError as error:
    sys.exit(str(error))
"""
# Each child notes its own number and that of a grandchild, then waits for ever.
CHILD = 'sleep 1000 & echo "$$ $!" >> pids; wait'


@contextmanager
def supervisor(folder: Path) -> Iterator[subprocess.Popen]:
    with subprocess.Popen([sys.executable, "-c", PARENT, folder, CHILD, CHILD]) as process:
        try:
            yield process
        finally:
            process.terminate()


def eventually(condition: Callable[[], object]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(condition())


def children(folder: Path) -> list[int]:
    path = folder / "pids"
    return [int(line.split()[0]) for line in path.read_text().splitlines()] if path.exists() else []


def family(folder: Path) -> list[int]:
    return [int(number) for number in (folder / "pids").read_text().split()]


def is_running(pid: int) -> bool:
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_child_and_what_it_started(tmp_path, number):
    with supervisor(tmp_path) as parent:
        assert eventually(lambda: len(children(tmp_path)) == 2)
        parent.send_signal(number)
        assert parent.wait(timeout=PATIENCE) == 0

    # What is killed is gone a moment later.
    assert eventually(lambda: not [pid for pid in family(tmp_path) if is_running(pid)])


def test_a_killed_parent_leaves_no_child(tmp_path):
    with supervisor(tmp_path) as parent:
        assert eventually(lambda: len(children(tmp_path)) == 2)
        parent.kill()

    assert eventually(lambda: not [pid for pid in children(tmp_path) if is_running(pid)])
    for pid in filter(is_running, family(tmp_path)):
        os.kill(pid, signal.SIGKILL)


def test_a_child_that_dies_is_started_again(tmp_path):
    with supervisor(tmp_path):
        assert eventually(lambda: len(children(tmp_path)) == 2)
        os.kill(children(tmp_path)[1], signal.SIGKILL)

        assert eventually(lambda: len(children(tmp_path)) == 3)


def test_a_child_that_keeps_dying_ends_everything_with_a_sentence(tmp_path):
    parent = [sys.executable, "-c", PARENT, tmp_path, "exit 7", "exec sleep 1000"]
    ended = subprocess.run(parent, capture_output=True, text=True, timeout=PATIENCE, check=False)

    assert ended.stderr.splitlines()[-1] == (
        "The first process ended 4 times within 30 seconds (exit code 7); its own words stand above."
    )
