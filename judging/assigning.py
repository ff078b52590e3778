"""Who judges what: every entry gets its judges, no conflict is crossed, the load is as even as it can be.

Plain data in, plain data out. A judge who may not score an entry is ``barred`` from it for a reason; a pair
that exists already counts as load and stays. The same input gives the same plan, in whatever order it comes.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

Pair = tuple[int, int]


@dataclass(frozen=True)
class Shortfall:
    """An entry that gets fewer judges than asked, because so many are barred from it."""

    entry: int
    asked: int
    found: int
    barred: Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    pairs: tuple[Pair, ...]
    loads: Mapping[int, int]
    shortfalls: tuple[Shortfall, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same new pairs: what somebody confirms is what they have seen."""
        return hashlib.sha256(repr(self.pairs).encode()).hexdigest()


def plan(
    entries: Collection[int],
    judges: Collection[int],
    *,
    asked: int,
    barred: Mapping[Pair, str],
    existing: Collection[Pair] = (),
) -> Plan:
    """Pair each of ``entries`` with ``asked`` of ``judges``, those of ``existing`` counted in.

    A greedy start, then moves along the shortest chain from a busy judge to one who has two fewer, until
    there is none. For such a plan no other has a more even load (Harvey and others, "Semi-matchings").
    """
    board = _Board(entries, judges, barred, existing)
    wanted = {entry: asked - board.kept[entry] for entry in board.entries}
    for entry in sorted(board.entries, key=lambda entry: (len(board.free[entry]) - wanted[entry], entry)):
        for judge in board.least_loaded(entry, wanted[entry]):
            board.give(entry, judge)
    while chain := board.chain_to_a_freer_judge():
        board.move_along(chain)
    pairs = tuple(sorted((entry, judge) for judge, given in board.given.items() for entry in given))
    found = Counter(entry for entry, _judge in pairs) + board.kept
    short = (entry for entry in board.entries if found[entry] < asked)
    reasons = _reasons(barred, set(board.given))
    return Plan(
        pairs=pairs,
        loads=dict(board.loads),
        shortfalls=tuple(Shortfall(entry, asked, found[entry], reasons.get(entry, {})) for entry in short),
    )


class _Board:
    """A plan in the making."""

    def __init__(
        self, entries: Iterable[int], judges: Iterable[int], barred: Mapping[Pair, str], existing: Collection[Pair]
    ):
        self.entries = sorted(entries)
        everybody = sorted(judges)
        taken = {*barred, *existing}
        self.free = {entry: [each for each in everybody if (entry, each) not in taken] for entry in self.entries}
        self.kept = Counter(entry for entry, _judge in existing)
        self.loads = Counter(dict.fromkeys(everybody, 0))
        self.loads.update(judge for _entry, judge in existing if judge in self.loads)
        self.given: dict[int, set[int]] = {judge: set() for judge in everybody}

    def least_loaded(self, entry: int, count: int) -> list[int]:
        return sorted(self.free[entry], key=lambda judge: (self.loads[judge], _shuffle(entry, judge)))[: max(count, 0)]

    def give(self, entry: int, judge: int) -> None:
        self.given[judge].add(entry)
        self.loads[judge] += 1

    def take(self, entry: int, judge: int) -> None:
        self.given[judge].remove(entry)
        self.loads[judge] -= 1

    def chain_to_a_freer_judge(self) -> list[tuple[int, int, int]]:
        """Steps (entry, from, to) that take one entry off a judge and end with one who has two fewer."""
        lowest = min((self.loads[judge] for judge in self.given), default=0)
        for busy in sorted(self.given, key=lambda judge: (-self.loads[judge], judge)):
            if self.loads[busy] - 2 < lowest:
                break
            if chain := self._chain_from(busy):
                return chain
        return []

    def _chain_from(self, busy: int) -> list[tuple[int, int, int]]:
        came: dict[int, tuple[int, int, int]] = {}
        queue = deque([busy])
        while queue:
            judge = queue.popleft()
            if self.loads[judge] <= self.loads[busy] - 2:
                return _walk_back(came, busy, judge)
            for entry in sorted(self.given[judge]):
                for other in self.free[entry]:
                    if other != busy and other not in came and entry not in self.given[other]:
                        came[other] = (entry, judge, other)
                        queue.append(other)
        return []

    def move_along(self, chain: list[tuple[int, int, int]]) -> None:
        for entry, giver, taker in chain:
            self.take(entry, giver)
            self.give(entry, taker)


def _walk_back(came: Mapping[int, tuple[int, int, int]], start: int, end: int) -> list[tuple[int, int, int]]:
    chain = []
    while end != start:
        step = came[end]
        chain.append(step)
        end = step[1]
    return chain


def _reasons(barred: Mapping[Pair, str], judges: set[int]) -> dict[int, Counter[str]]:
    reasons: dict[int, Counter[str]] = {}
    for (entry, judge), reason in barred.items():
        if judge in judges:
            reasons.setdefault(entry, Counter())[reason] += 1
    return reasons


def _shuffle(entry: int, judge: int) -> bytes:
    """Mixes who sits together, so that panels are not the same three people again and again."""
    return hashlib.blake2b(b"%d:%d" % (entry, judge), digest_size=8).digest()
