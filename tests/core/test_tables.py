"""Tables that people open in a spreadsheet: nothing in them runs, nothing in them is lost."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.core.tables import (
    LONGEST_XLSX_CELL,
    CellTooLong,
    csv_chunks,
    csv_response,
    guard,
    json_chunks,
    unescape_xlsx,
    unguard,
    xlsx_file,
)

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠a",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u3000=1",
    "|calc",
    "'=1",
    "''=1",
]
HARMLESS = ["", "a=1", "数据=要素", "'引号", "3-1", "1+1", "a@example.com", "。=", "''"]
TRICKY = st.text(st.sampled_from("'=＝+-@ \t\n_x005F0DA甲乙,\"")) | st.text(
    st.characters(codec="utf-8", categories="LNPSZ")
)


def read_csv(rows) -> list[list[str]]:
    text = b"".join(csv_chunks(rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def read_xlsx(rows) -> list[list[object]]:
    with xlsx_file(rows, title="赛题") as file:
        return [list(row) for row in load_workbook(io.BytesIO(file.read())).active.values]


# What would run


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_is_marked_as_text(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text):
    assert guard(text) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_text_that_was_never_marked_loses_nothing(text):
    assert unguard(text) == text


@given(TRICKY)
def test_a_mark_comes_off_again(text):
    assert unguard(guard(text)) == text


@given(st.lists(st.tuples(TRICKY, TRICKY), min_size=1))
def test_no_cell_of_a_csv_begins_like_a_formula(rows):
    cells = [cell for row in read_csv(rows) for cell in row]

    assert [
        cell for cell in cells if cell.lstrip().startswith(tuple("=+-@＝＋－＠")) or cell[:1] in {"\t", "\r", "\n"}
    ] == []


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_workbook_is_a_formula(text):
    with xlsx_file([[text]], title="t") as file:
        cell = load_workbook(io.BytesIO(file.read())).active["A1"]

    assert cell.data_type == "s"


# What must come through


@given(TRICKY)
def test_a_csv_holds_the_text(text):
    assert [[unguard(cell) for cell in row] for row in read_csv([["甲", text]])] == [["甲", text]]


@given(TRICKY)
def test_a_workbook_holds_the_text(text):
    ((_first, cell),) = read_xlsx([["甲", text]])

    assert unguard(unescape_xlsx(cell or "")) == text


@given(st.lists(TRICKY, min_size=1))
def test_a_json_holds_the_text(texts):
    assert json.loads(b"".join(json_chunks([[text] for text in texts], ["a"]))) == [{"a": text} for text in texts]


def test_excel_is_told_that_a_csv_is_utf8():
    assert b"".join(csv_chunks([["甲"]])).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("read", [read_csv, read_xlsx])
def test_line_ends_are_those_of_a_cell(read):
    assert read([["甲\r\n乙\r丙"]]) == [["甲\n乙\n丙"]]


def test_what_no_encoding_holds_does_not_cut_a_csv_short():
    assert read_csv([["\ud800"], ["乙"]]) == [["?"], ["乙"]]


def test_what_xml_does_not_hold_is_replaced_in_a_workbook():
    assert read_xlsx([["a\x00b\x0b\ud800"]]) == [["a\ufffdb\ufffd\ufffd"]]


def test_moments_are_beijing_time_in_a_csv():
    assert read_csv([[datetime(2026, 7, 31, 16, 30, tzinfo=UTC), date(2026, 8, 1)]]) == [
        ["2026-08-01 00:30:00", "2026-08-01"]
    ]


def test_moments_are_beijing_time_in_a_workbook():
    assert read_xlsx([[datetime(2026, 7, 31, 16, 30, 0, 5, tzinfo=UTC)]]) == [
        [datetime.fromisoformat("2026-08-01T00:30:00")]
    ]


def test_moments_say_their_zone_in_json():
    row = [datetime(2026, 7, 31, 16, 30, tzinfo=UTC), Decimal("1.50"), date(2026, 8, 1), None]

    assert json.loads(b"".join(json_chunks([row], ["a", "b", "c", "d"]))) == [
        {"a": "2026-08-01T00:30:00+08:00", "b": "1.50", "c": "2026-08-01", "d": None}
    ]


def test_numbers_are_numbers_in_a_workbook():
    assert read_xlsx([[-3, None, 2.5]]) == [[-3, None, 2.5]]


def test_json_without_rows_is_an_empty_list():
    assert json.loads(b"".join(json_chunks([], ["a"]))) == []


def test_the_longest_text_fits_a_workbook():
    assert read_xlsx([["长" * LONGEST_XLSX_CELL]]) == [["长" * LONGEST_XLSX_CELL]]


@pytest.mark.parametrize("text", ["长" * (LONGEST_XLSX_CELL + 1), "😀" * (LONGEST_XLSX_CELL // 2 + 1)])
def test_a_text_is_refused_rather_than_cut(text):
    with pytest.raises(CellTooLong) as refusal:
        xlsx_file([["甲"], ["乙", text]], title="t")

    assert (refusal.value.row, refusal.value.column) == (2, 2)


def test_rows_that_are_refused_are_let_go():
    def rows():
        try:
            yield ["长" * (LONGEST_XLSX_CELL + 1)]
        finally:
            let_go.append(True)

    let_go: list[bool] = []
    with pytest.raises(CellTooLong):
        xlsx_file(reading := rows(), title="t")

    assert (let_go, reading.gi_frame) == ([True], None)


def test_a_sheet_may_be_called_anything():
    with xlsx_file([["甲"]], title="a/b:c[d]" + "长" * 40) as file:
        assert load_workbook(io.BytesIO(file.read())).sheetnames == ["a b c d " + "长" * 23]


@pytest.mark.parametrize("read", [read_csv, read_xlsx])
def test_what_is_no_text_is_written_as_its_text(read):
    assert read([["甲", gettext_lazy("Download"), None, ["乙"]], ["=1"]])[0][:2] == ["甲", "下载"]


def test_a_csv_leaves_as_a_download_that_no_cache_keeps():
    response = csv_response("名单.csv", ["名"], [['a,"b"\n行'], [3], ["=1"]])
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(text, newline=""))) == [["名"], ['a,"b"\n行'], ["3"], ["'=1"]]
    assert (response["Cache-Control"], unquote(response["Content-Disposition"])) == (
        "private, no-store",
        "attachment; filename*=utf-8''名单.csv",
    )


def test_rows_are_made_while_they_are_sent():
    def rows():
        yield ["甲"]
        raise RuntimeError

    chunks = csv_chunks(rows())

    assert [next(chunks), next(chunks)] == [b"\xef\xbb\xbf", "甲\r\n".encode()]


def test_a_workbook_is_a_zip_with_one_sheet():
    with xlsx_file([["甲"]], title="t") as file, ZipFile(file) as archive:
        assert [name for name in archive.namelist() if "worksheets" in name] == ["xl/worksheets/sheet1.xml"]
