import re

DIGITS = "一二三四五六七八九"
NUMERAL = rf"[0-9]{{1,3}}|[{DIGITS}十百零〇两]+"
_CHINESE = re.compile(rf"(?P<tens>[{DIGITS}]?)十(?P<ones>[{DIGITS}]?)|(?P<digit>[{DIGITS}])")


def parse_numeral(text: str) -> int | None:
    """1 to 99, written 12 or 十二; `None` for anything else."""
    if text.isascii() and text.isdigit():
        return int(text) if 1 <= int(text) <= 99 else None
    match = _CHINESE.fullmatch(text)
    if match is None:
        return None
    if match["digit"]:
        return _digit(match["digit"])
    return (_digit(match["tens"]) or 1) * 10 + _digit(match["ones"])


def _digit(character: str) -> int:
    return DIGITS.index(character) + 1 if character else 0
