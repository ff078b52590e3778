"""Reads a topic guide: a title, an introduction, numbered tracks and, in each, numbered topics.

Guides are converted from paged documents. Heading levels and bold type are accidental in them,
only the wording of a heading tells what it is; and ends of pages cut paragraphs in two.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from tracks.guide.document import GuideDocument, GuideError, GuideTopic, GuideTrack, Repair
from tracks.guide.lines import Line, Section, decode, markdown_lines, sections
from tracks.guide.numerals import NUMERAL, parse_numeral
from tracks.guide.paragraphs import rejoin

_TRACK = re.compile(rf"赛道\s*(?P<number>{NUMERAL})\s*[：:、]\s*(?P<name>.*)")
_TOPIC = re.compile(rf"(?P<number>{NUMERAL})\s*(?:[、．]|\.(?![0-9]))\s*(?P<name>.*)")
_DECLARED = re.compile(rf"(?P<number>{NUMERAL})\s*个赛道")


@dataclass(slots=True)
class _Numbered:
    """A section whose heading says which track or topic it is."""

    line: int
    number: int
    name: str
    pieces: list[tuple[int, str]]
    topics: list["_Numbered"] = field(default_factory=list)


def read_guide(data: bytes) -> GuideDocument:
    return parse_guide(decode(data))


def parse_guide(text: str) -> GuideDocument:
    return parse_lines(markdown_lines(text))


def parse_lines(lines: Iterable[Line]) -> GuideDocument:
    found = sections(lines)
    if not found:
        raise GuideError(1, _("the document is empty."))
    head, *rest = found
    if not head.heading or numbered(_TRACK, head) or numbered(_TOPIC, head):
        raise GuideError(head.line, _("the document must start with its title."))
    introduction, repairs = rejoin(head.pieces)
    tracks = tuple(parse_track(section, repairs) for section in grouped(rest))
    if not tracks:
        raise GuideError(head.line, _("the document has no tracks."))
    refuse_gaps(tracks, _("track %(number)d"))
    refuse_same_names(tracks)
    refuse_other_count(head, len(tracks))
    return GuideDocument(head.heading, introduction, tracks, tuple(repairs))


def grouped(found: Iterable[Section]) -> list[_Numbered]:
    tracks: list[_Numbered] = []
    for section in found:
        if track := numbered(_TRACK, section):
            tracks.append(track)
        elif (topic := numbered(_TOPIC, section)) is None:
            reason = _("“%(heading)s” is neither a track nor a topic.") % {"heading": section.heading[:60]}
            raise GuideError(section.line, reason)
        elif not tracks:
            raise GuideError(section.line, _("a topic stands before the first track."))
        else:
            tracks[-1].topics.append(topic)
    return tracks


def numbered(pattern: re.Pattern[str], section: Section) -> _Numbered | None:
    match = pattern.fullmatch(section.heading)
    if match is None:
        return None
    number = parse_numeral(match["number"])
    if number is None:
        reason = _("“%(text)s” is not a number from 1 to 99.") % {"text": match["number"]}
        raise GuideError(section.line, reason)
    return _Numbered(section.line, number, match["name"], section.pieces)


def parse_track(section: _Numbered, repairs: list[Repair]) -> GuideTrack:
    name = section.name.removesuffix("赛道").rstrip()
    if not name:
        raise GuideError(section.line, _("track %(number)d has no name.") % {"number": section.number})
    if section.pieces:
        raise GuideError(section.pieces[0][0], _("there is text between a track and its first topic."))
    if not section.topics:
        raise GuideError(section.line, _("track %(number)d has no topics.") % {"number": section.number})
    topics = tuple(parse_topic(topic, repairs) for topic in section.topics)
    refuse_gaps(topics, _("topic %(number)d"))
    return GuideTrack(section.number, name, topics, section.line)


def parse_topic(section: _Numbered, repairs: list[Repair]) -> GuideTopic:
    if not section.name:
        raise GuideError(section.line, _("topic %(number)d has no title.") % {"number": section.number})
    if not section.pieces:
        raise GuideError(section.line, _("topic %(number)d has no text.") % {"number": section.number})
    body, made = rejoin(section.pieces)
    repairs += made
    return GuideTopic(section.number, section.name, body, section.line)


def refuse_gaps(items: Iterable[GuideTrack | GuideTopic], label: str) -> None:
    for expected, item in enumerate(items, start=1):
        if item.number == expected:
            continue
        names = {"found": label % {"number": item.number}, "expected": label % {"number": expected}}
        if item.number < expected:
            raise GuideError(item.line, _("%(found)s appears twice; %(expected)s was expected.") % names)
        raise GuideError(item.line, _("%(found)s stands where %(expected)s was expected.") % names)


def refuse_same_names(tracks: Iterable[GuideTrack]) -> None:
    seen: set[str] = set()
    for track in tracks:
        if track.name in seen:
            raise GuideError(track.line, _("there is another track called “%(name)s”.") % {"name": track.name})
        seen.add(track.name)


def refuse_other_count(head: Section, count: int) -> None:
    """“一个赛道” counts nothing, and of several counts (“其中 3 个赛道为新增”) one must be right."""
    declared = [
        (line, number)
        for line, piece in head.pieces
        for number in map(parse_numeral, _DECLARED.findall(piece))
        if number is not None and number > 1
    ]
    if declared and count not in [number for _line, number in declared]:
        line, number = declared[0]
        values = {"declared": number, "count": count}
        raise GuideError(line, _("%(declared)d tracks are announced, %(count)d follow.") % values)
