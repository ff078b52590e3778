"""The one door: documents in, found documents out."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Hashable, Iterable
from functools import cached_property
from typing import Literal, NamedTuple

from tracks.search.matches import Match, explain
from tracks.search.pinyin import LETTERS, Spelling
from tracks.search.queries import Query, understand
from tracks.search.ranking import Document, Hit, Index
from tracks.search.text import GRAMMAR, fold
from tracks.search.words import thesaurus

# Letters in a longer text are names and abbreviations, not Chinese that somebody couldn't type.
LONGEST_PINYIN = 40
# Scores grow with the square root of a text's length. By that measure recipes and letters stay below LOOSE with
# every topic, and nineteen of twenty project abstracts are above CLOSE with theirs.
NOTHING, LOOSE, CLOSE = 0.3, 2.5, 4.0
# What has less of the best one's score has a few words in common by chance.
LEAST_SHARE, FAIR_SHARE, CLOSE_SHARE = 0.3, 0.5, 0.75

WORD = re.compile(r"\w+")

Fit = Literal["close", "fair", "loose"]


class Found(NamedTuple):
    key: Hashable
    score: float
    share: float  # of the best one's score
    fit: Fit
    match: Match


class Finder:
    def __init__(self, documents: Iterable[Document]):
        self.index = Index(documents)

    def find(self, text: str, *, limit: int, keys: Container[Hashable] | None = None) -> list[Found]:
        """The best documents for ``text``, best first, among ``keys`` where they are given."""
        query = self.understand(text)
        length = math.sqrt(len(query.text.strip()) or 1)
        hits = [hit for hit in self.index.search(query.values) if keys is None or hit.document.key in keys]
        if hits and hits[0].score < NOTHING * length:
            hits = self._saying(query.text, hits)
        if not hits:
            return []
        best = hits[0].score
        return [
            Found(
                key=hit.document.key,
                score=hit.score,
                share=hit.score / best,
                fit=_fit(best / length, hit.score / best),
                match=explain(query, hit.document),
            )
            for hit in hits[:limit]
            if hit.score >= LEAST_SHARE * best
        ]

    def rank(self, text: str) -> list[Hit]:
        """Every document that has anything of ``text``, best first."""
        return self.index.search(self.understand(text).values)

    def _saying(self, folded: str, hits: list[Hit]) -> list[Hit]:
        """Words that most documents have tell little apart; whoever asks for them still wants to see where they are."""
        readings = [text for text, _likelihood in self._readings(folded)] if len(folded) <= LONGEST_PINYIN else []
        ways = [words for text in (folded, *readings) if (words := _telling(text))]
        return [
            hit for hit in hits if any(all(word in self._texts[hit.document.key] for word in words) for words in ways)
        ]

    def understand(self, text: str) -> Query:
        folded = fold(text)
        readings = self._readings(folded) if len(folded) <= LONGEST_PINYIN else ()
        return understand(folded, self.index.worth, readings=readings)

    def _readings(self, folded: str) -> Iterable[tuple[str, float]]:
        """Chinese that the letters of ``folded`` may stand for. "nong ye" is one word unless nothing is spelt so."""
        letters = [word for word in LETTERS.findall(folded) if word not in self.index.worth]
        joined = "".join(letters)
        for word in [joined] if joined and self._spelling.read(joined) else letters:
            yield from self._spelling.read(word) or self._everyday.read(word)

    @cached_property
    def _texts(self) -> dict[Hashable, str]:
        """Folded once an index: with a thousand topics each such word would cost as much as an abstract otherwise."""
        return {document.key: fold("\n".join(document[1:])) for document in self.index.documents}

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(text for document in self.index.documents for text in document[1:])

    @cached_property
    def _everyday(self) -> Spelling:
        return Spelling(thesaurus().everyday.ideas)


def _telling(folded: str) -> list[str]:
    return [word for word in WORD.findall(folded) if len(word) > 1 and not GRAMMAR.issuperset(word)]


def _fit(strength: float, share: float) -> Fit:
    """How well a document fits when the best one fits with ``strength`` and it has ``share`` of that."""
    if strength >= CLOSE and share >= CLOSE_SHARE:
        return "close"
    return "fair" if strength >= LOOSE and share >= FAIR_SHARE else "loose"
