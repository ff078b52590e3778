"""Writes tracks/search/pinyin.txt from pypinyin, which the portal itself doesn't load: it takes 58 MB a process.

A line a syllable: the characters read so in the first place, and those in the second.
"""

from collections import defaultdict
from pathlib import Path

from pypinyin import Style, pinyin

TABLE = Path(__file__).resolve().parent.parent / "tracks/search/pinyin.txt"
CHARACTERS = [chr(code) for code in range(0x4E00, 0xA000)]
READINGS = 2


def table() -> str:
    lines: defaultdict[str, list[str]] = defaultdict(lambda: [""] * READINGS)
    for char in CHARACTERS:
        readings = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
        for rank, syllable in enumerate(readings[0][:READINGS] if readings else ()):
            if syllable.isascii() and syllable.isalpha():
                lines[syllable][rank] += char
    return "".join(f"{syllable} {'|'.join(lines[syllable])}\n" for syllable in sorted(lines))


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
