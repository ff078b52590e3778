from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _


class Unit(StrEnum):
    """What a document's places are counted in."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    ROW = "row"

    def at(self, number: int) -> str:
        words = {
            Unit.LINE: _("Line %(number)d"),
            Unit.PARAGRAPH: _("Paragraph %(number)d"),
            Unit.ROW: _("Row %(number)d"),
        }
        return words[self] % {"number": number}


class GuideError(ValueError):
    """The document can't be understood; `line` counts from 1, 0 is all of it; a table has a `column` by its heading."""

    def __init__(self, line: int, reason: str, column: str = "", *, unit: Unit = Unit.LINE) -> None:
        super().__init__(line, reason, column)
        self.line = line
        self.reason = reason
        self.column = column
        self.unit = Unit.ROW if column else unit

    def __str__(self) -> str:
        if not self.line:
            return self.reason[:1].upper() + self.reason[1:]
        place = self.unit.at(self.line)
        if self.column:
            place = _("%(place)s, “%(column)s”") % {"place": place, "column": self.column}
        return _("%(place)s: %(reason)s") % {"place": place, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class GuideTopic:
    number: int
    title: str
    body: str
    line: int


@dataclass(frozen=True, slots=True)
class GuideTrack:
    number: int
    name: str
    topics: tuple[GuideTopic, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Repair:
    """Characters that a page end put into the text and the parser took out of it."""

    line: int
    removed: str


@dataclass(frozen=True, slots=True)
class GuideDocument:
    title: str
    introduction: str
    tracks: tuple[GuideTrack, ...]
    repairs: tuple[Repair, ...] = ()
    unit: Unit = Unit.LINE

    @property
    def topic_count(self) -> int:
        return sum(len(track.topics) for track in self.tracks)
