"""The numbers of identity documents: what each looks like, and how much of it is shown."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import ric
from stdnum.exceptions import ValidationError as NotANumber

from portal.accounts.enums import DocumentKind

LONGEST_TYPED = 60
BETWEEN = re.compile(r"[\s()·‐-―-]")
PATTERNS = {
    DocumentKind.RESIDENT_ID: re.compile(r"[1-9][0-9]{16}[0-9X]"),
    DocumentKind.PASSPORT: re.compile(r"(?=.*[0-9])[A-Z0-9]{5,12}"),
    DocumentKind.HONG_KONG_MACAO: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    DocumentKind.TAIWAN: re.compile(r"[0-9]{8}(?:[0-9]{2}[A-Z]?)?"),
    # The card of 2023 is numbered like a resident identity card; the one before with the country's letters.
    DocumentKind.FOREIGNER: re.compile(r"9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}"),
}
EARLIEST_BIRTH = date(1900, 1, 1)


def normalize_number(kind: str, typed: str) -> str:
    """``typed`` without blanks, in capitals, full width folded; raises ValidationError, which never repeats it."""
    if len(typed) > LONGEST_TYPED:
        raise ValidationError(_hint(kind), code="format")
    number = BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).upper()
    if not PATTERNS[DocumentKind(kind)].fullmatch(number):
        raise ValidationError(_hint(kind), code="format")
    if len(number) == 18 and kind in {DocumentKind.RESIDENT_ID, DocumentKind.FOREIGNER}:
        _check_digits(number)
    return number


def masked_number(number: str) -> str:
    """510***********1234: enough for whoever has the document in their hand."""
    shown = (3, 4) if len(number) >= 15 else (1, 3)
    head, tail = number[: shown[0]], number[-shown[1] :]
    return f"{head}{'*' * (len(number) - sum(shown))}{tail}" if len(number) > sum(shown) else "*" * len(number)


def _check_digits(number: str) -> None:
    if ric.calc_check_digit(number) != number[-1]:
        raise ValidationError(
            _("The check digit doesn't fit. Please compare the number with the document."), code="check"
        )
    try:
        born = ric.get_birth_date(number)
    except NotANumber:
        born = None
    if born is None or not EARLIEST_BIRTH <= born <= timezone.localdate():
        raise ValidationError(_("The date of birth in this number doesn't exist."), code="birth")


def _hint(kind: str) -> str:
    return {
        DocumentKind.RESIDENT_ID: _(
            "An identity card's number has 18 characters: digits, and at the end perhaps an X."
        ),
        DocumentKind.PASSPORT: _("A passport's number has 5 to 12 letters and digits."),
        DocumentKind.HONG_KONG_MACAO: _("The number begins with H or M, followed by 8 or 10 digits."),
        DocumentKind.TAIWAN: _("The number has 8 digits, an older one 10 and perhaps a letter."),
        DocumentKind.FOREIGNER: _("The number has 18 characters and begins with 9, or 3 letters and 12 digits."),
    }[DocumentKind(kind)]
