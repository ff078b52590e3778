"""A text as it is compared: one width, one case, letters and digits alone."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# More than any form takes: whatever a hostile text unfolds to, no comparison costs more.
LONGEST = 60_000


class _Folding(dict[int, str | None]):
    """What each character becomes; looked up once for each that ever comes."""

    def __missing__(self, code: int) -> str | None:
        folded = unicodedata.normalize("NFKC", chr(code)).casefold()
        kept = "".join(char for char in folded if unicodedata.category(char)[0] in "LN") or None
        self[code] = kept
        return kept


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Without spaces, punctuation, symbols: what is left if somebody lays the same words out anew."""
    return text[:LONGEST].translate(_FOLDING)[:LONGEST]


@dataclass(frozen=True)
class Folded:
    """A folded text that knows where each of its characters stood."""

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From where to where the original says what stands here from ``start`` to ``end``."""
        return self.origins[start], self.origins[end - 1] + 1


def fold_with_origins(text: str) -> Folded:
    parts: list[str] = []
    origins: list[int] = []
    for place, char in enumerate(text[:LONGEST]):
        kept = _FOLDING[ord(char)]
        if kept:
            parts.append(kept)
            origins += [place] * len(kept)
    return Folded("".join(parts)[:LONGEST], tuple(origins[:LONGEST]))
