"""A pytest session that collects as any other and then, instead of running the tests, tries mutants on them.

The test database is made and the world built once. Each mutant gets a fork of that: it changes the code in memory, runs
the tests that come through the changed function, and leaves at the first that fails.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import swap
from tests.mutants.sites import Mutant, all_mutants

ROOT = Path(__file__).parents[2]
FIRST = "tests/visibility/"
LONGEST = 600
KILLED, SURVIVED, NOT_APPLIED, UNREACHED, BROKEN = "killed", "SURVIVED", "not applied", "UNREACHED", "BROKEN OFF"
CODES = {1: KILLED, 0: SURVIVED, 3: NOT_APPLIED}
# Each room's own tests, for what tests/visibility has not noticed.
OWN = {
    "portal/accounts": ("accounts", "api"),
    "portal/core": ("core", "api", "dashboards"),
    "portal/dashboards": ("dashboards", "api"),
    "portal/notifications": ("notifications",),
    "tracks": ("tracks", "api", "dashboards"),
    "submissions": ("submissions", "dashboards"),
    "judging": ("judging", "api", "dashboards"),
}
WORLDS: list[Any] = []


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--mutants-in", default="", help="only mutants whose name has one of these words (a,b,c)")
    parser.addoption("--at-once", type=int, default=1, help="how many to try side by side")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Threads and processes of a test's own would not find the database that is in this one's memory."""
    items[:] = [item for item in items if not _needs_a_real_database(item)]


def _needs_a_real_database(item: Any) -> bool:
    marker = item.get_closest_marker("django_db")
    is_real = bool(marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,)))
    return is_real or "transactional_db" in item.fixturenames or item.get_closest_marker("browser") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: Any) -> None:
    if (world := item.funcargs.get("world")) is not None:
        WORLDS[:] = [world]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: Any) -> bool:
    with session.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        Trial(session).run()
    return True


class Trial:
    def __init__(self, session: Any):
        self.session = session
        first = [item for item in session.items if item.nodeid.startswith(FIRST)]
        rest = [item for item in session.items if not item.nodeid.startswith(FIRST)]
        self.stages = [sorted(first, key=_cells_first), rest]
        self.at_once = session.config.getoption("--at-once")
        words = [word for word in session.config.getoption("--mutants-in").split(",") if word]
        self.mutants = [each for each in all_mutants(ROOT) if not words or any(word in each.name for word in words)]
        for path in {mutant.path for mutant in self.mutants}:
            swap.module_of(path)

    def run(self) -> None:
        started = time.monotonic()
        self._warm_up()
        results = dict.fromkeys(self.mutants, UNREACHED)
        for number, tests in enumerate(self.stages):
            left = [mutant for mutant, result in results.items() if result in {SURVIVED, UNREACHED}]
            items = tests if number == 0 else _own(tests, left)
            if items and left:
                reached = self._reached(items)
                print(f"\nstage {number + 1}: {len(items)} tests, {len(left)} mutants", flush=True)
                self._try(left, items, reached, results, may_turn_away=number == 0)
        _conclude(results, time.monotonic() - started)

    def _warm_up(self) -> None:
        """One test, so that the database and the world are there; a second one is named so that they stay."""
        items = self.stages[0] or self.stages[1]
        _run(items[0], items[1])
        self.functions = swap.living()

    def _reached(self, items: list[Any]) -> dict[swap.Key, list[int]]:
        """Which tests come through which functions; found out in a fork, which keeps this process as it is."""
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            os.close(reading)
            with os.fdopen(writing, "w") as out:
                json.dump(_traced(items), out)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            pairs = json.load(answer)
        os.waitpid(child, 0)
        return {(name, qualname, line): numbers for (name, qualname, line), numbers in pairs}

    def _try(
        self, mutants: list[Mutant], items: list[Any], reached: Any, results: dict[Mutant, str], *, may_turn_away: bool
    ) -> None:
        running: dict[int, tuple[Mutant, float]] = {}
        waiting = list(mutants)
        while waiting or running:
            while waiting and len(running) < self.at_once:
                mutant = waiting.pop(0)
                chosen = [items[number] for number in self._numbers(mutant, items, reached, may_turn_away)]
                if chosen:
                    running[self._fork(mutant, chosen)] = mutant, time.monotonic()
            if running:
                child, status = os.wait()
                mutant, since = running.pop(child)
                results[mutant] = CODES.get(os.waitstatus_to_exitcode(status), BROKEN)
                print(f"{results[mutant]:12} {time.monotonic() - since:6.1f} s  {mutant.name}", flush=True)

    def _numbers(self, mutant: Mutant, items: list[Any], reached: Any, may_turn_away: bool) -> list[int]:  # noqa: FBT001
        if mutant.view:
            # Whoever is turned away never comes through the view.
            return list(range(len(items))) if may_turn_away else []
        keys = [swap.key_of(code) for code in swap.changed(ROOT, mutant)]
        numbers = {number for key in keys for number in reached.get(key, ())}
        return sorted(numbers, key=lambda number: (_module(items[number]), _place(mutant.name, items[number].nodeid)))

    def _fork(self, mutant: Mutant, items: list[Any]) -> int:
        if child := os.fork():
            return child
        signal.alarm(LONGEST)
        try:
            swap.apply(ROOT, mutant, self.functions)
        except swap.NotAppliedError:
            os._exit(3)
        except BaseException as error:  # noqa: BLE001 - a fork may not come back into the session
            print(f"{mutant.name}: {error!r}", flush=True)
            os._exit(3)
        _set_out(self.session, items)
        os._exit(1 if any(_fails(item, after) for item, after in _pairs(items)) else 0)


def _own(items: list[Any], mutants: list[Mutant]) -> list[Any]:
    """The tests of those rooms that mutants are left in."""
    folders = {f"tests/{name}/" for room, names in OWN.items() for name in names if _is_in(room, mutants)}
    return [item for item in items if item.nodeid.startswith(tuple(folders))]


def _is_in(room: str, mutants: list[Mutant]) -> bool:
    return any(mutant.path.startswith(f"{room}/") for mutant in mutants)


def _cells_first(item: Any) -> tuple[bool, bool, str]:
    return "test_cells" not in item.nodeid, "test_everybody" not in item.nodeid, _module(item)


def _module(item: Any) -> str:
    """A world is built for each module, so each has its turn as a whole, the cells of the matrix first."""
    return item.nodeid.partition("::")[0].replace("test_cells", "")


def _place(*parts: str) -> bytes:
    """In no order in particular, the same every time: one that fails is then not far."""
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _pairs(items: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(items, [*items[1:], None], strict=True))


def _set_out(session: Any, items: list[Any]) -> None:
    """What the first test doesn't share with the one before is taken down."""
    session._setupstate.teardown_exact(items[0])
    _forget()


def _run(item: Any, after: Any) -> list[Any]:
    from _pytest.runner import runtestprotocol

    return runtestprotocol(item, nextitem=after, log=False)


def _fails(item: Any, after: Any) -> bool:
    return any(report.failed for report in _run(item, after))


def _forget() -> None:
    """The answers that the world remembers were given by other code."""
    for world in WORLDS:
        world.__dict__.pop("answers", None)
        world.__dict__.pop("twins", None)


def _traced(items: list[Any]) -> list[Any]:
    """For each function of the portal the numbers of the tests that call it."""
    rooms = tuple(str(ROOT / room) for room in ("portal", "tracks", "submissions", "judging"))
    found: dict[Any, set[int]] = {}
    called: set[Any] = set()

    def note(frame: Any, event: str, argument: Any) -> None:
        if frame.f_code.co_filename.startswith(rooms):
            called.add(frame.f_code)

    failed = []
    _set_out(items[0].session, items)
    for number, (item, after) in enumerate(_pairs(items)):
        called.clear()
        sys.settrace(note)
        if _fails(item, after):
            failed.append(number)
        sys.settrace(None)
        for code in called:
            found.setdefault(code, set()).add(number)
        _forget()
    if failed:
        names = "\n  ".join(items[number].nodeid for number in failed)
        print(f"These fail without a mutant, too:\n  {names}", flush=True)
    return [[swap.key_of(code), sorted(numbers.difference(failed))] for code, numbers in found.items()]


def _conclude(results: dict[Mutant, str], seconds: float) -> None:
    counted = Counter(results.values())
    tried = sum(counted.values()) - counted[NOT_APPLIED]
    print("\nNot noticed:")
    for mutant, result in results.items():
        if result not in {KILLED, NOT_APPLIED}:
            print(f"  {result:10} {mutant.name}")
    print(f"\n{dict(counted)} in {seconds:.0f} s")
    print(f"score: {counted[KILLED]} of {tried} = {100 * counted[KILLED] / max(tried, 1):.1f} %")
