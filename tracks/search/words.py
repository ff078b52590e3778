"""What the engine knows of words: which mean the same, and which say little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tracks.search.text import HAN, WORD, fold

FOLDER = Path(__file__).parent


class Found(NamedTuple):
    start: int
    end: int
    ideas: tuple[str, ...]


class Lexicon:
    """Finds the words of ``ideas`` (word -> names of the ideas it stands for) in a folded text."""

    def __init__(self, ideas: dict[str, tuple[str, ...]]):
        self.ideas = ideas
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for word in ideas:
            if not word.isascii():
                lengths[word[0]].add(len(word))
        self._lengths = {first: sorted(known) for first, known in lengths.items()}

    def find(self, folded: str) -> Iterator[Found]:
        """Every occurrence, also of a word within a longer one."""
        for word in WORD.finditer(folded):
            if ideas := self.ideas.get(word[0]):
                yield Found(word.start(), word.end(), ideas)
        for run in HAN.finditer(folded):
            for start in range(run.start(), run.end() - 1):
                for length in self._lengths.get(folded[start], ()):
                    ideas = self.ideas.get(folded[start : start + length])
                    if ideas and start + length <= run.end():
                        yield Found(start, start + length, ideas)


def _lines(name: str) -> Iterator[str]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


@cache
def thesaurus() -> tuple[Lexicon, Lexicon]:
    """The words by which a topic is about an idea, and those by which a query is."""
    of_topics: defaultdict[str, list[str]] = defaultdict(list)
    of_queries: defaultdict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(_lines("thesaurus.txt")):
        idea = f"#{number}"
        official, _colon, everyday = fold(line).partition(":")
        for word in dict.fromkeys(official.split()):
            of_topics[word].append(idea)
        for word in dict.fromkeys((official + everyday).split()):
            of_queries[word].append(idea)
    return (
        Lexicon({word: tuple(ideas) for word, ideas in of_topics.items()}),
        Lexicon({word: tuple(ideas) for word, ideas in of_queries.items()}),
    )


@cache
def common_pairs() -> frozenset[str]:
    words = (word for line in _lines("common.txt") for word in line.split())
    return frozenset(word[start : start + 2] for word in words for start in range(len(word) - 1))
