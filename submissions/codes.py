"""统一社会信用代码 (GB 32100-2015), as people type it and as we keep it."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as StdnumError


def normalize_credit_code(value: str) -> str:
    """Half width, upper case, no spaces or hyphens."""
    value = unicodedata.normalize("NFKC", value).upper()
    return "".join(char for char in value if not char.isspace() and char != "-")


def validate_credit_code(value: str) -> None:
    try:
        uscc.validate(value)
    except InvalidChecksum:
        raise ValidationError(_("The check digit doesn't match. Please compare each character.")) from None
    except StdnumError:
        raise ValidationError(_("This is not a unified social credit code of 18 characters.")) from None
