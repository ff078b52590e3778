"""From bytes to numbered rows: CSV as Excel in China writes it, XLSX, JSON."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.core.archives import BadArchive, open_archive
from portal.core.tables import BOM, unescape_xlsx, unguard
from tracks.guide.columns import NEEDED, Column, column_of, heading
from tracks.guide.document import GuideError

MOST_BYTES = 10 * 1024**2
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 5_000, 50, 10
# As many rows as a workbook can have: what stands below the last one that is read must not go unseen.
ROWS_OF_A_SHEET = 1_048_576
DELIMITERS = ",;\t"
_SPACE = " \t\r\n"
# What openpyxl raises on a workbook that somebody else's program wrote, or somebody with bad intentions.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError)

Record = tuple[int, dict[Column, Any]]


def read_rows(name: str, data: bytes) -> list[Record]:
    """The rows below the headings, each with its number in the sheet; empty ones are left out."""
    ending = name.rpartition(".")[2].lower()
    if len(data) > MOST_BYTES:
        raise GuideError(1, _("the file is larger than %(limit)d MB.") % {"limit": MOST_BYTES // 1024**2})
    if ending == "json":
        records = json_records(data)
    else:
        records = below_headings(xlsx_rows(data) if ending == "xlsx" else csv_rows(data))
    return list(bounded(record for record in records if any(is_filled(record[1].get(column)) for column in NEEDED)))


def bounded(records: Iterable[Record]) -> Iterator[Record]:
    for count, record in enumerate(records, start=1):
        if count > MOST_ROWS:
            raise GuideError(record[0], _("a table has at most %(limit)d rows.") % {"limit": MOST_ROWS})
        yield record


def is_filled(value: Any) -> bool:
    return value is not None and bool(str(value).strip())


def below_headings(rows: Iterable[tuple[int, list[Any]]]) -> Iterator[Record]:
    columns: dict[int, Column] | None = None
    for line, row in rows:
        if columns is not None:
            yield line, {column: row[place] for place, column in columns.items() if place < len(row)}
        elif any(map(is_filled, row)):
            columns = columns_of(line, row)
    if columns is None:
        raise GuideError(1, _("the table is empty."))


def columns_of(line: int, row: list[Any]) -> dict[int, Column]:
    found: dict[int, Column] = {}
    for place, name in enumerate(row):
        column = column_of(str(name)) if is_filled(name) else None
        if column in found.values():
            raise GuideError(line, _("there are two columns with this heading."), str(name).strip())
        if column is not None:
            found[place] = column
    missing = [heading(column) for column in NEEDED if column not in found.values()]
    if missing:
        values = {"missing": "、".join(missing)}
        raise GuideError(line, _("the first row must hold the headings; missing: %(missing)s.") % values)
    return found


def csv_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = decoded(data)
    # Strict: else a quotation mark that never closes would take all that follows into one cell.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    line = 0
    while True:
        line += 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise GuideError(line, _("the quotation marks don't close, or a cell is too long.")) from error
        if row is None:
            return
        if line > ROWS_OF_A_SHEET:
            raise GuideError(line, _("a table has at most %(limit)d rows.") % {"limit": MOST_ROWS})
        yield line, [unguard(cell) for cell in row]


def decoded(data: bytes) -> str:
    """UTF-8, or else what Excel in China writes when nobody chooses."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if is_meant_as_utf8(data):
            raise GuideError(data.count(b"\n", 0, error.start) + 1, _("the text is not UTF-8.")) from error
        text = data.decode("gb18030", "replace")
        if "\ufffd" in text:
            raise no_text() from error
    if "\0" in text:
        raise no_text()
    return text


def no_text() -> GuideError:
    return GuideError(1, _("this is no text: it is neither UTF-8 nor GB18030."))


def is_meant_as_utf8(data: bytes) -> bool:
    """Of text in another encoding next to nothing is UTF-8 by chance; where nearly all is, a few bytes are damaged."""
    text = data.decode("utf-8", "replace")
    return text.startswith(BOM) or 10 * text.count("\ufffd") < sum(not character.isascii() for character in text)


def delimiter_of(text: str) -> str:
    """The one that most headings are found by."""
    head = next((line for line in text.splitlines() if line.strip()), "")

    def headings(delimiter: str) -> int:
        return sum(column_of(cell.strip('"')) is not None for cell in head.split(delimiter))

    return max(DELIMITERS, key=headings)


def xlsx_rows(data: bytes) -> Iterator[tuple[int, list[Any]]]:
    """The first sheet that has anything."""
    from openpyxl import load_workbook

    try:
        open_archive(data, part="xl/workbook.xml")
    except BadArchive as error:
        raise GuideError(1, str(error)) from error
    limits = {"max_row": ROWS_OF_A_SHEET, "max_col": MOST_COLUMNS, "values_only": True}
    with warnings.catch_warnings():
        # Of what it leaves aside: pictures, rules for colours, other programs' additions.
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for sheet in book.worksheets[:MOST_SHEETS]:
                rows = numbered_rows(sheet.iter_rows(**limits))
                if rows:
                    break
            else:
                rows = []
        except _UNREADABLE as error:
            if isinstance(error, GuideError):
                raise
            raise GuideError(1, _("the file is damaged, encrypted or not what its name says.")) from error
    yield from rows


def numbered_rows(rows: Iterable[tuple[Any, ...]]) -> list[tuple[int, list[Any]]]:
    found: list[tuple[int, list[Any]]] = []
    empty = None
    for line, row in enumerate(rows, start=1):
        # Where rows are missing, a million times, the reader gives one and the same.
        if row is empty:
            continue
        if row.count(None) == len(row):
            empty = row
        else:
            if len(found) > MOST_ROWS:
                raise GuideError(line, _("a table has at most %(limit)d rows.") % {"limit": MOST_ROWS})
            found.append((line, [unguard(unescape_xlsx(cell)) if isinstance(cell, str) else cell for cell in row]))
    return found


def json_records(data: bytes) -> Iterator[Record]:
    """The objects of a list, each with the line that it starts in."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GuideError(data.count(b"\n", 0, error.start) + 1, _("the text is not UTF-8.")) from error
    for line, item in json_items(text):
        if not isinstance(item, dict):
            raise GuideError(line, _("an object with the columns as names was expected here."))
        record: dict[Column, Any] = {}
        for name, value in item.items():
            if column := column_of(name):
                record[column] = value
        missing = [column for column in NEEDED if column not in record]
        if missing:
            raise GuideError(line, _("this is missing."), heading(missing[0]))
        yield line, record


def json_items(text: str) -> Iterator[tuple[int, Any]]:
    """The items of the list that ``text`` is. Read one by one, since the library's own reader forgets their lines."""
    decoder = json.JSONDecoder()
    at = skip_space(text, 0)
    expect(text, at, "[")
    at = skip_space(text, at + 1)
    line, counted = 1, 0
    while text[at : at + 1] != "]" or counted:
        line, counted = line + text.count("\n", counted, at), at
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise not_json(text, getattr(error, "pos", at)) from error
        yield line, item
        at = skip_space(text, at)
        if text[at : at + 1] == "]":
            break
        expect(text, at, ",")
        at = skip_space(text, at + 1)
    if (at := skip_space(text, at + 1)) < len(text):
        raise not_json(text, at)


def skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def expect(text: str, at: int, character: str) -> None:
    if text[at : at + 1] != character:
        raise not_json(text, at)


def not_json(text: str, at: int) -> GuideError:
    return GuideError(text.count("\n", 0, at) + 1, _("a list in JSON was expected: [{…}, {…}]."))
