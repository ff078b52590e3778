"""A section to write in or to read, put together once a form and language: what differs are the teams' words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.core.shapes import MOST, Shape, marks
from submissions.boxes import Box
from submissions.definition import Column, Section
from submissions.enums import SectionKind
from submissions.sheet import Block, Group

register = template.Library()
TEMPLATE, ROW = "submissions/parts/section.html", "submissions/parts/section_row.html"
READ = "submissions/parts/sheet_block.html"
CHOSEN = (SectionKind.CHOICE, SectionKind.CHOICES)


@register.simple_tag
def section_to_write(box: Box, history_url: str = "") -> SafeString:
    """``history_url``: of the entry; without one there is no way to earlier texts."""
    chosen = _chosen(box)
    # What was chosen once and is no option any more is ticked nowhere, and is no "no choice" either.
    is_plain = box.is_done is bool(chosen) if chosen is not None else isinstance(box.value, str)
    if box.section.is_table or box.errors or box.theirs or not is_plain:
        return render_to_string(TEMPLATE, {"box": box, "history_url": history_url})
    shape = _shape(get_language() or "", box.section, chosen, box.is_shown, bool(history_url))
    return shape.filled({"value": box.value, "version": box.version, "history_url": history_url})


@register.simple_tag
def row_to_write(row: Mapping[str, Any]) -> SafeString:
    """A row of a table; what is chosen in it decides which shape it is."""
    cells = row["cells"]
    if not all(isinstance(cell["value"], str) for cell in cells):
        return render_to_string(ROW, {"row": row})
    told = {f"name_{place}": cell["name"] for place, cell in enumerate(cells)}
    told |= {f"value_{place}": cell["value"] for place, cell in enumerate(cells)}
    return _row_shape(get_language() or "", tuple((cell["column"], _picked(cell)) for cell in cells)).filled(told)


def _picked(cell: Mapping[str, Any]) -> str | None:
    """The key of its option; None where there is nothing to pick."""
    if cell["column"].kind != SectionKind.CHOICE:
        return None
    return next((option.key for option in cell["column"].options if option.key == cell["value"]), "")


@register.simple_tag
def blocks_to_read(group: Group) -> SafeString:
    """What the sections of a group say, each under its title."""
    language, is_grouped = get_language() or "", bool(group.title)
    # Of templates and of shapes.
    return SafeString("".join(_read(language, block, is_grouped=is_grouped) for block in group.blocks))  # nosec B703


def _read(language: str, block: Block, *, is_grouped: bool) -> SafeString:
    if block.rows:
        return render_to_string(READ, {"block": block, "is_grouped": is_grouped})
    return _shape_to_read(language, block.title, bool(block.text), is_grouped).filled({"text": block.text})


def _chosen(box: Box) -> tuple[str, ...] | None:
    """What is ticked decides which shape it is."""
    if box.section.kind not in CHOSEN:
        return None
    return tuple(option["key"] for option in box.options if option["is_chosen"])


@lru_cache(maxsize=MOST)
def _shape(language: str, section: Section, chosen: tuple[str, ...] | None, *flags: bool) -> Shape:
    """``language`` is the one that is spoken now: it stands there to be remembered by."""
    is_shown, has_history = flags
    told: dict[str, Any] = marks(["value", "version", "history_url"])
    value = told["value"] if chosen is None else list(chosen)
    box = Box(section, value, told["version"], is_shown)
    return Shape(render_to_string(TEMPLATE, {"box": box, "history_url": told["history_url"] if has_history else ""}))


@lru_cache(maxsize=MOST)
def _row_shape(language: str, cells: tuple[tuple[Column, str | None], ...]) -> Shape:
    """``language`` as above."""
    told = marks(f"{kind}_{place}" for kind in ("name", "value") for place in range(len(cells)))
    made = [
        {"column": column, "name": told[f"name_{place}"], "value": told[f"value_{place}"] if picked is None else picked}
        for place, (column, picked) in enumerate(cells)
    ]
    return Shape(render_to_string(ROW, {"row": {"cells": made}}))


@lru_cache(maxsize=MOST)
def _shape_to_read(language: str, title: str, has_text: bool, is_grouped: bool) -> Shape:  # noqa: FBT001 - a key
    block = Block("", title, "", text=marks(["text"])["text"] if has_text else "")
    return Shape(render_to_string(READ, {"block": block, "is_grouped": is_grouped}))
