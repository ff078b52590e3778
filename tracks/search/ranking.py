"""The ranking: BM25 over terms and ideas, with everything but the query worked out beforehand."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tracks.search.text import GRAMMAR, fold, terms
from tracks.search.words import common_pairs, thesaurus

# Tuned on tests/data/abstracts/tune.json; docs/search.md has the figures.
TITLE, BODY, GROUP = 2.0, 1.0, 2.0
SATURATION, LENGTH = 2.0, 0.6
SINGLE, GRAMMATICAL, COMMON = 0.35, 0.1, 0.4
# The most telling terms come first. What is left after so many additions would hardly change the order, and a
# long text among many topics costs no more than this.
MOST_ADDITIONS = 15_000


class Document(NamedTuple):
    key: Hashable
    title: str
    body: str
    group: str


class Hit(NamedTuple):
    document: Document
    score: float


class Index:
    def __init__(self, documents: Iterable[Document]):
        self.documents: Sequence[Document] = tuple(documents)
        counts = [_counts(document) for document in self.documents]
        lengths = [sum(weight for term, weight in count.items() if len(term) > 1) for count in counts]
        average = sum(lengths) / len(lengths) if any(lengths) else 1.0
        frequency = Counter(term for count in counts for term in count)
        # How much a term counts in a query; an idea's weight depends on the words that stand for it.
        self.importance = {term: _importance(term) for term in frequency}
        self._rarity = {term: _rarity(number, len(counts)) for term, number in frequency.items()}
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, count in enumerate(counts):
            flat = SATURATION * (1 - LENGTH + LENGTH * lengths[place] / average)
            for term, weight in count.items():
                score = self._rarity[term] * weight * (SATURATION + 1) / (weight + flat)
                self._postings[term].append((place, score))

    def value(self, weights: Mapping[str, float], term: str) -> float:
        """How much it says of a document that it has ``term``."""
        return weights[term] * self._rarity[term]

    def search(self, weights: Mapping[str, float]) -> list[Hit]:
        """Every document that has something of the query, best first; equal ones in their own order."""
        scores = [0.0] * len(self.documents)
        left = MOST_ADDITIONS
        for term in sorted(weights, key=lambda term: (-self.value(weights, term), term)):
            weight, postings = weights[term], self._postings[term]
            for place, score in postings:
                scores[place] += weight * score
            left -= len(postings)
            if left < 0:
                break
        places = sorted((place for place, score in enumerate(scores) if score), key=lambda place: -scores[place])
        return [Hit(self.documents[place], scores[place]) for place in places]


def _counts(document: Document) -> dict[str, float]:
    """Terms and ideas of a document, weighted by where they stand."""
    counts: defaultdict[str, float] = defaultdict(float)
    for text, weight in ((document.title, TITLE), (document.body, BODY), (document.group, GROUP)):
        folded = fold(text)
        for term, number in terms(folded).items():
            counts[term] += weight * number
        for found in thesaurus()[0].find(folded):
            for idea in found.ideas:
                counts[idea] += weight
    return counts


def _rarity(number: int, total: int) -> float:
    return math.log(1 + (total - number + 0.5) / (number + 0.5))


def _importance(term: str) -> float:
    if term.isascii():
        return 1.0
    grammatical = sum(char in GRAMMAR for char in term)
    if len(term) == 1:
        return SINGLE * (GRAMMATICAL if grammatical else 1)
    return GRAMMATICAL**grammatical * (COMMON if term in common_pairs() else 1)
