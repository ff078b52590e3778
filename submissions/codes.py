"""统一社会信用代码 (GB 32100-2015), as people type it and as we keep it."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

# Who registered it and as what (letters too: a village collective's begins with N), where, which body, check digit.
SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


def normalize_credit_code(value: str) -> str:
    """Half width, upper case, no spaces or hyphens."""
    value = unicodedata.normalize("NFKC", value).upper()
    return "".join(char for char in value if not char.isspace() and char != "-")


def validate_credit_code(value: str) -> None:
    if not SHAPE.fullmatch(value):
        raise ValidationError(_("This is not a unified social credit code of 18 characters."))
    if uscc.calc_check_digit(value) != value[-1]:
        raise ValidationError(_("The check digit doesn't match. Please compare each character."))
