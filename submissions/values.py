"""What an answer may be, by the kind of its section. What comes in is anything at all; what goes out can be kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.core.instants import YEARS
from portal.core.text import UNSHOWABLE, validate_plain_line
from submissions.definition import LONGEST_TEXT, MOST_ROWS, TITLE_KEY, Column, Section
from submissions.enums import SectionKind
from submissions.texts import clean_text, showable

MOST_DIGITS = 18
# A table holds rows, and a row cells.
DEEPEST = 2


def clean_value(section: Section, value: Any) -> Any:
    """``value`` as it is kept, or ValidationError in the words of whoever typed it. Nothing said is always fine."""
    return _CLEANERS[section.kind](section, value)


def storable(value: Any) -> Any:
    """What could not be checked, as near to how it was typed as a database takes it: texts, and rows of texts.

    Raises ValidationError for what lies deeper than a cell of a table: no page sends it.
    """
    return _storable(value, DEEPEST)


def _storable(value: Any, levels: int) -> Any:
    if not levels and isinstance(value, list | dict):
        raise ValidationError(_("This can't be read. Please enter it again."))
    if isinstance(value, str):
        return UNSHOWABLE.sub("", value[:LONGEST_TEXT])
    if isinstance(value, list):
        return [_storable(each, levels - 1) for each in value[: 2 * MOST_ROWS]]
    if isinstance(value, dict):
        return {storable(str(key)): _storable(each, levels - 1) for key, each in [*value.items()][: 2 * MOST_ROWS]}
    if value is None:
        return ""
    return value if isinstance(value, bool | int) else str(value)


def has_shape(section: Section, value: Any) -> bool:
    """``value`` is made as answers to this section are. What came too late, or answered another form, may not be."""
    if section.is_table:
        return isinstance(value, list) and all(isinstance(row, dict) for row in value)
    if section.kind == SectionKind.CHOICES:
        return isinstance(value, list) and all(isinstance(key, str) for key in value)
    return isinstance(value, str)


def is_empty(value: Any) -> bool:
    return not (value.strip() if isinstance(value, str) else value)


def as_text(section: Section, value: Any) -> str:
    """An answer in words, a row a line: what is read, compared and counted."""
    if section.is_table:
        return "\n".join(" · ".join(cell for cell in cells(section, row) if cell) for row in value or [])
    if section.kind == SectionKind.CHOICES:
        return "、".join(_label(section.options, key) for key in value or [])
    if section.kind == SectionKind.CHOICE:
        return _label(section.options, value) if value else ""
    return str(value or "")


def in_any_words(section: Section | None, value: Any) -> str:
    """The same of whatever was kept, and where nobody knows any more what was asked."""
    if section is not None and has_shape(section, value):
        return as_text(section, value)
    if isinstance(value, list):
        return "\n".join(" · ".join(map(str, row.values())) if isinstance(row, dict) else str(row) for row in value)
    return str(value or "")


def cells(section: Section, row: Any) -> list[str]:
    """A row in the order of its columns, in words."""
    said = [str(row.get(column.key, "")) for column in section.columns]
    labels = zip(section.columns, said, strict=True)
    return [_label(column.options, cell) if cell and column.options else cell for column, cell in labels]


def _label(options: Iterable[Any], key: str) -> str:
    return next((option.label for option in options if option.key == key), key)


def _text(section: Section, value: Any) -> str:
    return clean_text(showable(_string(value)), limit=section.limit or LONGEST_TEXT)


def _line(section: Section, value: Any) -> str:
    text = showable(_string(value)).strip()
    if not text:
        return ""
    if "\n" in text:
        text = " ".join(text.split())
    if section.key == TITLE_KEY:
        validate_plain_line(text)
    return clean_text(text, limit=section.limit or 200)


def _choice(section: Section | Column, value: Any) -> str:
    key = _string(value)
    if key and key not in {option.key for option in section.options}:
        raise ValidationError(_("Please choose one of what is offered."))
    return key


def _choices(section: Section, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValidationError(_("Please choose from what is offered."))
    chosen = {_choice(section, each) for each in value}
    return [option.key for option in section.options if option.key in chosen]


def _number(section: Section | Column, value: Any) -> str:
    text = unicodedata.normalize("NFKC", _string(value)).strip().replace(",", "")
    if not text:
        return ""
    try:
        number = Decimal(text) if len(text) <= MOST_DIGITS + 2 else None
    except InvalidOperation:
        number = None
    # Written as people write numbers: no exponents, no infinity, and digits that everybody reads.
    if number is None or not number.is_finite() or not text.isascii() or "e" in text.lower() or "_" in text:
        raise ValidationError(_("Please write a number, such as 1200 or 3.5."))
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _date(section: Section | Column, value: Any) -> str:
    text = unicodedata.normalize("NFKC", _string(value)).strip().replace("/", "-")
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationError(_("Please write a date as 2026-08-10.")) from None
    if day.year not in range(1900, YEARS.stop):
        raise ValidationError(_("Please write a date as 2026-08-10."))
    return day.isoformat()


def _table(section: Section, value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise ValidationError(_("This table can't be read. Please enter it again."))
    rows = [row for row in value if any(str(cell).strip() for cell in row.values())]
    if len(rows) > section.max_rows:
        counts = {"given": len(rows), "limit": section.max_rows}
        raise ValidationError(_("This table has %(given)s rows; at most %(limit)s are allowed.") % counts)
    errors: list[str] = []
    cleaned = [_row(section, number, row, errors) for number, row in enumerate(rows, start=1)]
    if errors:
        raise ValidationError(errors)
    # One that held nothing but what nobody sees is empty by now.
    return [row for row in cleaned if any(row.values())]


def _row(section: Section, number: int, row: dict[str, Any], errors: list[str]) -> dict[str, str]:
    known = {column.key for column in section.columns}
    if not set(row) <= known:
        errors.append(_("Row %(row)s has a column that the form doesn't have.") % {"row": number})
    cleaned = {}
    for column in section.columns:
        try:
            cleaned[column.key] = _CELLS[column.kind](column, row.get(column.key, ""))
        except ValidationError as error:
            where = {"row": number, "column": column.label, "message": " ".join(error.messages)}
            errors.append(_("Row %(row)s, %(column)s: %(message)s") % where)
    return cleaned


def _cell_line(column: Column, value: Any) -> str:
    return clean_text(" ".join(showable(_string(value)).split()), limit=column.limit)


def _cell_text(column: Column, value: Any) -> str:
    return clean_text(showable(_string(value)).strip(), limit=column.limit)


def _string(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValidationError(_("This can't be read. Please enter it again."))
    return value


_CLEANERS: dict[str, Callable[[Section, Any], Any]] = {
    SectionKind.LINE: _line,
    SectionKind.TEXT: _text,
    SectionKind.LONG_TEXT: _text,
    SectionKind.CHOICE: _choice,
    SectionKind.CHOICES: _choices,
    SectionKind.NUMBER: _number,
    SectionKind.DATE: _date,
    SectionKind.PEOPLE: _table,
    SectionKind.ROWS: _table,
}
_CELLS: dict[str, Callable[[Column, Any], str]] = {
    SectionKind.LINE: _cell_line,
    SectionKind.TEXT: _cell_text,
    SectionKind.NUMBER: _number,
    SectionKind.DATE: _date,
    SectionKind.CHOICE: _choice,
}
