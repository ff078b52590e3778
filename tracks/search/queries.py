"""What somebody looks for, as terms and ideas with their weights."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracks.search.text import terms
from tracks.search.words import thesaurus

IDEA, IDEA_GROWTH = 1.2, 0.7


class Query(NamedTuple):
    text: str
    weights: dict[str, float]
    # The words of the query that stand for an idea.
    words: dict[str, tuple[str, ...]]


def understand(folded: str, importance: Mapping[str, float], *, readings: Iterable[tuple[str, float]] = ()) -> Query:
    """What each term and idea of a folded text counts, of those that have an ``importance``.

    ``readings`` are Chinese words that its Latin letters may stand for, with the likelihood of each.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    evidence: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for text, likelihood in ((folded, 1.0), *readings):
        for term, count in terms(text).items():
            if term in importance:
                weights[term] += likelihood * importance[term] * (1 + math.log(count))
        for start, end, ideas in thesaurus()[1].find(text):
            for idea in ideas:
                # A word that may mean several things is weaker evidence for each.
                evidence[idea][text[start:end]] = likelihood / math.sqrt(len(ideas))
    known = {idea: words for idea, words in evidence.items() if idea in importance}
    for idea, words in known.items():
        weights[idea] = IDEA * sum(words.values()) ** IDEA_GROWTH
    return Query(folded, weights, {idea: tuple(words) for idea, words in known.items()})
