"""From bytes to headings with the text below them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.core.text import BIDI
from tracks.guide.document import GuideError

_BOLD = re.compile(r"\*\*[^*]+\*\*")
_CLOSING_MARKS = re.compile(r"\s#+$")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(slots=True)
class Section:
    line: int
    heading: str
    pieces: list[tuple[int, str]] = field(default_factory=list)


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise GuideError(line, _("the text is not UTF-8.")) from error


def sections(text: str) -> list[Section]:
    found: list[Section] = []
    for number, line in numbered_lines(text):
        heading = heading_text(line)
        if heading is not None:
            found.append(Section(number, heading))
        elif found:
            found[-1].pieces.append((number, line))
        else:
            raise GuideError(number, _("there is text before the title."))
    return found


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, stripped."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if stripped := line.strip():
            refuse_unprintable(number, stripped)
            yield number, stripped


def heading_text(line: str) -> str | None:
    """Levels and bold type come and go in the document, so neither means anything."""
    if line.startswith("#"):
        return _CLOSING_MARKS.sub("", line.lstrip("#")).replace("**", "").strip()
    return line.strip("*").strip() if _BOLD.fullmatch(line) else None


def refuse_unprintable(number: int, line: str) -> None:
    for character in line:
        if is_unprintable(character):
            reason = _("the character U+%(code)04X has no place in a text.") % {"code": ord(character)}
            raise GuideError(number, reason)


def is_unprintable(character: str) -> bool:
    if character == "\t":
        return False
    # U+FFFD is what a failed conversion leaves where a character was.
    return character == "\ufffd" or character in BIDI or unicodedata.category(character) in _UNPRINTABLE
