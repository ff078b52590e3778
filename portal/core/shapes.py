"""Pieces of a page that are put together once a process and language: of thousands of pages only the words differ.

A ``Shape`` is what a template makes of everything that is the same on each of them. Where a page says something of its
own, a mark stood when the shape was made; there the words are put in, escaped, and nothing looks into them again.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

# Nobody can guess it, so nobody can write it into a form.
SECRET = secrets.token_hex(16)
MARK = re.compile(f"{SECRET}-([a-z0-9_]+)-")
MOST = 4096


class Shape:
    def __init__(self, made: str):
        # What is fixed, and between each two of these the name of what is told.
        self.parts = MARK.split(made)

    def filled(self, told: Mapping[str, Any]) -> SafeString:
        parts = self.parts.copy()
        parts[1::2] = [_escaped(told[name]) for name in parts[1::2]]
        # A template's own, with words that are escaped.
        return SafeString("".join(parts))  # nosec B703


def _escaped(value: Any) -> str:
    """As a template escapes it, but straight away: Django's own asks first whether it is something to be said later."""
    return str(value.__html__()) if hasattr(value, "__html__") else html.escape(str(value))


def marks(names: Iterable[str]) -> dict[str, str]:
    return {name: f"{SECRET}-{name}-" for name in names}


@lru_cache(maxsize=MOST)
def shape_of(template: str, language: str, told: frozenset[str], fixed: tuple[tuple[str, Any], ...]) -> Shape:
    """``language`` is the one that is spoken now: it stands there to be remembered by."""
    return Shape(render_to_string(template, {**dict(fixed), **marks(told)}))
