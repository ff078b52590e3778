"""The ranking: BM25 over terms and ideas, with everything but the query worked out beforehand."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tracks.search.text import GRAMMAR, fold, terms
from tracks.search.words import IDEA, common_pairs, thesaurus

# Tuned on tests/data/abstracts/tune.json; docs/search.md has the figures.
TITLE, BODY, GROUP = 2.0, 1.0, 2.0
SATURATION, LENGTH = 2.0, 0.6
SINGLE, GRAMMATICAL, COMMON, AS_IDEA = 0.35, 0.1, 0.4, 1.2
# The most telling terms come first. What is left after so many additions would hardly change the order, and a
# long text among many topics costs no more than this.
MOST_ADDITIONS = 8_000


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
        # What it says of a document that it has a term or an idea.
        self.worth = {term: _importance(term) * _rarity(number, len(counts)) for term, number in frequency.items()}
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, count in enumerate(counts):
            flat = SATURATION * (1 - LENGTH + LENGTH * lengths[place] / average)
            for term, weight in count.items():
                self._postings[term].append((place, weight * (SATURATION + 1) / (weight + flat)))

    def search(self, values: Mapping[str, float]) -> list[Hit]:
        """Every document that has something of ``values``, best first; equal ones in their own order.

        ``values`` say what each term of a query is worth, the most telling first.
        """
        scores = [0.0] * len(self.documents)
        left = MOST_ADDITIONS
        for term, value in values.items():
            postings = self._postings[term]
            for place, part in postings:
                scores[place] += value * part
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
        for found in thesaurus().official.find(folded):
            for idea in found.ideas:
                counts[idea] += weight
    return counts


def _rarity(number: int, total: int) -> float:
    return math.log(1 + (total - number + 0.5) / (number + 0.5))


def _importance(term: str) -> float:
    if term.startswith(IDEA):
        return AS_IDEA
    if term.isascii():
        return 1.0
    grammatical = sum(char in GRAMMAR for char in term)
    if len(term) == 1:
        return SINGLE * (GRAMMATICAL if grammatical else 1)
    return GRAMMATICAL**grammatical * (COMMON if term in common_pairs() else 1)
