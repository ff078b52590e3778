"""Entries that leave as a table or as an archive of their files; that they did is in the audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.core import audit, service
from portal.core.permissions import require
from portal.core.tables import CSV, CellTooLong, Row, csv_chunks, xlsx_file
from portal.core.text import tidy_file_name
from portal.core.zips import CONTENT_TYPE as ZIP
from submissions.entry_rows import EntryRow, keys_of, rows_of
from submissions.enums import ScreeningOutcome, ShortlistState, SubmissionStatus
from submissions.models import Submission, TeamMember
from submissions.packing import packed
from tracks.models import Competition
from tracks.rules import is_some_organizer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": CSV, "xlsx": XLSX}
BLOCK = 64 * 1024
# Longer lists of names are cut: a cell of a workbook holds 32,767 characters.
MOST_NAMES = 50


@dataclass(frozen=True)
class Download:
    name: str
    content_type: str
    chunks: Iterable[bytes]


class _Blocks:
    """A file that is closed when it has been sent, and by a visitor who leaves before."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        with self.file:
            yield from iter(partial(self.file.read, BLOCK), b"")

    def close(self) -> None:
        self.file.close()


def export_entries(
    competition: Competition, *, actor: Any, kind: str, entries: QuerySet[Submission], asked: Mapping[str, Any]
) -> Download:
    """Those of ``entries`` that ``actor`` organizes, a row each, as "csv" or "xlsx". ``asked``: what they were
    narrowed by. Raises Unavailable while only submissions count.
    """
    keys = leaving("export_entries", competition, actor, entries, {"format": kind, **asked})
    rows = _table(keys, own=_own_teams(competition, actor))
    chunks = csv_chunks(rows) if kind == "csv" else _workbook(rows)
    return Download(_name(competition, _("entries"), kind), TYPES[kind], chunks)


def export_files(
    competition: Competition,
    *,
    actor: Any,
    entries: QuerySet[Submission],
    asked: Mapping[str, Any],
    with_video: bool = True,
) -> Download:
    """The files of what was submitted last, in folders by track, topic and entry, with a list of them."""
    keys = leaving("export_files", competition, actor, entries, asked)
    return Download(_name(competition, _("files"), "zip"), ZIP, packed(keys, with_video=with_video))


def leaving(
    deed: str, competition: Competition, actor: Any, entries: QuerySet[Submission], facts: Mapping[str, Any]
) -> list[int]:
    """The keys of what leaves, once that is in the trail."""
    require(is_some_organizer, actor, competition)
    service.require_spare()
    own = Submission.objects.organized_by(actor).filter(track__competition=competition)
    keys = keys_of(entries.filter(pk__in=own.values("pk")))
    scope = audit.reading_scope(competition)
    audit.record(deed, competition, actor=actor, after={"count": len(keys), **facts}, scope=scope)
    return keys


def _own_teams(competition: Competition, actor: Any) -> frozenset[int]:
    own = TeamMember.objects.filter(team__competition=competition, user_id=actor.pk)
    return frozenset(own.values_list("team", flat=True))


def _name(competition: Competition, what: str, kind: str) -> str:
    values = {"competition": competition.short_name, "what": what, "date": timezone.localdate().isoformat()}
    return tidy_file_name(_("%(competition)s %(what)s %(date)s") % values + f".{kind}")


def _workbook(rows: Iterator[Row]) -> Iterable[bytes]:
    try:
        return _Blocks(xlsx_file(rows, title=_("entries")))
    except CellTooLong as error:
        raise ValidationError(
            _("Row %(row)d: a workbook can't hold a text that long. Choose CSV.") % {"row": error.row}
        ) from error


def _table(keys: Sequence[int], *, own: frozenset[int]) -> Iterator[Row]:
    """The words first: a stream is sent when the visitor's language is no longer known."""
    heads = [
        *(_("Number"), _("Project title"), _("Track"), _("Topic"), _("Team")),
        *(_("Lead organization"), _("Credit code"), _("Partner organizations"), _("Captain")),
        *(_("Submitted at"), _("Version"), _("State"), _("Screening"), _("Code of the reason"), _("Reason")),
        *(_("Decided by"), _("Decided at"), _("Correction until"), pgettext("a column", "Shortlist")),
        *(_("Number of files"), _("Files")),
    ]
    states: dict[str, str] = {value: str(label) for value, label in SubmissionStatus.choices}
    outcomes: dict[str, str] = {value: str(label) for value, label in ScreeningOutcome.choices}
    places: dict[str, str] = {
        "": _("not shortlisted"),
        ShortlistState.CHOSEN: str(ShortlistState.CHOSEN.label),
        ShortlistState.ANNOUNCED: pgettext("shortlist", "shortlisted, announced"),
    }
    return _lines(keys, heads, states, outcomes, places, own)


def _lines(
    keys: Sequence[int],
    heads: list[str],
    states: Mapping[str, str],
    outcomes: Mapping[str, str],
    places: Mapping[str, str],
    own: frozenset[int],
) -> Iterator[Row]:
    yield heads
    for row in rows_of(keys):
        entry, team = row.entry, row.entry.team
        yield [
            *(entry.number, row.title, str(entry.track), f"{entry.topic.number} {entry.topic.title}", team.name),
            *(team.organization.name, team.organization.code, _joined(row.partners), row.captain),
            *(entry.submitted_at, row.version.number, states[entry.status]),
            *_decided(row, outcomes, is_own=entry.team_id in own),
            places[_place(row, is_own=entry.team_id in own)],
            *(len(row.files), _joined([each.name for each in row.files])),
        ]


def _decided(row: EntryRow, outcomes: Mapping[str, str], *, is_own: bool) -> list[Any]:
    """Nobody learns here who decided about their own team's entry, nor by which code it is counted."""
    found = row.screening
    if found is None:
        return [""] * 6
    told = ["", found.reason, ""] if is_own else [found.code, found.reason, found.decided_by.full_name]
    return [outcomes[found.outcome], *told, found.decided_at, row.correction_ends]


def _place(row: EntryRow, *, is_own: bool) -> str:
    """Of their own team's entry nobody learns here that it is shortlisted before the team does."""
    if row.shortlisting is None or (is_own and not row.shortlisting.is_announced):
        return ""
    return ShortlistState.ANNOUNCED if row.shortlisting.is_announced else ShortlistState.CHOSEN


def _joined(names: Sequence[str]) -> str:
    return "；".join([*names[:MOST_NAMES], *(["…"] if len(names) > MOST_NAMES else [])])
