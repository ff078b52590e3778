"""Texts of several lines, counted as the form says: every character one, a line break too."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from portal.core.text import BIDI

# Controls but for line breaks and tabs, halves of characters, and what turns the direction of a text.
UNKEEPABLE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{''.join(sorted(BIDI))}]")

# What Word, PowerPoint and spreadsheets break a line with inside a paragraph or a cell.
BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# The hyphen at which Word breaks no line.
HYPHEN = "\x1e"
# Controls but for NUL, which no program puts there, and what turns the direction of a text.
UNSEEN = re.compile(f"[\x01-\x08\x0e-\x1d\x1f\x7f-\x84\x86-\x9f{''.join(sorted(BIDI))}]")


def showable(value: str) -> str:
    """``value`` with one kind of line break, and nothing unseen that pasted words bring: as static/js/texts.js."""
    return UNSEEN.sub("", BREAKS.sub("\n", value).replace(HYPHEN, "-"))


def clean_text(value: str, *, limit: int) -> str:
    """``value`` with one kind of line break; raises ValidationError for what can't be kept or is too long."""
    text = normalize_newlines(value)
    if UNKEEPABLE.search(text):
        raise ValidationError(_("This text contains characters that can't be shown. Please type it again."))
    if len(text) > limit:
        raise ValidationError(
            _("Please shorten this text: it has %(length)s characters, %(limit)s are allowed."),
            params={"length": len(text), "limit": limit},
        )
    return text


def masked(email: str) -> str:
    """Enough to recognise one's own address, not enough to learn somebody else's."""
    name, _at, host = email.partition("@")
    return f"{name[:2]}***@{host}"
