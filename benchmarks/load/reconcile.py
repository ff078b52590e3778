"""The verdict after each run: what clients have in hand, against what the portal has in its books.

``lost``: a receipt or a file that a client was given and the portal doesn't have as it was given, or a press of the
button that came in time and has no receipt in the end. ``duplicated``: more than one effect of one key. ``wrongly
late``: in time by its first byte and refused, too late and taken for in time, or booked at another moment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from benchmarks.load.books import Books
from benchmarks.load.journal import LATE, RECEIPT, REFUSED, Attempt, Deadline, Journal

FOREVER = float("inf")
# The stamp has milliseconds.
EXACT = 0.002
NOT_IN_TIME = "late"
SHOWN = 10


@dataclass
class Verdict:
    receipts: int
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    wrongly_late: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.lost or self.duplicated or self.wrongly_late)

    def __str__(self) -> str:
        counts = f"{len(self.lost)} lost, {len(self.duplicated)} duplicated, {len(self.wrongly_late)} wrongly late"
        return f"reconciled: {self.receipts} receipts, {counts}"

    def words(self) -> Iterator[str]:
        """What is wrong, the first few of each kind, and then the verdict."""
        for name in ("lost", "duplicated", "wrongly_late"):
            found = getattr(self, name)
            yield from (f"  {name.replace('_', ' ')}: {each}" for each in found[:SHOWN])
            if len(found) > SHOWN:
                yield f"  {name.replace('_', ' ')}: and {len(found) - SHOWN} more"
        yield str(self)


def reconcile(journal: Journal, books: Books, *, twice_allowed: int = 0) -> Verdict:
    """``twice_allowed``: mails that may have left twice, one for each worker that was killed with one in hand."""
    known = {each.receipt for each in journal.attempts if each.receipt} | {_id(each.document) for each in journal.kept}
    by_key = _by_key(journal.attempts)
    verdict = Verdict(receipts=len(known))
    for check in (_lost, _duplicated, _wrongly_late):
        getattr(verdict, check.__name__.lstrip("_")).extend(check(journal, books, by_key))
    if books.sent_twice > twice_allowed:
        verdict.duplicated.append(f"{books.sent_twice} mails left twice, at most {twice_allowed} may")
    return verdict


Keys = dict[tuple[int, str], list[Attempt]]


def _by_key(attempts: Iterable[Attempt]) -> Keys:
    found = defaultdict(list)
    for attempt in attempts:
        found[attempt.user, attempt.key].append(attempt)
    return dict(found)


def _id(document: dict) -> str:
    return str(document["receipt"]["id"])


def _lost(journal: Journal, books: Books, by_key: Keys) -> Iterator[str]:
    yield from _lost_receipts(journal, books)
    for file in journal.sent:
        if (file.entry, file.sha256) not in books.files:
            yield f"file {file.sha256[:12]} of entry {file.entry}"
    for (_user, key), attempts in by_key.items():
        # Whoever was told "too late" has an answer; whoever gave up after a broken line may still be in the books.
        if not any(each.outcome in {RECEIPT, LATE, REFUSED} for each in attempts):
            yield f"key {key} never got an answer: {Counter(each.outcome for each in attempts)}"
    yield from books.unsent


def _lost_receipts(journal: Journal, books: Books) -> Iterator[str]:
    for attempt in journal.attempts:
        if attempt.receipt and attempt.receipt not in books.receipts:
            yield f"receipt {attempt.receipt} of key {attempt.key}"
    for kept in journal.kept:
        booked = books.receipts.get(_id(kept.document))
        if booked is None or booked.document != kept.document or booked.entry != kept.entry:
            yield f"receipt {_id(kept.document)} as its team has it"
    for name, booked in books.receipts.items():
        yield from (f"receipt {name}: {fault}" for fault in booked.faults)


def _duplicated(journal: Journal, books: Books, by_key: Keys) -> Iterator[str]:
    kept: defaultdict[str, set[str]] = defaultdict(set)
    for each in journal.kept:
        kept[each.key].add(_id(each.document))
    for (user, key), attempts in by_key.items():
        given = {each.receipt for each in attempts if each.receipt}
        given |= kept.get(key, set())
        if len(given) > 1:
            yield f"key {key} has receipts {sorted(given)}"
        booked = books.keys.get((user, key))
        if given and booked and booked not in given:
            yield f"key {key} is booked for {booked}, its team has {sorted(given)}"
    keys_of: defaultdict[str, set[str]] = defaultdict(set)
    for (_user, key), attempts in by_key.items():
        keys_of[attempts[0].entry].add(key)
    for entry, count in books.versions.items():
        if entry in keys_of and count > len(keys_of[entry]):
            yield f"entry {entry} has {count} versions from {len(keys_of[entry])} keys"


def _wrongly_late(journal: Journal, books: Books, by_key: Keys) -> Iterator[str]:
    may_hold = _ends(journal.deadlines)
    for (_user, key), attempts in by_key.items():
        yield from _judged(key, attempts, may_hold, journal, books)
    if journal.is_stamped:
        yield from _misdated(journal, books)


def _judged(
    key: str, attempts: list[Attempt], may_hold: Callable[[Attempt], list[float]], journal: Journal, books: Books
) -> Iterator[str]:
    in_time = [each for each in attempts if _surely_in_time(each, may_hold(each), is_stamped=journal.is_stamped)]
    for each in in_time:
        if each.outcome in {REFUSED, LATE}:
            yield f"key {key}: came at {each.sent:.3f}, in time, and was refused with {each.status}"
    receipt = next((each.receipt for each in attempts if each.receipt in books.receipts), None)
    if receipt is None:
        return
    said = books.receipts[receipt].document.get("receipt", {})
    is_late = str(said.get("rule", "")).startswith(NOT_IN_TIME)
    if in_time and is_late:
        yield f"key {key}: came in time, and its receipt says too late"
    if not is_late and all(each.sent >= max(may_hold(each)) for each in attempts):
        yield f"key {key}: came too late, and its receipt says {said.get('rule')}"


def _misdated(journal: Journal, books: Books) -> Iterator[str]:
    """A receipt counts from the press that it was made for. The same content again, under another key, gives it too."""
    presses: defaultdict[str, list[Attempt]] = defaultdict(list)
    keys = {(each.user, each.key): each.receipt for each in journal.attempts if each.receipt}
    for attempt in journal.attempts:
        presses[keys.get((attempt.user, attempt.key), "")].append(attempt)
    for receipt, attempts in presses.items():
        if receipt in books.receipts:
            said = books.receipts[receipt].document["receipt"]
            booked = datetime.fromisoformat(said["received_at"]).timestamp()
            nearest = min((booked - each.sent for each in attempts), key=abs)
            if abs(nearest) > EXACT:
                yield f"receipt {receipt}: booked {nearest:+.3f} s off the moment it came"


def _surely_in_time(attempt: Attempt, ends: list[float], *, is_stamped: bool) -> bool:
    return (attempt.sent if is_stamped else attempt.ended) < min(ends)


def _ends(deadlines: list[Deadline]) -> Callable[[Attempt], list[float]]:
    """The ends that may have held while an attempt was decided: more than one where somebody moved it meanwhile."""
    # Before the first one that is noted, none that matters.
    known = [Deadline(-FOREVER, -FOREVER, FOREVER), *sorted(deadlines, key=lambda each: each.began)]
    spans = [(now.began, after.ended, now.closes_at) for now, after in pairwise(known)]
    spans.append((known[-1].began, FOREVER, known[-1].closes_at))

    def may_hold(attempt: Attempt) -> list[float]:
        return [end for began, ended, end in spans if began <= attempt.ended and attempt.sent <= ended]

    return may_hold
