"""What an answer may be, by the kind of its section."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from submissions.definition import TITLE_KEY, Column, Option, Section
from submissions.values import as_text, clean_value, is_empty

OPTIONS = (Option("a", "甲"), Option("b", "乙"))
COLUMNS = (Column("name", "姓名", limit=5, is_required=True), Column("age", "年龄", "number"))
TABLE = Section("people", "人员", "people", columns=COLUMNS, max_rows=3)


def section(kind, **more):
    return Section("x", "x", kind, **more)


@pytest.mark.parametrize("text", ["数" * 10, "😀" * 10, "e\u0301" * 5, "一\r\n二\r\n三\r\n四\r\n五六"])
def test_a_text_of_exactly_the_limit_is_kept(text):
    assert len(clean_value(section("long_text", limit=10), text)) == 10


@pytest.mark.parametrize("text", ["数" * 11, "😀" * 11, "e\u0301" * 5 + "e", "一\r\n" * 5 + "六"])
def test_one_character_more_is_refused_with_both_numbers(text):
    with pytest.raises(ValidationError, match=r"11.*10"):
        clean_value(section("long_text", limit=10), text)


@pytest.mark.parametrize("text", ["数\x00据", "\ud800"])
def test_what_can_not_be_shown_is_refused(text):
    with pytest.raises(ValidationError):
        clean_value(section("long_text"), text)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{ 7|add:7 }}"])
def test_strange_words_are_words(text):
    assert clean_value(section("long_text"), text) == text


@pytest.mark.parametrize("value", [1, 1.5, None, True, [], {}, ["a"]])
@pytest.mark.parametrize("kind", ["line", "text", "long_text", "choice", "number", "date"])
def test_what_is_no_text_is_refused_or_says_nothing(kind, value):
    if value is None:
        assert clean_value(section(kind, options=OPTIONS), value) == ""
        return
    with pytest.raises(ValidationError):
        clean_value(section(kind, options=OPTIONS), value)


@pytest.mark.parametrize(
    ("text", "kept"), [("１２００", "1200"), ("1,200.50", "1200.5"), ("-3", "-3"), ("0", "0"), (" ", "")]
)
def test_numbers_are_kept_in_one_way(text, kept):
    assert clean_value(section("number"), text) == kept


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e309", "1_000", "٣٤", "9" * 40, "十二", "--1", "0x10"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValidationError):
        clean_value(section("number"), text)


@pytest.mark.parametrize(("text", "kept"), [("2026-08-10", "2026-08-10"), ("2026/08/10", "2026-08-10"), ("", "")])
def test_dates_are_kept_in_one_way(text, kept):
    assert clean_value(section("date"), text) == kept


@pytest.mark.parametrize("text", ["2026-02-30", "0001-01-01", "9999-12-31", "明天", "2026"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValidationError):
        clean_value(section("date"), text)


TITLE = Section(TITLE_KEY, "题目", "line", limit=60)


def test_pasted_characters_that_nobody_sees_do_not_count():
    assert clean_value(section("long_text", limit=5), "\u200e一\x0b二\u2028\u202e三\x1f") == "一\n二\n三"


@pytest.mark.parametrize("asked", [section("line"), TITLE])
def test_a_line_out_of_a_word_processor_is_one_line(asked):
    assert clean_value(asked, "\u200e山洪\x0b预警\x1e2 号\u200f") == "山洪 预警-2 号"


def test_a_cell_out_of_a_word_processor_is_kept():
    assert clean_value(TABLE, [{"name": "张\u200e三\x0b"}]) == [{"name": "张三", "age": ""}]


def test_a_choice_is_one_of_what_is_offered():
    with pytest.raises(ValidationError):
        clean_value(section("choice", options=OPTIONS), "c")


def test_choices_are_kept_once_and_in_the_forms_order():
    assert clean_value(section("choices", options=OPTIONS), ["b", "a", "b"]) == ["a", "b"]


def test_empty_rows_are_left_out():
    assert clean_value(TABLE, [{"name": "张三"}, {"name": " ", "age": ""}]) == [{"name": "张三", "age": ""}]


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": "张三"}] * 4,
        [{"name": "张三"}] * 10_000,
        [{"name": "一二三四五六"}],
        [{"name": "张三", "age": "很大"}],
        [{"name": "张三", "id": "1"}],
        [{"name": ["张三"]}],
        "张三",
        ["张三"],
        {"name": "张三"},
    ],
    ids=["one row more", "10,000 rows", "long cell", "no number", "unknown column", "list", "text", "texts", "no list"],
)
def test_a_table_that_can_not_be_kept_is_refused(rows):
    with pytest.raises(ValidationError) as caught:
        clean_value(TABLE, rows)
    assert len(caught.value.messages) <= 2


def test_a_cell_is_refused_by_row_and_column():
    with pytest.raises(ValidationError, match=r"2.*年龄"):
        clean_value(TABLE, [{"name": "张三"}, {"name": "李四", "age": "很大"}])


@given(st.text())
def test_cleaning_a_text_twice_changes_nothing_more(text):
    try:
        once = clean_value(section("long_text"), text)
    except ValidationError:
        return
    assert clean_value(section("long_text"), once) == once


@given(st.lists(st.dictionaries(st.sampled_from(["name", "age"]), st.text(max_size=6))))
def test_a_table_that_was_kept_is_kept_again(rows):
    try:
        once = clean_value(TABLE, rows)
    except ValidationError:
        return
    assert clean_value(TABLE, once) == once


@pytest.mark.parametrize(("value", "nothing"), [("", True), (" \n　", True), ([], True), ("字", False), (["a"], False)])
def test_white_space_says_nothing(value, nothing):
    assert is_empty(value) is nothing


def test_words_of_a_table_and_of_choices():
    assert as_text(TABLE, [{"name": "张三", "age": "8"}]) == "张三 · 8"
    assert as_text(section("choices", options=OPTIONS), ["a", "b"]) == "甲、乙"
