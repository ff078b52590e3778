"""What the engine knows of words: which mean the same, and which say little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tracks.search.text import HAN, WORD, fold

FOLDER = Path(__file__).parent
# No term of a text begins so.
IDEA = "#"


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
                lengths[word[:2]].add(len(word))
        self._lengths = {beginning: sorted(known) for beginning, known in lengths.items()}

    def find(self, folded: str) -> Iterator[Found]:
        """Every occurrence, also of a word within a longer one."""
        for word in WORD.finditer(folded):
            if ideas := self.ideas.get(word[0]):
                yield Found(word.start(), word.end(), ideas)
        for run in HAN.finditer(folded):
            for start in range(run.start(), run.end() - 1):
                for length in self._lengths.get(folded[start : start + 2], ()):
                    ideas = self.ideas.get(folded[start : start + length])
                    if ideas and start + length <= run.end():
                        yield Found(start, start + length, ideas)


def _lines(name: str) -> Iterator[str]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


class Thesaurus(NamedTuple):
    official: Lexicon  # by one of these words a topic is about an idea
    everyday: Lexicon  # by one of these a query is; it has the official ones too
    words: dict[str, list[str]]  # idea -> its official words


@cache
def thesaurus() -> Thesaurus:
    words: dict[str, list[str]] = {}
    of_topics: defaultdict[str, list[str]] = defaultdict(list)
    of_queries: defaultdict[str, list[str]] = defaultdict(list)
    for number, line in enumerate(_lines("thesaurus.txt")):
        idea = f"{IDEA}{number}"
        official, _colon, everyday = fold(line).partition(":")
        words[idea] = official.split()
        for word in dict.fromkeys(words[idea]):
            of_topics[word].append(idea)
        for word in dict.fromkeys((official + everyday).split()):
            of_queries[word].append(idea)
    return Thesaurus(_lexicon(of_topics), _lexicon(of_queries), words)


def _lexicon(ideas: dict[str, list[str]]) -> Lexicon:
    return Lexicon({word: tuple(names) for word, names in ideas.items()})


@cache
def common_pairs() -> frozenset[str]:
    words = (word for line in _lines("common.txt") for word in line.split())
    return frozenset(word[start : start + 2] for word in words for start in range(len(word) - 1))
