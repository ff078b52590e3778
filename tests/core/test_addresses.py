import pytest
from django import forms
from django.core.exceptions import ValidationError

from portal.core.addresses import AddressField, normal_address, validate_address

SAME = [
    "abc@example.com",
    "ABC@Example.COM",
    "ａｂｃ@ｅｘａｍｐｌｅ.com",
    "ａｂｃ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "abc@example。com",
    "  abc@example.com\u3000",
    "aⓑc@example.com",
    "abc@exampl\u212f.com",
]


@pytest.mark.parametrize("typed", SAME)
def test_what_reads_the_same_is_the_same(typed):
    assert normal_address(typed) == "abc@example.com"


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [
        ("user@例子.中国", "user@xn--fsqu00a.xn--fiqs8s"),
        ("user@BÜCHER.example", "user@xn--bcher-kva.example"),
        ("\u212aelvin@example.com", "kelvin@example.com"),
        ("ſam@example.com", "sam@example.com"),
    ],
)
def test_letters_that_stand_for_others(typed, spelled):
    assert normal_address(typed) == spelled


@pytest.mark.parametrize(
    "typed", [*SAME, "赵@例子.中国", "x" * 300, "İ@example.com", "a@b..c", "@", "", "a@" + "é" * 200]
)
def test_one_spelling_stays_as_it_is(typed):
    once = normal_address(typed)

    assert normal_address(once) == once


@pytest.mark.parametrize("address", ["a@example.com", "a.b+c@sub.example.cn", "user@xn--fsqu00a.xn--fiqs8s"])
def test_an_address_is_accepted(address):
    validate_address(address)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "a@b", "赵@example.com", "a b@example.com", f"{'a' * 250}@b.cn", "a@例子.中国", "a\n@b.cn"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValidationError, match=r"name@example\.com"):
        validate_address(address)


@pytest.mark.parametrize("address", ["7@closed.invalid", "a@b.invalid", "a@x.closed.INVALID"])
def test_where_no_mail_goes_nobody_has_an_address(address):
    with pytest.raises(ValidationError, match=r"\.invalid"):
        validate_address(address)


@pytest.mark.parametrize("address", ["a@invalid.example.com", "a.invalid@example.com"])
def test_the_word_elsewhere_does_no_harm(address):
    validate_address(address)


class Form(forms.Form):
    email = AddressField()


@pytest.mark.parametrize("typed", SAME)
def test_a_form_gives_the_one_spelling(typed):
    form = Form({"email": typed})

    assert (form.is_valid(), form.cleaned_data) == (True, {"email": "abc@example.com"})


def test_a_box_for_an_address_brings_the_right_keyboard_and_refuses_nothing_by_itself():
    box = str(Form()["email"])

    assert 'type="text"' in box
    assert 'inputmode="email"' in box
