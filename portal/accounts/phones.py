"""Phone numbers: the mainland's mobiles, and those of Hong Kong, Macao and Taiwan."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})", re.ASCII)
ELSEWHERE = re.compile(r"(?:\+|00)?(85[23]|886)([0-9]{6,10})", re.ASCII)
# What people put between groups of digits.
BETWEEN = re.compile(r"[\s().·‐-―-]")
LONGEST_TYPED = 40


def normalize_phone(typed: str) -> str:
    """``typed`` as +8613812345678, full-width digits folded; raises ValidationError for what is no such number."""
    number = "" if len(typed) > LONGEST_TYPED else BETWEEN.sub("", unicodedata.normalize("NFKC", typed))
    if found := MAINLAND.fullmatch(number):
        return f"+86{found[1]}"
    if (found := ELSEWHERE.fullmatch(number)) and (known := _known(f"+{found[1]}{found[2]}")):
        return known
    raise ValidationError(
        _("Please write a mobile number of 11 digits, or one of Hong Kong (+852), Macao (+853) or Taiwan (+886)."),
        code="phone",
    )


def _known(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
