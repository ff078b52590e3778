"""The order in which Chinese lists people: by pinyin, family name first."""

from __future__ import annotations

from tracks.search.pinyin import readings

# Characters that are read otherwise when they are somebody's family name.
FAMILY = {
    "单": "shan",
    "曾": "zeng",
    "解": "xie",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "朴": "piao",
    "任": "ren",
    "覃": "qin",
    "乐": "yue",
    "盖": "ge",
    "员": "yun",
    "召": "shao",
    "缪": "miao",
    "翟": "zhai",
    "冼": "xian",
    "尉": "yu",
    "万": "wan",
    "令": "ling",
    "华": "hua",
    "宁": "ning",
    "卜": "bu",
    "黑": "he",
    "秘": "bi",
}


def by_pinyin(name: str) -> tuple[tuple[str, ...], str]:
    """A key to sort by: a syllable for each character, Latin letters as they are; the name itself decides ties."""
    usual = readings()[0]
    syllables = [usual.get(char, char.casefold()) for char in name]
    if name:
        syllables[0] = FAMILY.get(name[0], syllables[0])
    return tuple(syllables), name
