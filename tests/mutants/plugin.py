"""A pytest session that collects as any other and then, instead of running the tests, tries mutants on them.

The test database is made and the world built once. Each mutant gets a fork of that: it changes the code in memory, runs
the tests that come by the guard, and leaves at the first that fails. What became of it is written down at once, so that
a run that was broken off is taken up where it was.
"""

from __future__ import annotations

import gc
import hashlib
import mmap
import os
import resource
import time
from pathlib import Path
from typing import Any

import pytest

from tests.mutants import running, score, swap
from tests.mutants.kept import Ledger, Reach, Result, States, equivalents
from tests.mutants.score import BROKEN, KILLED, NOT_APPLIED, SURVIVED, UNREACHED
from tests.mutants.sites import Mutant, all_mutants, keys_of

ROOT = Path(__file__).parents[2]
FIRST = "tests/visibility/"
SOON = [
    "test_roles.py",
    "test_administration.py",
    "test_rows.py",
    "test_cells.py",
    "test_programs.py",
    "test_states.py",
    "test_questions.py",
    "test_counts.py",
]
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


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--mutants-in", default="", help="only guards whose name has one of these words (a,b,c)")
    parser.addoption("--at-once", type=int, default=1, help="how many to try side by side")
    parser.addoption("--patience", type=int, default=120, help="seconds of processor time for one guard and stage")
    parser.addoption("--kept-in", default="", help="the folder that keeps what is known")
    parser.addoption("--stage", type=int, default=0, help="1: only tests/visibility; 2: only the rooms' own tests")
    parser.addoption("--score", action="store_true", help="try nothing, tell what is known")


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
        running.WORLDS[:] = [world]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: Any) -> bool:
    with session.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        Trial(session).run()
    return True


class Trial:
    def __init__(self, session: Any):
        option = session.config.getoption
        self.session, self.at_once, self.patience = session, option("--at-once"), option("--patience")
        kept = Path(option("--kept-in") or ROOT / "var" / "mutants")
        self.kept, self.stage, self.states = kept, option("--stage"), States(ROOT)
        self.ledger, self.reach = Ledger(kept / "results.jsonl"), Reach(kept / "reach.jsonl")
        self.everything = all_mutants(ROOT)
        words = [word for word in option("--mutants-in").split(",") if word]
        chosen = [each for each in self.everything if not words or any(word in each.name for word in words)]
        self.equivalent = equivalents()
        self.mutants = [each for each in chosen if each.key not in self.equivalent]
        self.is_asked_only = option("--score")
        self.tests = {item.nodeid for item in session.items}
        # It may be that only some rooms were collected.
        self.files = {test.partition("::")[0] for test in self.tests}

    def run(self) -> None:
        if not self.is_asked_only and self._open():
            for path in {mutant.path for mutant in self.everything}:
                swap.module_of(path)
            self._warm_up()
            for number, is_ours in enumerate((_is_first, _is_own)):
                if self.stage not in {0, number + 1}:
                    continue
                left = self._open()
                items = [item for item in self.session.items if is_ours(item, left)]
                print(f"\nstage {number + 1}: {len(items)} tests, {len(left)} guards", flush=True)
                if items and left:
                    self._look_where_tests_go(items)
                    self._try(self._open(), items)
        score.conclude(self.mutants, self.ledger, self.equivalent, {each.key for each in self.everything})

    def _open(self) -> list[Mutant]:
        """What no test has noticed so far, or whose test is there no more."""
        return [each for each in self.mutants if not self._is_settled(each)]

    def _is_settled(self, mutant: Mutant) -> bool:
        known = self.ledger.of(mutant)
        if known is None or known.result != KILLED:
            return known is not None and known.result == NOT_APPLIED
        file = known.by.partition("::")[0]
        return known.by in self.tests if file in self.files else (ROOT / file).exists()

    def _warm_up(self) -> None:
        """One test, so that the database and the world are there; a second one is named so that they stay."""
        items = sorted(self.session.items, key=lambda item: (not _is_first(item, []), *_cheapest_first(item)))
        running.run(items[0], items[1])
        self.functions = swap.living()
        running.look_who_remembers()
        self.views = {mutant.key: _view_key(mutant) for mutant in self.everything if mutant.view}
        gc.freeze()

    def _look_where_tests_go(self, items: list[Any]) -> None:
        """Tests that are new, or whose file is another than when they were last looked at."""
        unknown = [
            item for item in items if self.reach.states.get(item.nodeid, ("",))[0] != self.states.file(item.nodeid)
        ]
        if not unknown:
            return
        unknown.sort(key=_cheapest_first)
        print(f"looking where {len(unknown)} tests go", flush=True)
        keys = keys_of(self.everything)
        rows = running.traced(self.session, unknown, lambda: swap.put_probes(ROOT, keys, self.functions))
        for number, holds, guards in rows:
            self._note_state(unknown[number].nodeid, holds, guards)
        failed = [item.nodeid for item in unknown if not self._stands(item)]
        if failed:
            print("These fail without a mutant, too:", *failed, sep="\n  ", flush=True)

    def _note_state(self, test: str, holds: bool, guards: list[str] | None = None) -> None:  # noqa: FBT001
        self.reach.note(
            test=test, file=self.states.file(test), state=self.states.whole(test), holds=holds, guards=guards
        )

    def _stands(self, item: Any) -> bool:
        """Whether it passes with the code as it is: what fails anyhow notices nothing."""
        test = item.nodeid
        if test not in self.reach.states or self.reach.states[test][1] != self.states.whole(test):
            self._note_state(test, running.holds(self.session, item))
        return self.reach.states[test][2]

    def _try(self, mutants: list[Mutant], items: list[Any]) -> None:
        by_guard = self._by_guard(items)
        running_now: dict[int, _Attempt] = {}
        waiting = list(mutants)
        while waiting or running_now:
            while waiting and len(running_now) < self.at_once:
                if attempt := self._next(waiting, by_guard):
                    running_now[self._fork(attempt)] = attempt
            if running_now:
                child, status = os.wait()
                attempt = running_now.pop(child)
                if not self._settle(attempt, CODES.get(os.waitstatus_to_exitcode(status), BROKEN)):
                    waiting.insert(0, attempt.mutant)

    def _by_guard(self, items: list[Any]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for item in items:
            for guard in self.reach.guards.get(item.nodeid, ()):
                found.setdefault(guard, []).append(item)
        return {mutant.key: found.get(self.views.get(mutant.key, mutant.key), []) for mutant in self.mutants}

    def _next(self, waiting: list[Mutant], by_guard: dict[str, list[Any]]) -> _Attempt | None:
        """What is still to be tried, unless another run has settled it meanwhile or no test comes by."""
        mutant = waiting.pop(0)
        self.ledger.refresh()
        if self._is_settled(mutant):
            return None
        attempt = _Attempt(mutant, self._in_order(mutant, by_guard[mutant.key]))
        if not attempt.items and self.ledger.of(mutant) is None:
            self.ledger.note(mutant, Result(UNREACHED))
        return attempt if attempt.items else None

    def _in_order(self, mutant: Mutant, items: list[Any]) -> list[Any]:
        """Those that it has not passed yet as they are now: new ones first, and what comes by few guards."""
        known = self.ledger.of(mutant)
        tried = known.tried if known else {}
        left = [
            item
            for item in items
            if tried.get(_short(item.nodeid)) != self.states.whole(item.nodeid) and self.reach.states[item.nodeid][2]
        ]
        return sorted(
            left,
            key=lambda item: (
                _short(item.nodeid) in tried,
                _cheapest_first(item) if item.nodeid.startswith(FIRST) else (0, ""),
                len(self.reach.guards[item.nodeid]) // 4 if not item.nodeid.startswith(FIRST) else 0,
                _place(mutant.name, item.nodeid),
            ),
        )

    def _fork(self, attempt: _Attempt) -> int:
        if child := os.fork():
            return child
        resource.setrlimit(resource.RLIMIT_CPU, (self.patience, self.patience))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        running.be_silent()
        try:
            swap.apply(ROOT, attempt.mutant, self.functions)
        except BaseException:  # noqa: BLE001 - a fork may not come back into the session
            os._exit(3)
        running.set_out(self.session, attempt.items)
        for number, (item, after) in enumerate(running.pairs(attempt.items)):
            attempt.say(number)
            if running.fails(item, after):
                os._exit(1)
        attempt.say(len(attempt.items))
        os._exit(0)

    def _settle(self, attempt: _Attempt, result: str) -> bool:
        """False if what noticed it would have failed anyhow: then it has its turn once more without that test."""
        by = ""
        if result == KILLED:
            item = attempt.items[attempt.passed]
            by = item.nodeid
            if not self._stands(item):
                return False
        known = self.ledger.of(attempt.mutant)
        tried = dict(known.tried) if known else {}
        tried |= {_short(item.nodeid): self.states.whole(item.nodeid) for item in attempt.items[: attempt.passed]}
        self.ledger.note(attempt.mutant, Result(result, by, {} if result == KILLED else tried))
        seconds = time.monotonic() - attempt.since
        print(f"{result:12} {seconds:6.1f} s  {attempt.passed:4} passed  {attempt.mutant.name}  {by}", flush=True)
        return True


class _Attempt:
    """How far it has come is in memory that it shares with its fork."""

    def __init__(self, mutant: Mutant, items: list[Any]):
        self.mutant, self.items, self.since = mutant, items, time.monotonic()
        self.shared = mmap.mmap(-1, 8)

    def say(self, passed: int) -> None:
        self.shared[:8] = passed.to_bytes(8, "little")

    @property
    def passed(self) -> int:
        return int.from_bytes(self.shared[:8], "little")


def _is_first(item: Any, mutants: list[Mutant]) -> bool:
    return item.nodeid.startswith(FIRST)


def _is_own(item: Any, mutants: list[Mutant]) -> bool:
    """Whether it is a test of one of those rooms that mutants are left in."""
    rooms = [room for room in OWN if any(mutant.path.startswith(f"{room}/") for mutant in mutants)]
    return item.nodeid.startswith(tuple(f"tests/{name}/" for room in rooms for name in OWN[room]))


def _cheapest_first(item: Any) -> tuple[int, str]:
    """Querysets asked by themselves, then cells of the matrix, walks through the whole site last."""
    name = item.path.name
    return (SOON.index(name) if name in SOON else len(SOON) + (name == "test_crawl.py")), name


def _view_key(mutant: Mutant) -> str:
    return running.view_key(swap.module_of(mutant.path).__name__, mutant.view)


def _place(*parts: str) -> bytes:
    """In no order in particular, the same every time: one that fails is then not far."""
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _short(test: str) -> str:
    return _place(test).hex()[:10]
