"""Intake and screening in numbers, by track and by day of Beijing's. A fixed number of queries, however much came in.

What was withdrawn came in all the same: it is counted on the day it came, and stands apart from what is left.
A decision that was undone counts for nothing; a return whose correction ended unmet was not undone by the rejection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from portal.core.templatetags.ui import BEIJING
from submissions.enums import ScreeningOutcome, SubmissionStatus
from submissions.models import Screening, ScreeningReason, SubmissionVersion, UndoneScreening
from tracks.models import Competition, Track

# What the chart has room for; the table goes back further.
DAYS_DRAWN, DAYS_LISTED = 60, 400
COUNTED = {
    "waiting": SubmissionStatus.SUBMITTED,
    "passed": SubmissionStatus.ELIGIBLE,
    "returned": SubmissionStatus.RETURNED,
    "rejected": SubmissionStatus.REJECTED,
    "withdrawn": SubmissionStatus.WITHDRAWN,
}
# From a decision.
ENTRY = "version__submission"
CAME, DECIDED = ("new", "again"), ("passed", "returned", "rejected")
# The chart, in its own units: what came stands on the line, what was decided hangs below it.
WIDTH, HALF, WIDEST = 600, 100, 30


@dataclass
class TrackNumbers:
    track: Any
    waiting: int = 0
    passed: int = 0
    returned: int = 0
    rejected: int = 0
    withdrawn: int = 0
    oldest: datetime | None = None
    # Entries about which something was decided at any time, and those that were sent back at any time.
    decided_ever: int = 0
    returned_ever: int = 0
    bars: list[dict[str, Any]] = field(default_factory=list)

    @property
    def standing(self) -> int:
        return self.waiting + self.passed + self.returned + self.rejected

    @property
    def share_returned(self) -> int | None:
        """Per cent of those that were decided about; None where none was."""
        return round(100 * self.returned_ever / self.decided_ever) if self.decided_ever else None


@dataclass
class DayNumbers:
    day: date
    new: int = 0
    again: int = 0
    passed: int = 0
    returned: int = 0
    rejected: int = 0
    bars: list[dict[str, Any]] = field(default_factory=list)

    @property
    def came(self) -> int:
        return self.new + self.again

    @property
    def decided(self) -> int:
        return self.passed + self.returned + self.rejected


def numbers_of(competition: Competition, tracks: QuerySet[Track], *, chosen: int | None) -> dict[str, Any]:
    """All ``tracks`` one by one and together; days and reasons of the one with the number ``chosen``, or of all."""
    rows = _by_track(tracks)
    shown = [row.track.pk for row in rows if chosen in (None, row.track.number)]
    days = _by_day(shown)
    drawn = _drawn(days)
    return {
        "tracks": rows,
        "total": _total(rows),
        "days": days[::-1],
        "drawn": drawn,
        "most": max((max(day.came, day.decided) for day in drawn), default=0),
        "reasons": _reasons(competition, shown),
    }


def _by_track(tracks: QuerySet[Track]) -> list[TrackNumbers]:
    handed_in = ~Q(submissions__number="")
    counts: dict[str, Any] = {
        f"{name}_count": Count("submissions", filter=handed_in & Q(submissions__status=status))
        for name, status in COUNTED.items()
    }
    waiting = Q(submissions__status=SubmissionStatus.SUBMITTED)
    counted = list(
        tracks.annotate(**counts, oldest=Min("submissions__submitted_at", filter=waiting)).order_by("number")
    )
    shares = _shares(counted)
    rows = []
    for track in counted:
        row = TrackNumbers(track, oldest=track.oldest, **{name: getattr(track, f"{name}_count") for name in COUNTED})
        row.decided_ever, row.returned_ever = shares.get(track.pk, (0, 0))
        rows.append(row)
    most = max((row.standing for row in rows), default=0)
    for row in rows:
        row.bars = _stacked(row, ("passed", "returned", "rejected", "waiting"), 100 / most if most else 0)
    return rows


def _decisions(tracks: Iterable[Any]) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """What was decided and not undone: what holds, and the returns that a rejection followed."""
    of_tracks = {f"{ENTRY}__track__in": tracks}
    unmet = UndoneScreening.objects.unmet().filter(**of_tracks)
    return Screening.objects.filter(**of_tracks).order_by(), unmet.order_by()


def _shares(tracks: Iterable[Any]) -> dict[int, tuple[int, int]]:
    """By track: entries about which something was decided at any time, and those that were sent back at any time."""
    holding, unmet = _decisions(tracks)
    by_track = f"{ENTRY}__track"
    sent_back = Q(outcome=ScreeningOutcome.RETURNED)
    counts = holding.values(by_track).annotate(
        decided=Count(ENTRY, distinct=True), sent_back=Count(ENTRY, filter=sent_back, distinct=True)
    )
    # Each entry once, so of these only what isn't among the others.
    of_entry = Screening.objects.filter(**{ENTRY: OuterRef(ENTRY)})
    more = unmet.values(by_track).annotate(
        decided=Count(ENTRY, filter=~Exists(of_entry), distinct=True),
        sent_back=Count(ENTRY, filter=~Exists(of_entry.filter(sent_back)), distinct=True),
    )
    shares: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for rows in (counts, more):
        for track, decided, returned in rows.values_list(by_track, "decided", "sent_back"):
            before = shares[track]
            shares[track] = (before[0] + decided, before[1] + returned)
    return shares


def _stacked(row: TrackNumbers, names: tuple[str, ...], unit: float) -> list[dict[str, Any]]:
    """One behind the other, in per cent of the longest."""
    bars, start = [], 0.0
    for name in names:
        if length := getattr(row, name) * unit:
            bars.append({"kind": name, "x": f"{start:.2f}", "width": f"{length:.2f}"})
            start += length
    return bars


def _total(rows: list[TrackNumbers]) -> TrackNumbers:
    total = TrackNumbers(None)
    for name in (*COUNTED, "decided_ever", "returned_ever"):
        setattr(total, name, sum(getattr(row, name) for row in rows))
    total.oldest = min((row.oldest for row in rows if row.oldest), default=None)
    return total


def _by_day(tracks: list[int]) -> list[DayNumbers]:
    """Those on which something happened, oldest first."""
    found: dict[date, DayNumbers] = {}

    def of(day: date) -> DayNumbers:
        return found.setdefault(day, DayNumbers(day))

    # What a shortlisted team replaces came in long ago, and nobody screens it.
    versions = SubmissionVersion.objects.filter(submission__track__in=tracks, replacement=None).order_by()
    came = versions.annotate(day=TruncDate("created_at", tzinfo=BEIJING)).values("day")
    first = Q(number=1)
    counted = came.annotate(new=Count("pk", filter=first), again=Count("pk", filter=~first)).order_by("-day")
    for day, new, again in counted.values_list("day", "new", "again")[:DAYS_LISTED]:
        of(day).new, of(day).again = new, again
    outcomes = {f"{name}_count": Count("pk", filter=Q(outcome=name)) for name in DECIDED}
    for decisions in _decisions(tracks):
        decided = decisions.annotate(day=TruncDate("decided_at", tzinfo=BEIJING)).values("day").annotate(**outcomes)
        for day, *counts in decided.order_by("-day").values_list("day", *outcomes)[:DAYS_LISTED]:
            for name, count in zip(DECIDED, counts, strict=True):
                setattr(of(day), name, getattr(of(day), name) + count)
    return [found[day] for day in sorted(found)]


def _drawn(days: list[DayNumbers]) -> list[DayNumbers]:
    """The last days one after the other, those without anything too, with their bars."""
    if not days:
        return []
    last = days[-1].day
    first = max(days[0].day, last - timedelta(days=DAYS_DRAWN - 1))
    known = {each.day: each for each in days}
    shown = [
        known.get(day) or DayNumbers(day) for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]
    most = max(max(day.came, day.decided) for day in shown)
    step = min(WIDTH / len(shown), WIDEST)
    for place, day in enumerate(shown):
        day.bars = [
            *_column(day, CAME, place * step, step, most, up=True),
            *_column(day, DECIDED, place * step, step, most),
        ]
    return shown


def _column(
    day: DayNumbers, names: tuple[str, ...], x: float, step: float, most: int, *, up: bool = False
) -> list[dict[str, Any]]:
    bars, reached = [], 0.0
    for name in names:
        if height := HALF * getattr(day, name) / (most or 1):
            y = HALF - reached - height if up else HALF + reached
            place = {"x": f"{x + step * 0.1:.2f}", "width": f"{step * 0.8:.2f}"}
            bars.append({"kind": name, "y": f"{y:.2f}", "height": f"{height:.2f}", **place})
            reached += height
    return bars


def _reasons(competition: Competition, tracks: list[int]) -> list[dict[str, Any]]:
    """For what entries were returned or rejected, the most frequent first; a code that the plan lacks is itself."""
    titles = dict(ScreeningReason.objects.filter(plan__competition=competition).values_list("code", "title"))
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"returned": 0, "rejected": 0})
    for decisions in _decisions(tracks):
        turned_back = decisions.exclude(outcome=ScreeningOutcome.PASSED).values_list("code", "outcome")
        for code, outcome, count in turned_back.annotate(count=Count("pk")):
            found[code][outcome] += count
    rows = [
        {
            "code": code,
            "title": titles.get(code, code) if code else _("In words of its own"),
            "count": sum(counts.values()),
            **counts,
        }
        for code, counts in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["code"]))
