"""Rows to tables that people open in a spreadsheet, without anything in them running there."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import IO, Any

from django.http.response import HttpResponseBase
from django.utils import timezone

from portal.core import service
from portal.core.serving import serve_chunks
from portal.core.text import one_kind_of_line_end

CSV = "text/csv; charset=utf-8"
# Numbers and moments stay what they are; anything else is written as its text.
Row = Sequence[Any]

# Excel takes a CSV without it for the computer's own code page, and Chinese for gibberish.
BOM = "\ufeff"
LONGEST_XLSX_CELL = 32_767
# How text begins that a spreadsheet would run, full-width signs too, after any number of the marks that prevent it.
_RUNS = re.compile(r"'*(?:\s*[=+\-@|＝＋－＠]|[\t\r\n])")
# What XML can't hold, and what a workbook writes for it: "_x000D_" in a text would become a line break.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MEMORY = 1024**2
_PLAIN = (int, float, Decimal, date)


class CellTooLong(ValueError):
    """A workbook can't hold the text in one cell; ``row`` counts from 1."""

    def __init__(self, row: int, column: int) -> None:
        super().__init__(row, column)
        self.row, self.column = row, column


def guard(text: str) -> str:
    """Text that no spreadsheet takes for a formula. ``unguard`` gives back exactly what was guarded."""
    return f"'{text}" if _RUNS.match(text) else text


def unguard(text: str) -> str:
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


def csv_chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV as Excel opens it by a double click, row by row."""
    yield BOM.encode()
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
        # What no encoding can hold must not cut a download in two.
        yield line.getvalue().encode("utf-8", "replace")
        line.seek(0)
        line.truncate()


def csv_response(name: str, head: Sequence[Any], rows: Iterable[Row]) -> HttpResponseBase:
    """A CSV as a download; ``rows`` are read while they are sent. Raises Unavailable while only submissions count."""
    service.require_spare()
    return serve_chunks(csv_chunks(chain([head], rows)), name, content_type=CSV)


def xlsx_file(rows: Iterable[Row], *, title: str) -> IO[bytes]:
    """A workbook with one sheet, in a file that vanishes when it is closed.

    Raises CellTooLong rather than cut a text.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "1")
    sheet.freeze_panes = "A2"
    try:
        for number, row in enumerate(rows, start=1):
            sheet.append([_xlsx_cell(cell, number, column) for column, cell in enumerate(row, start=1)])
    except BaseException:
        # Only saving closes and removes the file that the rows have gone to.
        book.save(io.BytesIO())
        raise
    finally:
        # The error would keep the rows, and they whatever they are read from, for as long as somebody looks at it.
        if isinstance(rows, Generator):
            rows.close()
    file = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115 - the caller closes it
    book.save(file)
    file.seek(0)
    return file


def json_chunks(rows: Iterable[Row], names: Sequence[str]) -> Iterator[bytes]:
    """A list of objects, one a line. Nothing is guarded: programs run no text."""
    before = "[\n"
    for row in rows:
        values = {name: _json_value(cell) for name, cell in zip(names, row, strict=True)}
        yield (before + json.dumps(values, ensure_ascii=False)).encode("utf-8", "replace")
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def unescape_xlsx(text: str) -> str:
    """What a workbook's ``_x000D_`` stands for."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _csv_cell(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return _local(cell).isoformat(sep=" ", timespec="seconds")
    return cell if cell is None or isinstance(cell, _PLAIN) else guard(one_kind_of_line_end(str(cell)))


def _xlsx_cell(cell: Any, row: int, column: int) -> Any:
    if isinstance(cell, datetime):
        return _local(cell)
    if cell is None or isinstance(cell, _PLAIN):
        return cell
    text = guard(one_kind_of_line_end(_NOT_IN_XML.sub("\ufffd", str(cell))))
    text = _ESCAPE.sub("_x005F_", text)
    if len(text.encode("utf-16-le")) > 2 * LONGEST_XLSX_CELL:
        raise CellTooLong(row, column)
    return text


def _json_value(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return timezone.localtime(cell).isoformat(timespec="seconds")
    return cell if cell is None or isinstance(cell, (int, float)) else str(cell)


def _local(moment: datetime) -> datetime:
    """Beijing time without saying so: a spreadsheet knows no zones."""
    return timezone.localtime(moment).replace(tzinfo=None, microsecond=0)
