"""Reads tracks and topics from a table, with a row a topic."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from portal.core.text import one_kind_of_line_end, validate_text
from tracks.guide.columns import Column, heading, says_withdrawn
from tracks.guide.document import GuideDocument, GuideError, GuideTopic, GuideTrack, Unit
from tracks.guide.numerals import parse_numeral
from tracks.guide.sheets import is_filled, read_rows
from tracks.models import Topic, Track

# What a formula that came to nothing leaves in its cell.
_FORMULA_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#SPILL!", "#VALUE!"})


@dataclass(slots=True)
class _TrackRows:
    line: int
    number: int
    name: str
    topics: dict[int, GuideTopic] = field(default_factory=dict)


@dataclass(slots=True)
class _Tracks:
    by_number: dict[int, _TrackRows] = field(default_factory=dict)
    by_name: dict[str, _TrackRows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row whose complaints name it and the column."""

    line: int
    cells: Mapping[Column, Any]

    def complaint(self, column: Column, reason: str) -> GuideError:
        return GuideError(self.line, reason, heading(column))

    def has(self, *columns: Column) -> bool:
        return any(is_filled(self.cells.get(column)) for column in columns)

    def text(self, column: Column) -> str:
        value = self.cells.get(column)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self.complaint(column, _("text was expected here. Format the column as text."))
        text = one_kind_of_line_end(str(value)).strip()
        try:
            validate_text(text)
        except ValidationError as error:
            raise self.complaint(column, " ".join(error.messages)) from error
        if text in _FORMULA_ERRORS:
            raise self.complaint(column, _("the formula gives %(error)s.") % {"error": text})
        return text

    def number(self, column: Column, kept_in: models.Field[Any, Any]) -> int:
        text = unicodedata.normalize("NFKC", self.text(column))
        if not text:
            raise self.complaint(column, _("this is empty."))
        number = int(text) if re.fullmatch("[0-9]{1,9}", text) else parse_numeral(text)
        if number is None:
            raise self.complaint(column, _("“%(text)s” is not a whole number.") % {"text": text[:40]})
        return int(self.fit(column, number, kept_in))

    def words(self, column: Column, kept_in: models.Field[Any, Any]) -> str:
        text = self.text(column)
        if not text:
            raise self.complaint(column, _("this is empty."))
        return str(self.fit(column, text, kept_in))

    def fit(self, column: Column, value: Any, kept_in: models.Field[Any, Any]) -> Any:
        try:
            return kept_in.clean(value, None)
        except ValidationError as error:
            raise self.complaint(column, " ".join(error.messages)) from error


def is_table(name: str) -> bool:
    return name.lower().endswith((".csv", ".xlsx", ".json"))


def read_table(name: str, data: bytes) -> GuideDocument:
    """The tracks and topics of a .csv, .xlsx or .json. Rows that say they are withdrawn are left out."""
    tracks = _Tracks()
    track = None
    for line, cells in read_rows(name, data):
        row = _Row(line, cells)
        track = track_of(row, tracks, track)
        if row.has(Column.TOPIC_NUMBER, Column.TOPIC_TITLE, Column.TOPIC_TEXT):
            add_topic(row, track)
    if track is None:
        raise GuideError(1, _("the table has no rows below its headings."))
    in_order = [tracks.by_number[number] for number in sorted(tracks.by_number)]
    return GuideDocument(name.rpartition(".")[0], "", tuple(map(guide_track, in_order)), unit=Unit.ROW)


def track_of(row: _Row, tracks: _Tracks, above: _TrackRows | None) -> _TrackRows:
    """The track that a row is about. Cells that were merged are empty but for the first."""
    if above is not None and not row.has(Column.TRACK_NUMBER, Column.TRACK_NAME):
        return above
    number = row.number(Column.TRACK_NUMBER, Track._meta.get_field("number"))
    known = tracks.by_number.get(number)
    if known is not None and not row.has(Column.TRACK_NAME):
        return known
    name = row.words(Column.TRACK_NAME, Track._meta.get_field("name"))
    if known is None:
        known = new_track(row, number, name, tracks)
    elif known.name != name:
        values = {"line": known.line, "name": known.name}
        raise row.complaint(Column.TRACK_NAME, _("in row %(line)d this track is called “%(name)s”.") % values)
    return known


def new_track(row: _Row, number: int, name: str, tracks: _Tracks) -> _TrackRows:
    if other := tracks.by_name.get(name):
        values = {"number": other.number, "line": other.line}
        raise row.complaint(Column.TRACK_NAME, _("track %(number)d in row %(line)d is called so too.") % values)
    track = tracks.by_number[number] = tracks.by_name[name] = _TrackRows(row.line, number, name)
    return track


def add_topic(row: _Row, track: _TrackRows) -> None:
    number = row.number(Column.TOPIC_NUMBER, Topic._meta.get_field("number"))
    topic = GuideTopic(
        number,
        row.words(Column.TOPIC_TITLE, Topic._meta.get_field("title")),
        row.words(Column.TOPIC_TEXT, Topic._meta.get_field("body")),
        row.line,
    )
    if number in track.topics:
        values = {"track": track.number, "number": number, "line": track.topics[number].line}
        reason = _("track %(track)d has a topic %(number)d in row %(line)d already.") % values
        raise row.complaint(Column.TOPIC_NUMBER, reason)
    if not says_withdrawn(row.text(Column.STATE)):
        track.topics[number] = topic


def guide_track(track: _TrackRows) -> GuideTrack:
    topics = sorted(track.topics.values(), key=lambda topic: topic.number)
    return GuideTrack(track.number, track.name, tuple(topics), track.line)
