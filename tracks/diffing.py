"""What differs between two texts, side by side: paragraph against paragraph, clause by clause, word by word.

Pure: plain text in, plain rows out. Chinese has no spaces, so a word is a character, or a run of Latin letters and
digits; what differs is told in pieces that can be read, never as letters picked out here and there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Indel

_CLAUSE = re.compile(r"[^，。！？；：、,.!?;:]*(?:[，。！？；：、]+|[,.!?;:]+\s*|$)")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[.\-_][A-Za-z0-9]+)*|\s+|.", re.DOTALL)
# Two paragraphs below this have less in common than a reader could follow: one went, another came.
ALIKE = 0.4
# Comparing costs time that grows with the product of two lengths; what is longer is told as a whole.
MOST_PAIRS = 4_000_000
MOST_PARAGRAPH_PAIRS = 10_000
MOST_CHARACTER_PAIRS = 1_000_000_000


class Kind(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph as it was and as it is; nothing on one side when it came or went as a whole."""

    kind: Kind
    before: tuple[Segment, ...] = ()
    after: tuple[Segment, ...] = ()


def side_by_side(before: str, after: str) -> list[Row]:
    """One row a paragraph, in reading order. Blank lines and space around a paragraph don't count."""
    old, new = paragraphs(before), paragraphs(after)
    return [_row(was, is_now) for was, is_now in _paired(old, new)]


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def has_changes(rows: Iterable[Row]) -> bool:
    return any(row.kind is not Kind.SAME for row in rows)


def _row(before: str | None, after: str | None) -> Row:
    if before is None:
        return Row(Kind.ADDED, after=(Segment(after or "", is_changed=True),))
    if after is None:
        return Row(Kind.REMOVED, before=(Segment(before, is_changed=True),))
    if before == after:
        return Row(Kind.SAME, (Segment(before),), (Segment(after),))
    return Row(Kind.CHANGED, *_marked(before, after))


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Paragraphs that stayed as they are hold the others apart; between these, the like are set side by side."""
    for kind, old_from, old_to, new_from, new_to in _blocks(old, new):
        if kind == "equal":
            yield from zip(old[old_from:old_to], new[new_from:new_to], strict=True)
        else:
            yield from _matched(old[old_from:old_to], new[new_from:new_to])


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """The pairing, in order, that has most in common: what is left over came or went."""
    characters = sum(map(len, old)) * sum(map(len, new))
    if len(old) * len(new) > MOST_PARAGRAPH_PAIRS or characters > MOST_CHARACTER_PAIRS:
        yield from ((each, None) for each in old)
        yield from ((None, each) for each in new)
        return
    alike = [[_likeness(was, is_now) for is_now in new] for was in old]
    best = [[0.0] * (len(new) + 1) for _each in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and j < len(new) and alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif i < len(old) and (j == len(new) or best[i][j] == best[i + 1][j]):
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1


def _likeness(before: str, after: str) -> float:
    """From 0 to 1, and 0 when it is too little."""
    share = Indel.normalized_similarity(before, after, score_cutoff=ALIKE)
    return share if share >= ALIKE else 0.0


def _marked(before: str, after: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Both paragraphs with what differs marked: by clause first, so that words of one aren't found in another."""
    old, new = _CLAUSE.findall(before), _CLAUSE.findall(after)
    pieces: list[tuple[str, str]] = []
    for kind, old_from, old_to, new_from, new_to in _blocks(old, new):
        was, is_now = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        pieces += [(was, is_now)] if kind == "equal" else _by_word(was, is_now)
    return (
        _segments((was, was != is_now) for was, is_now in pieces),
        _segments((is_now, was != is_now) for was, is_now in pieces),
    )


def _by_word(before: str, after: str) -> list[tuple[str, str]]:
    """Pieces (before, after), alternately equal and different; one when the two have little in common."""
    if not _likeness(before, after):
        return [(before, after)]
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces = [
        ("".join(old[old_from:old_to]), "".join(new[new_from:new_to]))
        for _kind, old_from, old_to, new_from, new_to in _blocks(old, new)
    ]
    return _readable(pieces)


def _readable(pieces: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What stayed between two changes and is shorter than both belongs to them: 监测 → 评测 is one change, not two."""
    kept: list[tuple[str, str]] = []
    for place, (was, is_now) in enumerate(pieces):
        following = pieces[place + 1] if place + 1 < len(pieces) else None
        is_slip = was == is_now and kept and following and len(was) < min(_size(kept[-1]), _size(following))
        if kept and kept[-1][0] != kept[-1][1] and (is_slip or was != is_now):
            kept[-1] = (kept[-1][0] + was, kept[-1][1] + is_now)
        else:
            kept.append((was, is_now))
    return kept


def _size(piece: tuple[str, str]) -> int:
    return max(map(len, piece))


def _segments(pieces: Iterable[tuple[str, bool]]) -> tuple[Segment, ...]:
    """Neighbours of one kind are one segment."""
    merged: list[tuple[str, bool]] = []
    for text, is_changed in pieces:
        if text and merged and merged[-1][1] == is_changed:
            merged[-1] = (merged[-1][0] + text, is_changed)
        elif text:
            merged.append((text, is_changed))
    return tuple(Segment(text, is_changed) for text, is_changed in merged)


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Runs that are equal or not: kind, from and to in ``old``, from and to in ``new``."""
    if len(old) * len(new) > MOST_PAIRS:
        yield "changed", 0, len(old), 0, len(new)
        return
    pending: tuple[int, int] | None = None
    for step in Indel.opcodes(old, new):
        if step.tag != "equal":
            pending = pending or (step.src_start, step.dest_start)
            continue
        if pending:
            yield "changed", pending[0], step.src_start, pending[1], step.dest_start
            pending = None
        yield "equal", step.src_start, step.src_end, step.dest_start, step.dest_end
    if pending:
        yield "changed", pending[0], len(old), pending[1], len(new)
