import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from portal.core.text import tidy_file_name, validate_plain_line, validate_text


@pytest.mark.parametrize("value", ["李雷", "川西山洪预警（二期）", "O'Brien & Söhne", "😀", "<b>"])
def test_what_people_are_called_is_accepted(value):
    assert validate_plain_line(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "a\x00b",
        "https://evil.example",
        "WWW.evil.example",
        "a\nb",
        "a\u202eb",
        "\u2066a",
        "\u200f",
        "   ",
        "\u3000",
        "\u200b",
        "a\u2028b",
        "\ud800",
    ],
    ids=ascii,
)
def test_what_would_pose_as_something_else_is_refused(value):
    with pytest.raises(ValidationError):
        validate_plain_line(value)


@pytest.mark.parametrize(
    "value", ["第一段\n\n第二段\r\n\t缩进", "见 https://example.cn", "😀", "عربى \u200f"], ids=ascii
)
def test_a_longer_text_may_hold_lines_and_addresses(value):
    assert validate_text(value) is None


@pytest.mark.parametrize("value", ["a\x00b", "a\x0bb", "a\x1bb", "a\x85b", "\ud800", "\ufffe"], ids=ascii)
def test_what_nothing_can_show_is_refused_in_a_longer_text(value):
    with pytest.raises(ValidationError):
        validate_text(value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("申报书（盖章）.pdf", "申报书（盖章）.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\li\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("gpj.\u202efdp.exe", "gpj.fdp.exe"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("\x00", "file"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
    ],
    ids=ascii,
)
def test_a_file_name_is_tidied(given, kept):
    assert tidy_file_name(given) == kept


def test_what_django_says_of_an_empty_character_is_said_in_better_chinese():
    with translation.override("zh-hans"), pytest.raises(ValidationError, match="不能含有空字符"):
        forms.CharField().clean("a\0b")
