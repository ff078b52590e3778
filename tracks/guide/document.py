from dataclasses import dataclass

from django.utils.translation import gettext as _


class GuideError(ValueError):
    """The document cannot be understood; `line` counts from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        return _("Line %(line)d: %(reason)s") % {"line": self.line, "reason": self.reason}


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

    @property
    def topic_count(self) -> int:
        return sum(len(track.topics) for track in self.tracks)
