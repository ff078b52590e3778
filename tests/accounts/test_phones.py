import pytest
from django.core.exceptions import ValidationError

from portal.accounts.phones import normalize_phone

MOBILE = "+8613812341234"


@pytest.mark.parametrize(
    "typed",
    [
        "13812341234",
        "+8613812341234",
        "+86 138 1234 1234",
        "008613812341234",
        "86-138-1234-1234",
        "１３８１２３４１２３４",
        "＋８６ １３８１２３４１２３４",
        " 138\u00a01234\u30001234 ",
    ],
)
def test_a_mobile_of_the_mainland_however_it_is_typed(typed):
    assert normalize_phone(typed) == MOBILE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+852 6123 4567", "+85261234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("+886 0912 345 678", "+886912345678"),
    ],
)
def test_numbers_of_hong_kong_macao_and_taiwan(typed, kept):
    assert normalize_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "12812341234",
        "1381234123",
        "138123412345",
        "١٣٨١٢٣٤١٢٣٤",
        "+85212345678",
        "+1 202 555 0123",
        "61234567",
        "abc",
        "13812341234;ext=1",
        "=13812341234",
        "1" * 5000,
        "13812341234" + " " * 5000,
        "😀" * 11,
        "",
    ],
)
def test_what_is_no_such_number(typed):
    with pytest.raises(ValidationError):
        normalize_phone(typed)


def test_a_refusal_does_not_repeat_the_number():
    with pytest.raises(ValidationError) as refusal:
        normalize_phone("12899998888")
    assert "9999" not in str(refusal.value)
