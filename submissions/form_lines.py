"""Options and columns as organizers type them: a line each, its parts between bars."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from submissions.enums import SectionKind

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_LINES = 40
# Kinds that fit into a cell.
CELL_KINDS = [SectionKind.LINE, SectionKind.TEXT, SectionKind.NUMBER, SectionKind.DATE, SectionKind.CHOICE]
LIMITS = range(1, 1001)


def write_options(options: Iterable[dict[str, str]]) -> str:
    return "\n".join(f"{option['key']} | {option['label']}" for option in options)


def read_options(text: str) -> list[dict[str, str]]:
    """``key | label`` a line; raises ValidationError naming the line."""
    options = []
    for number, (key, label, *more) in _lines(text):
        if more:
            raise _wrong(number, _("write key and name with one bar between them."))
        options.append({"key": key, "label": label})
    _no_doubles(options)
    return options


def write_columns(columns: Iterable[dict[str, Any]]) -> str:
    return "\n".join(_column_line(column) for column in columns)


def read_columns(text: str) -> list[dict[str, Any]]:
    """``key | name | kind | characters | required``; only the first two are needed.

    A choice names its options behind the kind: ``choice: own=自有, open=公开数据``.
    """
    columns = [_column(number, parts) for number, parts in _lines(text)]
    _no_doubles(columns)
    return columns


def _column(number: int, parts: list[str]) -> dict[str, Any]:
    key, label, kind, limit, required, *more = [*parts, "", "", ""][: max(5, len(parts))]
    kind, _colon, options = kind.partition(":")
    kind = kind.strip() or SectionKind.LINE
    if more or kind not in CELL_KINDS:
        raise _wrong(number, _("possible kinds are: %(kinds)s") % {"kinds": ", ".join(CELL_KINDS)})
    if limit and not (limit.isascii() and limit.isdigit() and int(limit) in LIMITS):
        raise _wrong(number, _("the limit is a number from 1 to 1000."))
    column: dict[str, Any] = {"key": key, "label": label, "kind": kind}
    if limit:
        column["limit"] = int(limit)
    if required:
        column["is_required"] = True
    if kind == SectionKind.CHOICE:
        pairs = [pair.partition("=") for pair in options.split(",") if pair.strip()]
        column["options"] = [{"key": name.strip(), "label": (said or name).strip()} for name, _equals, said in pairs]
        if len(column["options"]) < 2 or not all(KEY.fullmatch(option["key"]) for option in column["options"]):
            raise _wrong(number, _("a choice names its options: choice: own=自有, open=公开数据"))
        _no_doubles(column["options"])
    return column


def _column_line(column: dict[str, Any]) -> str:
    kind = column.get("kind", SectionKind.LINE)
    if column.get("options"):
        kind += ": " + ", ".join(f"{option['key']}={option['label']}" for option in column["options"])
    parts = [column["key"], column["label"], kind, str(column.get("limit", ""))]
    return " | ".join([*parts, "*"] if column.get("is_required") else parts).rstrip(" |")


def _lines(text: str) -> list[tuple[int, list[str]]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise ValidationError(_("At most %(limit)s lines.") % {"limit": MOST_LINES})
    return [(number, _parts(number, line)) for number, line in lines]


def _parts(number: int, line: str) -> list[str]:
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    if len(parts) < 2 or not KEY.fullmatch(parts[0]) or not 0 < len(parts[1]) <= 60:
        raise _wrong(number, _("write a key of small letters, a bar, and a name of at most 60 characters."))
    return parts


def _no_doubles(rows: list[dict[str, Any]]) -> None:
    keys = [row["key"] for row in rows]
    if double := next((key for key in keys if keys.count(key) > 1), None):
        raise ValidationError(_("“%(key)s” stands there twice.") % {"key": double})


def _wrong(number: int, words: str) -> ValidationError:
    return ValidationError(_("Line %(number)s: %(words)s") % {"number": number, "words": words})
