import pytest
from django.core.exceptions import ValidationError

from submissions.texts import clean_text, showable


@pytest.mark.parametrize("text", ["", "数" * 10, "😀" * 10, "一行\n两行\t三"])
def test_text_up_to_the_limit_is_kept_as_it_is(text):
    assert clean_text(text, limit=10) == text


def test_a_line_break_counts_once_however_it_was_sent():
    assert clean_text("数据\r\n要素\r乘", limit=7) == "数据\n要素\n乘"


@pytest.mark.parametrize("text", ["数" * 11, "😀" * 11, "e\u0301" * 6])
def test_one_character_more_is_refused(text):
    with pytest.raises(ValidationError, match="10"):
        clean_text(text, limit=10)


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\ud800", "\u202e", "\u2067"])
def test_what_cannot_be_shown_is_refused(char):
    with pytest.raises(ValidationError):
        clean_text(f"数据{char}要素", limit=10)


@pytest.mark.parametrize("char", ["\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_whatever_a_program_breaks_lines_with_is_a_line_break(char):
    assert showable(f"数据{char}要素") == "数据\n要素"


@pytest.mark.parametrize(
    "char", ["\x01", "\x1b", "\x1f", "\x7f", "\x9f", "\u061c", "\u200e", "\u200f", "\u202e", "\u2067"]
)
def test_what_nobody_sees_is_left_out(char):
    assert showable(f"数据{char}要素") == "数据要素"


def test_the_hyphen_of_a_word_processor_is_a_hyphen():
    assert showable("GB\x1e2312") == "GB-2312"
