"""What clients know: written down as it happens, a line each, so that a run which dies leaves its journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RECEIPT, LATE, REFUSED, BUSY, BROKEN = "receipt", "late", "refused", "busy", "broken"


@dataclass(frozen=True)
class Attempt:
    """One press of the button, as the client saw it. Times are seconds since 1970, by the one clock of this machine."""

    entry: str
    user: int
    key: str
    # When its first byte reached the proxy, which is what the team is judged by.
    sent: float
    ended: float
    outcome: str
    status: int = 0
    receipt: str = ""


@dataclass(frozen=True)
class Kept:
    """A receipt that a client has downloaded."""

    entry: str
    key: str
    document: dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """A file that the portal said it has."""

    entry: str
    sha256: str
    size: int
    # Replaced by a later one of the same slot it is out of the draft, but never gone.
    slot: str = "evidence"


@dataclass(frozen=True)
class Deadline:
    """From some moment between ``began`` and ``ended`` on, this end holds."""

    began: float
    ended: float
    closes_at: float


@dataclass
class Journal:
    attempts: list[Attempt] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    # The proxy stamped each request with its first byte's time; without one, the portal's own clock counts.
    is_stamped: bool = True

    def rows(self) -> Iterator[Any]:
        yield from (*self.attempts, *self.kept, *self.sent, *self.deadlines)


KINDS: dict[str, tuple[type[Any], str]] = {
    "Attempt": (Attempt, "attempts"),
    "Kept": (Kept, "kept"),
    "Sent": (Sent, "sent"),
    "Deadline": (Deadline, "deadlines"),
}


class Writer:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, row: Any) -> None:
        self.file.write(json.dumps({"what": type(row).__name__, **asdict(row)}, ensure_ascii=False) + "\n")


def read(path: Path, *, is_stamped: bool = True) -> Journal:
    journal = Journal(is_stamped=is_stamped)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind, among = KINDS[row.pop("what")]
        getattr(journal, among).append(kind(**row))
    return journal
