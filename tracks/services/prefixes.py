from __future__ import annotations

from itertools import count

from tracks.models import Competition

LONGEST = 20


def free_prefix(slug: str) -> str:
    """What certificates of ``slug`` may count under: no other competition does, and the year at its end stays."""
    tails = ("" if number == 1 else f"-{number}" for number in count(1))
    prefixes = (_shortened(slug.upper(), LONGEST - len(tail)) + tail for tail in tails)
    return next(each for each in prefixes if not Competition.objects.filter(certificate_prefix=each).exists())


def _shortened(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    front, _hyphen, end = text.rpartition("-")
    left = room - len(end) - 1
    if front and left > 0:
        return f"{front[:left].rstrip('-')}-{end}"
    return text[-room:].lstrip("-")
