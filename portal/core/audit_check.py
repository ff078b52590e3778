"""Walks the chains of the audit trail and says where one doesn't hold; it can be laid down and taken up again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from portal.core.audit import GENESIS, competition_of, digest
from portal.core.models import AuditEntry, AuditHead

CHUNK = 2000
# A trail that somebody has wrecked wholly need not be listed wholly.
MOST_BREAKS = 100
MISSING, CUT = "missing", "ends before where it once ended"
NOT_FOLLOWING, CHANGED = "does not follow the line before it", "was changed"
OTHER_END, REWRITTEN = "the chain ends elsewhere than its head says", "was rewritten since it was last verified"

Ends = Mapping[str, tuple[int, str]]


@dataclass(frozen=True)
class Break:
    """Where a chain doesn't hold, and why."""

    scope: str
    sequence: int
    why: str


@dataclass
class Walk:
    """How far a verification is. ``earlier`` says where each chain ended when it was last found to hold."""

    earlier: Ends = field(default_factory=dict)
    scope: str = ""
    sequence: int = 0
    hash: str = GENESIS
    lines: int = 0
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    breaks: list[Break] = field(default_factory=list)

    @property
    def position(self) -> list[Any]:
        return [self.scope, self.sequence, self.hash]

    def go_on(self, most: int | None = None) -> bool:
        """Look at ``most`` more lines, or at all; True when the last chain has come to its end."""
        stop_at = None if most is None else self.lines + most
        while stop_at is None or self.lines < stop_at:
            if not self.scope and not self._take_up_next():
                return True
            self._look(None if stop_at is None else stop_at - self.lines)
        return False

    def _take_up_next(self) -> bool:
        """The next chain that has a head; lines without one come last, and only somebody who meddles leaves them."""
        heads = AuditHead.objects.exclude(scope__in=self.ends).order_by("scope").values_list("scope", flat=True)
        lines = AuditEntry.objects.exclude(scope__in=self.ends).order_by().values_list("scope", flat=True)
        self.scope = heads.first() or lines.first() or ""
        self.sequence, self.hash = 0, GENESIS
        return bool(self.scope)

    def _look(self, most: int | None) -> None:
        # The head first: what is added meanwhile is behind the end that it names.
        head = self._head()
        rows = AuditEntry.objects.filter(scope=self.scope, sequence__gt=self.sequence).order_by("sequence")
        if head is not None:
            rows = rows.filter(sequence__lte=head.sequence)
        seen = 0
        for entry in rows[:most].iterator(chunk_size=CHUNK):
            self._check(entry)
            seen += 1
        self.lines += seen
        if most is None or seen < most:
            self._end(head)

    def _head(self) -> Any:
        """With the last line there is, in one statement: both as they are at the same moment."""
        lines = AuditEntry.objects.filter(scope=OuterRef("scope")).order_by().values("scope")
        last = Subquery(lines.annotate(last=Max("sequence")).values("last"))
        return AuditHead.objects.filter(scope=self.scope).annotate(last=last).first()

    def _check(self, entry: AuditEntry) -> None:
        if entry.sequence != self.sequence + 1:
            self._broken(self.sequence + 1, MISSING)
        elif entry.previous_hash != self.hash:
            self._broken(entry.sequence, NOT_FOLLOWING)
        if digest(entry) != entry.hash or entry.competition_id != competition_of(entry.scope):
            self._broken(entry.sequence, CHANGED)
        elif self.earlier.get(self.scope, (0, ""))[0] == entry.sequence and self.earlier[self.scope][1] != entry.hash:
            self._broken(entry.sequence, REWRITTEN)
        self.sequence, self.hash = entry.sequence, entry.hash

    def _end(self, head: Any) -> None:
        if head is None or (head.sequence, head.hash) != (self.sequence, self.hash):
            self._broken(self.sequence + 1, OTHER_END)
        elif (head.last or 0) > head.sequence:
            self._broken(head.sequence + 1, OTHER_END)
        elif self.sequence < self.earlier.get(self.scope, (0, ""))[0]:
            self._broken(self.sequence + 1, CUT)
        self.ends[self.scope] = (self.sequence, self.hash)
        self.scope = ""

    def _broken(self, sequence: int, why: str) -> None:
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(Break(self.scope, sequence, why))


def verify() -> list[Break]:
    """Walk every chain from its first line to its last; empty when all hold."""
    walk = Walk()
    walk.go_on()
    return walk.breaks
