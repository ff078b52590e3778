"""The two sets that the topic search is measured by, and the plain search that it is compared with."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tracks.search import Document
from tracks.search.text import HAN, WORD, fold
from tracks.search.words import thesaurus

ROOT = Path(__file__).resolve().parent.parent
Abstract = dict[str, Any]
Rank = Callable[[str], Sequence[Any]]


def topics() -> list[Document]:
    """The guide's topics, with keys such as 11.7."""
    rows = json.loads((ROOT / "fixtures/sichuan-2026.json").read_text(encoding="utf-8"))
    tracks = {row["fields"]["number"]: row["fields"]["name"] for row in rows if row["model"] == "tracks.track"}
    found = [row["fields"] for row in rows if row["model"] == "tracks.topic"]
    return [
        Document(f"{topic['track'][1]}.{topic['number']}", topic["title"], topic["body"], tracks[topic["track"][1]])
        for topic in found
    ]


def abstracts(name: str) -> list[Abstract]:
    return json.loads((ROOT / f"tests/data/abstracts/{name}.json").read_text(encoding="utf-8"))


class Figures(NamedTuple):
    first: int
    in_three: int
    total: int

    def __str__(self) -> str:
        first, three = (f"{count:3} ({count / self.total:6.1%})" for count in self[:2])
        return f"first {first}   in the first three {three}   of {self.total}"


def measure(rank: Rank, chosen: Sequence[Abstract]) -> Figures:
    places = [place(rank(abstract["text"]), abstract) for abstract in chosen]
    return Figures(sum(at == 0 for at in places), sum(at < 3 for at in places), len(places))


def place(keys: Sequence[Any], abstract: Abstract) -> float:
    right = {abstract["topic"], *abstract.get("also", ())}
    return next((at for at, key in enumerate(keys) if key in right), math.inf)


class Plain:
    """BM25 over pairs of characters, as a search without any knowledge would do it."""

    def __init__(self, documents: Sequence[Document]):
        self.keys = [document.key for document in documents]
        self.counts = [self.pairs("\n".join(document[1:])) for document in documents]
        self.frequency = Counter(pair for count in self.counts for pair in count)
        self.average = sum(count.total() for count in self.counts) / len(self.counts)

    @staticmethod
    def pairs(text: str) -> Counter[str]:
        folded = fold(text)
        runs = HAN.findall(folded)
        return Counter([run[at : at + 2] for run in runs for at in range(len(run) - 1)] + WORD.findall(folded))

    def rank(self, text: str) -> list[Any]:
        scores: defaultdict[Any, float] = defaultdict(float)
        for pair in self.pairs(text):
            number = self.frequency[pair]
            rarity = math.log(1 + (len(self.keys) - number + 0.5) / (number + 0.5))
            for key, count in zip(self.keys, self.counts, strict=True):
                if count[pair]:
                    flat = 1.2 * (0.25 + 0.75 * count.total() / self.average)
                    scores[key] += rarity * count[pair] * 2.2 / (count[pair] + flat)
        return sorted(scores, key=lambda key: -scores[key])


@contextmanager
def thesaurus_without(unseen: Sequence[Abstract], seen: Sequence[Abstract]) -> Iterator[int]:
    """Take out the everyday words that ``unseen`` abstracts have and ``seen`` ones have not.

    One person wrote the abstracts and the thesaurus. So much of the result is owed to that at the very most.
    """
    official, everyday, _words = thesaurus()
    here, there = ("\n".join(fold(abstract["text"]) for abstract in some) for some in (unseen, seen))
    doubtful = [word for word in everyday.ideas if word in here and word not in there and word not in official.ideas]
    removed = {word: everyday.ideas.pop(word) for word in doubtful}
    try:
        yield len(removed)
    finally:
        everyday.ideas.update(removed)
