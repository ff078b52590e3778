"""Reading tracks and topics from a table."""

import csv
import io
import json
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
from django.utils import translation
from openpyxl import Workbook

from tracks.guide import sheets
from tracks.guide.document import GuideError
from tracks.guide.tables import is_table, read_table

CHINESE = ["赛道编号", "赛道名称", "赛题编号", "赛题名称", "赛题内容"]
ENGLISH = ["Track number", "Track name", "Topic number", "Topic title", "Topic text"]
NAMES = ["track_number", "track_name", "topic_number", "topic_title", "topic_text"]
ROWS = [
    [1, "甲", 1, "第一题", "第一句，第二句。"],
    [1, "甲", 2, "第二题", "甲二的正文。\n\n第二段。"],
    [2, "乙", 1, "另一题", "乙一的正文。"],
]


@pytest.fixture(autouse=True)
def _speak_english():
    with translation.override("en"):
        yield


def as_csv(rows, *, head=CHINESE, encoding="utf-8", delimiter=",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([head, *rows] if head else rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows, *, head=CHINESE) -> bytes:
    book = Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(rows, *, head=NAMES) -> bytes:
    return json.dumps([dict(zip(head, row, strict=True)) for row in rows], ensure_ascii=False, indent=1).encode()


def contents(name, data):
    document = read_table(name, data)
    return [
        [track.number, track.name, topic.number, topic.title, topic.body]
        for track in document.tracks
        for topic in track.topics
    ]


def complaint(name, data) -> str:
    with pytest.raises(GuideError) as refusal:
        read_table(name, data)
    return str(refusal.value)


# What it takes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(encoding, delimiter):
    assert contents("a.csv", as_csv(ROWS, encoding=encoding, delimiter=delimiter)) == ROWS


@pytest.mark.parametrize("head", [CHINESE, ENGLISH, NAMES, [name.upper() for name in ENGLISH]], ids=str)
def test_headings_in_any_language(head):
    assert contents("a.csv", as_csv(ROWS, head=head)) == ROWS


def test_headings_are_known_whatever_language_is_spoken():
    with translation.override("zh-hans"):
        assert contents("a.csv", as_csv(ROWS, head=ENGLISH)) == ROWS


def test_workbook():
    assert contents("a.XLSX", as_xlsx(ROWS)) == ROWS


@pytest.mark.parametrize("head", [CHINESE, NAMES], ids=str)
def test_json(head):
    assert contents("a.json", as_json(ROWS, head=head)) == ROWS


def test_columns_in_any_order_and_others_between():
    head = ["备注", *reversed(CHINESE)]
    rows = [["改过", *reversed(row)] for row in ROWS]

    assert contents("a.csv", as_csv(rows, head=head)) == ROWS


def test_rows_in_any_order():
    assert contents("a.csv", as_csv([ROWS[2], ROWS[1], ROWS[0]])) == ROWS


def test_empty_rows_before_between_and_after():
    empty = [""] * 5
    data = as_csv([empty, CHINESE, empty, ROWS[0], empty, *ROWS[1:], empty], head=None)

    assert contents("a.csv", data) == ROWS


def test_merged_cells_are_those_above():
    merged = [ROWS[0], [None, None, *ROWS[1][2:]], ROWS[2]]

    assert contents("a.xlsx", as_xlsx(merged)) == ROWS


def test_a_name_once_is_enough_for_a_track():
    assert contents("a.csv", as_csv([ROWS[0], [1, "", *ROWS[1][2:]], ROWS[2]])) == ROWS


@pytest.mark.parametrize("number", ["2", "２", " 2 ", "二", 2, 2.0])
def test_numbers_as_people_write_them(number):
    assert contents("a.xlsx", as_xlsx([[1, "甲", number, "题", "正文。"]])) == [[1, "甲", 2, "题", "正文。"]]


def test_a_title_that_is_a_number():
    assert contents("a.xlsx", as_xlsx([[1, "甲", 1, 2026.0, "正文。"]])) == [[1, "甲", 1, "2026", "正文。"]]


def test_space_at_the_ends_and_line_ends_of_another_system():
    row = [1, "甲", 1, " 题 ", "\r\n一段。\r\n二段。\r"]

    assert contents("a.json", as_json([row])) == [[1, "甲", 1, "题", "一段。\n二段。"]]


def test_the_mark_before_a_formula_comes_off():
    assert contents("a.csv", as_csv([[1, "甲", 1, "'=1+1", "'－试点"]])) == [[1, "甲", 1, "=1+1", "－试点"]]


def test_a_sign_for_what_was_lost_earlier_is_a_sign_like_any_other():
    row = [1, "甲", 1, "题", "正文\ufffd。"]

    assert contents("a.csv", as_csv([row])) == [row]


def test_the_mark_stays_in_json():
    assert contents("a.json", as_json([[1, "甲", 1, "'=1+1", "正文。"]])) == [[1, "甲", 1, "'=1+1", "正文。"]]


def test_the_first_sheet_that_has_anything():
    book = Workbook()
    sheet = book.create_sheet("赛题")
    for row in [CHINESE, *ROWS]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)

    assert contents("a.xlsx", out.getvalue()) == ROWS


def test_a_track_without_topics():
    document = read_table("a.csv", as_csv([[1, "甲", "", "", ""]]))

    assert [(track.number, track.name, track.topics) for track in document.tracks] == [(1, "甲", ())]


@pytest.mark.parametrize("state", ["已撤下", "withdrawn", "Withdrawn"])
def test_withdrawn_topics_are_left_out(state):
    rows = [[*ROWS[0], "开放"], [*ROWS[1], state], [*ROWS[2], ""]]

    assert contents("a.csv", as_csv(rows, head=[*CHINESE, "状态"])) == [ROWS[0], ROWS[2]]


def test_lines_are_rows_of_the_sheet():
    document = read_table("a.csv", as_csv(ROWS))

    assert [(track.line, [topic.line for topic in track.topics]) for track in document.tracks] == [
        (2, [2, 3]),
        (4, [4]),
    ]


def test_lines_of_json_are_lines():
    document = read_table("a.json", as_json(ROWS))

    assert [(track.line, [topic.line for topic in track.topics]) for track in document.tracks] == [
        (2, [2, 9]),
        (16, [16]),
    ]


@pytest.mark.parametrize(("name", "expected"), [("a.csv", True), ("a.XLSX", True), ("a.json", True), ("a.md", False)])
def test_a_table_is_known_by_its_ending(name, expected):
    assert is_table(name) == expected


# What it refuses


def replaced(place, value, *, row=1):
    rows = [list(each) for each in ROWS]
    rows[row][place] = value
    return rows


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (replaced(3, ""), "Row 3, “Topic title”: this is empty."),
        (replaced(4, "  "), "Row 3, “Topic text”: this is empty."),
        (replaced(2, ""), "Row 3, “Topic number”: this is empty."),
        (replaced(0, "", row=0), "Row 2, “Track number”: this is empty."),
        (replaced(1, "", row=0), "Row 2, “Track name”: this is empty."),
        (replaced(2, "1.5"), "Row 3, “Topic number”: “1.5” is not a whole number."),
        (replaced(2, "-1"), "Row 3, “Topic number”: “-1” is not a whole number."),
        (replaced(2, "٣"), "Row 3, “Topic number”: “٣” is not a whole number."),
        (replaced(2, "9" * 400), f"Row 3, “Topic number”: “{'9' * 40}” is not a whole number."),
        (replaced(2, 0), "Row 3, “Topic number”: Ensure this value is greater than or equal to 1."),
        (replaced(2, 1), "Row 3, “Topic number”: track 1 has a topic 1 in row 2 already."),
        (replaced(1, "丙"), "Row 3, “Track name”: in row 2 this track is called “甲”."),
        (replaced(1, "甲", row=2), "Row 4, “Track name”: track 1 in row 2 is called so too."),
        (replaced(3, "长" * 121), "Row 3, “Topic title”: Ensure this value has at most 120 characters (it has 121)."),
        (replaced(3, "一\n二"), "Row 3, “Topic title”: This text contains characters that can't be shown. "),
        (
            replaced(1, "长" * 61, row=2),
            "Row 4, “Track name”: Ensure this value has at most 60 characters (it has 61).",
        ),
        (replaced(4, "a\x1bb"), "Row 3, “Topic text”: This text contains characters that can't be shown. "),
    ],
)
def test_a_wrong_cell_is_named(rows, words):
    assert complaint("a.csv", as_csv(rows)).startswith(words)


def test_half_a_character_in_a_number_is_named():
    rows = json.dumps([dict(zip(NAMES, replaced(2, "\ud800")[1], strict=True))]).encode()

    words = "Row 1, “Topic number”: This text contains characters that can't be shown. "
    assert complaint("a.json", rows).startswith(words)


def test_a_wrong_cell_is_named_in_chinese():
    with translation.override("zh-hans"):
        assert complaint("a.csv", as_csv(replaced(3, ""))) == "第 3 行“赛题名称”：此处为空。"


@pytest.mark.parametrize("value", [datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None), True])
def test_what_excel_made_of_a_text_is_named(value):
    assert complaint("a.xlsx", as_xlsx(replaced(3, value))) == (
        "Row 3, “Topic title”: text was expected here. Format the column as text."
    )


@pytest.mark.parametrize("value", [["甲"], {"a": 1}, True])
def test_json_that_is_no_text_is_named(value):
    assert complaint("a.json", as_json(replaced(3, value))).startswith("Row 9, “Topic title”: text was expected")


def test_a_formula_that_came_to_nothing_is_named():
    assert complaint("a.csv", as_csv(replaced(4, "#REF!"))) == "Row 3, “Topic text”: the formula gives #REF!."


def test_a_quotation_mark_that_never_closes_takes_nothing_with_it():
    data = as_csv(ROWS).replace("第二题".encode(), '"第二题'.encode())

    assert complaint("a.csv", data) == "Line 3: the quotation marks don't close, or a cell is too long."


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_damaged_utf8_is_not_read_as_something_else(bom):
    data = bom + as_csv(ROWS, head=ENGLISH).replace("另一题".encode(), "另一题".encode()[:-1])

    assert complaint("a.csv", data) == "Line 6: the text is not UTF-8."


def test_missing_headings_are_named():
    data = as_csv([row[:3] for row in ROWS], head=CHINESE[:3])

    assert complaint("a.csv", data) == (
        "Line 1: the first row must hold the headings; missing: Topic title、Topic text."
    )


def test_a_heading_twice_is_named():
    data = as_csv([[*row, ""] for row in ROWS], head=[*CHINESE, "Topic Text"])

    assert complaint("a.csv", data) == "Row 1, “Topic Text”: there are two columns with this heading."


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "Line 1: the table is empty."),
        ("a.csv", as_csv([]), "Line 1: the table has no rows below its headings."),
        ("a.csv", b"\xff\xfe\x00\x00\xff", "Line 1: this is no text: it is neither UTF-8 nor GB18030."),
        ("a.csv", "赛道编号".encode("utf-16"), "Line 1: this is no text: it is neither UTF-8 nor GB18030."),
        (
            "a.csv",
            as_csv(replaced(4, "长" * 131_073)),
            "Line 3: the quotation marks don't close, or a cell is too long.",
        ),
        ("a.csv", b" " * (sheets.MOST_BYTES + 1), "Line 1: the file is larger than 10 MB."),
        ("a.xlsx", b"no workbook", "Line 1: the file is damaged, encrypted or not what its name says."),
        ("a.xlsx", as_csv(ROWS), "Line 1: the file is damaged, encrypted or not what its name says."),
        ("a.json", b"", "Line 1: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", b"{}", "Line 1: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", b"[1]", "Line 1: an object with the columns as names was expected here."),
        ("a.json", b"[\n{}]", "Row 2, “Track number”: this is missing."),
        ("a.json", as_json(ROWS) + b"\n}", "Line 24: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", as_json(ROWS)[:-1], "Line 23: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", as_json(ROWS)[:-1] + b",]", "Line 23: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", b'[\n{"a": nope}]', "Line 2: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", b"[" * 100_000, "Line 1: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", b'[{"a": ' + b"9" * 5_000 + b"}]", "Line 1: a list in JSON was expected: [{…}, {…}]."),
        ("a.json", b"[\n\xff]", "Line 2: the text is not UTF-8."),
        ("a.json", b"[]", "Line 1: the table has no rows below its headings."),
    ],
    ids=range(20),
)
def test_a_file_without_sense_gets_a_sentence(name, data, words):
    assert complaint(name, data) == words


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'


@pytest.mark.parametrize(
    "spoil",
    [
        b"",
        b"<worksheet",
        b"<!DOCTYPE a>",
        SHEET % b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        SHEET % b'<row r="one"><c r="A1"><v>1</v></c></row>',
        SHEET % b'<row r="1"><c r="1A"><v>1</v></c></row>',
        SHEET % b'<row r="1"><c r="A1"><v>one</v></c></row>',
        SHEET % b'<row r="1"><c r="A1" t="d"><v>one</v></c></row>',
    ],
)
def test_a_workbook_with_spoilt_xml_gets_a_sentence(spoil):
    out = io.BytesIO()
    with ZipFile(io.BytesIO(as_xlsx(ROWS))) as source, ZipFile(out, "w") as target:
        for part in source.namelist():
            target.writestr(part, spoil if "sheet1" in part else source.read(part))

    assert complaint("a.xlsx", out.getvalue()) == "Line 1: the file is damaged, encrypted or not what its name says."


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_that_lacks_a_part_gets_a_sentence(part):
    out = io.BytesIO()
    with ZipFile(io.BytesIO(as_xlsx(ROWS))) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))

    assert complaint("a.xlsx", out.getvalue()).startswith("Line 1: ")


@pytest.mark.parametrize("write", [as_csv, as_xlsx, as_json])
def test_rows_have_a_limit(write, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    name = {as_csv: "a.csv", as_xlsx: "a.xlsx", as_json: "a.json"}[write]

    assert complaint(name, write(ROWS)).endswith(": a table has at most 2 rows.")


def test_a_row_far_below_the_others_is_seen():
    book = Workbook()
    for row in [CHINESE, *ROWS]:
        book.active.append(row)
    for place, value in enumerate([3, "丙", 1, "远", "正文。"], start=1):
        book.active.cell(sheets.ROWS_OF_A_SHEET, place, value)
    out = io.BytesIO()
    book.save(out)

    assert contents("a.xlsx", out.getvalue()) == [*ROWS, [3, "丙", 1, "远", "正文。"]]


def test_a_bomb_is_not_unpacked():
    out = io.BytesIO()
    with ZipFile(io.BytesIO(as_xlsx(ROWS))) as source, ZipFile(out, "w", compression=8) as target:
        for part in source.namelist():
            target.writestr(part, source.read(part))
        target.writestr("xl/media/image1.png", b"\0" * 30 * 1024**2)

    assert complaint("a.xlsx", out.getvalue()) == "Line 1: the file unpacks to more than can be read."
