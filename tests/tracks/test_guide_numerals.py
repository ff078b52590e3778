import pytest

from tracks.guide.numerals import parse_numeral

WRITTEN = {"一": 1, "九": 9, "十": 10, "十一": 11, "二十": 20, "九十九": 99, "1": 1, "07": 7, "99": 99}
NO_NUMBERS = ["", "零", "百", "十十", "二二", "一十二三", "0", "100", "-1", "１２", "²", "1 2", "x"]


@pytest.mark.parametrize(("text", "number"), WRITTEN.items())
def test_numeral_up_to_99(text, number):
    assert parse_numeral(text) == number


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_anything_else_is_no_number(text):
    assert parse_numeral(text) is None
