"""From bytes to headings with the text below them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.core.text import BIDI
from tracks.guide.document import GuideError
from tracks.guide.sheets import is_meant_as_utf8

_BOLD = re.compile(r"\*\*[^*]+\*\*")
_CLOSING_MARKS = re.compile(r"\s#+$")
# Controls, halves of characters, what a failed conversion leaves where a character was, and signs that turn the
# direction of reading. A tab may stand.
_UNPRINTABLE = re.compile(f"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd{''.join(sorted(BIDI))}]")
# Each of at most 99 tracks has at most 99 topics.
MOST_HEADINGS = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """What a line or a paragraph says; ``heading`` is what it says as a heading, if it is one."""

    number: int
    text: str
    heading: str | None = None


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
        reason = _("the text is not UTF-8.")
        if is_gb18030(data):
            reason = _("the text is not UTF-8 but GB18030 (also called GBK or ANSI). Save it again as UTF-8.")
        raise GuideError(line, reason) from error


def is_gb18030(data: bytes) -> bool:
    if is_meant_as_utf8(data):
        return False
    try:
        return "\0" not in data.decode("gb18030")
    except UnicodeDecodeError:
        return False


def sections(lines: Iterable[Line]) -> list[Section]:
    found: list[Section] = []
    for line in lines:
        if line.heading is not None:
            found.append(Section(line.number, line.heading))
            if len(found) > MOST_HEADINGS:
                reason = _("a guide has at most %(limit)d headings.") % {"limit": MOST_HEADINGS}
                raise GuideError(line.number, reason)
        elif found:
            found[-1].pieces.append((line.number, line.text))
        else:
            raise GuideError(line.number, _("there is text before the title."))
    return found


def markdown_lines(text: str) -> Iterator[Line]:
    """The lines that say something, stripped."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if stripped := line.strip():
            refuse_unprintable(number, stripped)
            yield Line(number, stripped, heading_text(stripped))


def heading_text(line: str) -> str | None:
    """Levels and bold type come and go in the document, so neither means anything."""
    if line.startswith("#"):
        return _CLOSING_MARKS.sub("", line.lstrip("#")).replace("**", "").strip()
    return line.strip("*").strip() if _BOLD.fullmatch(line) else None


def refuse_unprintable(number: int, line: str) -> None:
    if line.isprintable() and "\ufffd" not in line:
        return
    if found := _UNPRINTABLE.search(line):
        reason = _("the character U+%(code)04X has no place in a text.") % {"code": ord(found[0])}
        raise GuideError(number, reason)
