import pytest
from django.core.exceptions import ValidationError

from submissions.codes import normalize_credit_code, validate_credit_code

VALID = "91110000600037341L"


@pytest.mark.parametrize(
    "typed", ["91110000600037341l", " 9111 0000 6000-37341L ", "９１１１００００６０００３７３４１Ｌ"]
)
def test_a_code_is_kept_in_half_width_capitals(typed):
    assert normalize_credit_code(typed) == VALID


@pytest.mark.parametrize("code", [VALID, "N2510104MA6C0000XQ"])
def test_a_valid_code_is_accepted(code):
    validate_credit_code(code)


def test_another_check_digit_is_refused():
    with pytest.raises(ValidationError, match="校验码"):
        validate_credit_code("91110000600037341M")


@pytest.mark.parametrize(
    "code", ["", "9111000060003734", VALID + "0", "91110000600O37341L", "I1110000600037341L", "٩1110000600037341L"]
)
def test_what_has_another_shape_is_refused(code):
    with pytest.raises(ValidationError, match="18"):
        validate_credit_code(code)
