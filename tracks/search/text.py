"""From text to terms: single characters, pairs of characters, Latin words and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from operator import add

HAN = re.compile(r"[\u3400-\u9fff]+")
WORD = re.compile(r"[a-z0-9]+")

# Characters of grammar and counting: a pair with one of them is rarely a word of its own.
GRAMMAR = frozenset(
    "的了我们你他她它是在不也就都和与把被给让再还又才没有着过吗呢吧啊呀哪谁什么怎这那个些一二三四五六七八九十百千万两几多少"
    "很最更太以及其之对从到向比等能会要可将为由于但而或若每各只"
)


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char).lower()
    return plain if len(plain) == 1 else char


def fold(text: str) -> str:
    """Full-width and capital letters as plain ones; as long as ``text``, so that positions stay."""
    return "".join(map(_fold, text))


def terms(folded: str) -> Counter[str]:
    """How often each term occurs in a folded text."""
    found = WORD.findall(folded)
    for run in HAN.findall(folded):
        found += run
        found += map(add, run, run[1:])
    return Counter(found)
