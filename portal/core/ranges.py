"""Which bytes a request asks for (RFC 9110 §14): one range, as players of video ask for it."""

from __future__ import annotations

import re

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Unsatisfiable(Exception):
    """416: the file has no such bytes, or several ranges were asked for at once."""


def asked_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte; None where everything is sent."""
    if not header or not header.startswith("bytes="):
        return None
    found = RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found[1] == found[2] == "":
        # Many small ranges cost the server much and the client nothing.
        raise Unsatisfiable
    if found[1] == "":
        first, last = max(0, size - int(found[2])), size - 1
        if int(found[2]) == 0:
            raise Unsatisfiable
    else:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
    if first > last:
        raise Unsatisfiable
    return first, last
