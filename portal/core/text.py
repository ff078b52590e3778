"""Text that people type: what one line of it may hold."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext_lazy

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Controls, halves of characters, and what XML calls no character at all.
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

NEWLINE = re.compile(r"\r\n?")

# What Django and DRF say about these in Chinese can't be understood; what our catalogue says of them comes first.
SAID_BETTER = (
    gettext_noop("Null characters are not allowed."),
    gettext_noop("Surrogate characters are not allowed: U+{code_point:X}."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)


def validate_plain_line(value: str) -> None:
    """Refuse what would let a name pose as another: controls, line breaks, direction overrides, nothing at all."""
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in BIDI for char in value):
        raise ValidationError(_("This text contains characters that can't be shown. Please type it again."))
    if not any(unicodedata.category(char)[0] in "LNPS" for char in value):
        raise ValidationError(_("Please write at least one visible character."))
    # Names stand in the portal's own mails, where a link would seem to be the portal's.
    if "://" in value or "www." in value.lower():
        raise ValidationError(_("An address of a page can't stand here."))


def validate_text(value: str) -> None:
    """Refuse in a longer text what no page, feed or PDF can show; line breaks and tabs may stand."""
    if UNSHOWABLE.search(value):
        raise ValidationError(_("This text contains characters that can't be shown. Please type it again."))


def one_kind_of_line_end(text: str) -> str:
    """Browsers send other line ends than documents have."""
    return NEWLINE.sub("\n", text)


def says_nothing(text: str) -> bool:
    """Spaces, also those of no width, and other characters that nobody sees."""
    return all(unicodedata.category(char)[0] in "ZC" for char in text)


def spoken(text: str) -> str:
    """``text`` without spaces around it; nothing when nobody sees any of it."""
    return "" if says_nothing(text) else text.strip()


def tidy_file_name(name: str, *, limit: int = 150) -> str:
    """The last part of ``name`` in NFC without controls, direction overrides or leading dots."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C" and char not in BIDI)
    name = name.strip().lstrip(".") or "file"
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:
        return f"{stem[: limit - len(extension) - 1]}.{extension}"
    return name[:limit]
