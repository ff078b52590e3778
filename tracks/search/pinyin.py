"""Chinese typed in Latin letters: nongye and ny for 农业."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from tracks.search.text import HAN
from tracks.search.words import FOLDER

READINGS = 2
MOST_READ, LEAST_READ = 12, 0.08
LETTERS = re.compile(r"[a-z]{2,}")


class Reading(NamedTuple):
    text: str
    share: float


@cache
def readings() -> tuple[dict[str, str], ...]:
    """Character -> syllable: the usual reading, then the second of those that have one."""
    tables: tuple[dict[str, str], ...] = tuple({} for _ in range(READINGS))
    for line in (FOLDER / "pinyin.txt").read_text(encoding="utf-8").splitlines():
        syllable, characters = line.split(" ")
        for table, chars in zip(tables, characters.split("|"), strict=True):
            table.update(dict.fromkeys(chars, syllable))
    return tables


class Spelling:
    """The Chinese of some texts, spelt out; a word stands where its letters are found."""

    def __init__(self, texts: Iterable[str]):
        # A character between runs that is in no alphabet keeps a word from reaching from one run into the next.
        self._text = "\n".join(run for text in texts for run in HAN.findall(text))
        usual = readings()[0]
        self._spelt: list[tuple[str, list[int]]] = []
        self._initials: list[str] = []
        self._characters: defaultdict[str, Counter[str]] = defaultdict(Counter)
        counts = Counter(self._text)
        for table in readings():
            syllables = [table.get(char) or usual.get(char, "\n") for char in self._text]
            self._spelt.append(("".join(syllables), [0, *accumulate(map(len, syllables))]))
            self._initials.append("".join(syllable[0] for syllable in syllables))
            for char in counts.keys() & table.keys():
                self._characters[table[char]][char] = counts[char]

    def read(self, letters: str) -> list[Reading]:
        """The words that ``letters`` may stand for, the most frequent first, with their share of all.

        What is rare beside them is an accident: the end of one word and the beginning of the next.
        """
        found = self._one_character(letters) or self._words(letters) or self._by_initials(letters)
        shares = [Reading(text, count / found.total()) for text, count in found.most_common(MOST_READ)]
        return [reading for reading in shares if reading.share >= min(LEAST_READ, shares[0].share)]

    def _one_character(self, letters: str) -> Counter[str]:
        """Characters that are spelt so or, from three letters on, begin so, as while somebody is still typing."""
        if letters in self._characters or len(letters) < 3:
            return self._characters.get(letters, Counter())
        begun = (found for syllable, found in self._characters.items() if syllable.startswith(letters))
        return sum(begun, Counter[str]())

    def _words(self, letters: str) -> Counter[str]:
        """Words of several characters that are spelt so; failing these, words that begin so."""
        complete: dict[int, str] = {}
        begun: dict[int, str] = {}
        for spelt, starts in self._spelt:
            at = spelt.find(letters) if len(letters) > 2 else -1
            while at >= 0:
                first, last = bisect_left(starts, at), bisect_left(starts, at + len(letters))
                if starts[first] == at:
                    exact = starts[last] == at + len(letters)
                    (complete if exact else begun)[first] = self._text[first:last]
                at = spelt.find(letters, at + 1)
        return Counter((complete or begun).values())

    def _by_initials(self, letters: str) -> Counter[str]:
        found: dict[int, str] = {}
        for initials in self._initials:
            at = initials.find(letters)
            while at >= 0:
                found[at] = self._text[at : at + len(letters)]
                at = initials.find(letters, at + 1)
        return Counter(found.values())
