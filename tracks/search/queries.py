"""What somebody looks for, as terms and ideas with what each is worth."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

from tracks.search.text import terms
from tracks.search.words import thesaurus

# A second word for the same idea adds less than the first.
IDEA_GROWTH = 0.7


class Query(NamedTuple):
    text: str
    values: dict[str, float]  # the most telling first
    words: dict[str, tuple[str, ...]]  # its words for an idea


def understand(folded: str, worth: Mapping[str, float], *, readings: Iterable[tuple[str, float]] = ()) -> Query:
    """The terms and ideas of a folded text, of those that are ``worth`` something.

    ``readings`` are Chinese words that its Latin letters may stand for, with the likelihood of each.
    """
    values: defaultdict[str, float] = defaultdict(float)
    evidence: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for text, likelihood in ((folded, 1.0), *readings):
        for term, count in terms(text).items():
            if term in worth:
                values[term] += likelihood * worth[term] * (1 + math.log(count))
        for start, end, ideas in thesaurus().everyday.find(text):
            for idea in ideas:
                # A word that may mean several things is weaker evidence for each.
                evidence[idea][text[start:end]] = likelihood / math.sqrt(len(ideas))
    for idea, words in evidence.items():
        if idea in worth:
            values[idea] = worth[idea] * sum(words.values()) ** IDEA_GROWTH
    telling_first = dict(sorted(values.items(), key=itemgetter(1), reverse=True))
    return Query(folded, telling_first, {idea: tuple(words) for idea, words in evidence.items()})
