"""Topics as a table, such as tracks/guide/tables.py reads again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from portal.core.tables import CSV, CellTooLong, Row, csv_chunks, json_chunks, xlsx_file
from portal.core.text import tidy_file_name
from tracks import rules
from tracks.enums import TopicStatus
from tracks.guide.columns import Column, heading
from tracks.models import Competition, Topic, TopicRevision, Track

CONTENT_TYPES = {
    "csv": CSV,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
BLOCK = 64 * 1024


@dataclass(frozen=True)
class Table:
    name: str
    content_type: str
    chunks: Iterable[bytes]


class _Blocks:
    """A file that is closed when it has been sent, and by a visitor who leaves before."""

    def __init__(self, file: IO[bytes]):
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        with self.file:
            yield from iter(partial(self.file.read, BLOCK), b"")

    def close(self) -> None:
        self.file.close()


def export_topics(
    competition: Competition, *, actor: Person | None, kind: str, topics: QuerySet[Topic] | None = None
) -> Table:
    """The topics of the tracks that ``actor`` runs, or those of ``topics`` among them; ``None`` runs every track.

    Raises ValidationError for a text that a workbook can't hold.
    """
    require(rules.is_some_organizer, actor, competition)
    tracks = Track.objects.filter(competition=competition)
    if actor is not None:
        tracks = tracks.organized_by(actor)
    if topics is not None:
        tracks = tracks.filter(topics__in=topics)
    chunks = _chunks(tracks, kind)
    audit.record("export_topics", competition, actor=actor, after={"format": kind, "chosen": topics is not None})
    values = {"competition": competition.short_name, "date": timezone.localdate().isoformat()}
    name = _("%(competition)s topics %(date)s") % values
    return Table(tidy_file_name(f"{name}.{kind}"), CONTENT_TYPES[kind], chunks)


def _chunks(tracks: QuerySet[Track], kind: str) -> Iterable[bytes]:
    if kind == "json":
        return json_chunks(_rows(tracks), list(Column))
    rows = _with_headings(
        _rows(tracks),
        headings=[heading(column) for column in Column],
        states={value: str(label) for value, label in TopicStatus.choices},
    )
    if kind == "csv":
        return csv_chunks(rows)
    try:
        return _Blocks(xlsx_file(rows, title=_("topics")))
    except CellTooLong as error:
        values = {"row": error.row, "column": heading(list(Column)[error.column - 1])}
        raise ValidationError(
            _("Row %(row)d, “%(column)s”: a workbook can't hold a text that long. Choose CSV or JSON.") % values
        ) from error


def _with_headings(rows: Iterator[Any], *, headings: list[str], states: dict[str, str]) -> Iterator[Row]:
    """As people read it. The words come in: a stream is sent when the visitor's language is no longer known."""
    state = list(Column).index(Column.STATE)
    yield headings
    for row in rows:
        yield [*row[:state], states.get(row[state]), *row[state + 1 :]]


def _rows(tracks: QuerySet[Track]) -> Iterator[Any]:
    """A row a topic, in the order of ``Column``; a track without topics has one too."""
    latest = TopicRevision.objects.filter(topic=OuterRef("topics")).order_by("-number")
    return (
        tracks.order_by("number", "topics__number")
        .values_list(
            "number",
            "name",
            "topics__number",
            "topics__title",
            "topics__body",
            "topics__status",
            Subquery(latest.values("number")[:1]),
            Subquery(latest.values("created_at")[:1]),
        )
        .iterator(chunk_size=500)
    )
