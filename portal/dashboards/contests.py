"""The contests that an organizer has at hand, for the first page of the administration.

A fixed number of queries, however many contests, tracks and entries there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from judging.models import Round
from portal.core.people import Person
from submissions.enums import ScreeningState
from submissions.models import Submission
from tracks.models import Announcement, Competition, Document, Question, Topic, Track

MOST = 12


@dataclass(frozen=True)
class Tile:
    """A list of the administration with how much is in it; ``waiting`` when somebody has to act."""

    label: str
    count: int
    url: str
    hint: str = ""
    waiting: bool = False


@dataclass(frozen=True)
class Contest:
    competition: Competition
    tiles: list[Tile]
    # Not only some tracks of it.
    is_whole: bool


def contests_at_hand(user: Person) -> list[Contest]:
    counts = _counts(user)
    whole = set(Competition.objects.organized_by(user).values_list("pk", flat=True))
    tracks = Track.objects.organized_by(user).values("competition")
    run = Competition.objects.visible_to(user).filter(Q(pk__in=whole) | Q(pk__in=tracks)).current_first()
    return [
        Contest(row, list(_tiles(user, row, counts, is_whole=row.pk in whole)), is_whole=row.pk in whole)
        for row in run[:MOST]
    ]


def _counts(user: Person) -> dict[str, dict[int, int]]:
    entries = Submission.objects.organized_by(user)
    # As many as stand in the queue of screening, where the tile leads.
    waiting = Submission.objects.screened_by(user).in_screening(ScreeningState.WAITING, timezone.now())
    topics = Topic.objects.filter(track__in=Track.objects.organized_by(user))
    published: dict[str, QuerySet[Any]] = {
        "announcements": Announcement.objects.organized_by(user),
        "documents": Document.objects.organized_by(user),
        "questions": Question.objects.organized_by(user),
    }
    return {
        "entries": _by_competition(entries, "track__competition"),
        "awaiting": _by_competition(waiting, "track__competition"),
        "tracks": _by_competition(Track.objects.organized_by(user)),
        "topics": _by_competition(topics, "track__competition"),
        "rounds": _by_competition(Round.objects.visible_to(user)),
        "drafts": _by_competition(published["announcements"].filter(published_at=None)),
        **{name: _by_competition(rows) for name, rows in published.items()},
    }


def _by_competition(rows: QuerySet[Any], path: str = "competition") -> dict[int, int]:
    return dict(rows.order_by().values_list(path).annotate(count=Count("pk", distinct=True)))


def _tiles(user: Person, competition: Competition, counts: dict[str, dict[int, int]], *, is_whole: bool) -> list[Tile]:
    pk = competition.pk
    count = {name: rows.get(pk, 0) for name, rows in counts.items()}
    of = f"?competition__id__exact={pk}"
    of_track = f"?track__competition__id__exact={pk}"
    screening = reverse("submissions:screening_queue", args=[competition.slug])
    tiles = [
        Tile(_("Awaiting screening"), count["awaiting"], screening, waiting=count["awaiting"] > 0),
        Tile(_("Entries"), count["entries"], _list("submissions_submission") + of_track),
        Tile(_("Tracks"), count["tracks"], _list("tracks_track") + of),
        Tile(_("Topics"), count["topics"], _list("tracks_topic") + of_track),
    ]
    if is_whole:
        number = count["drafts"]
        drafts = ngettext("%(count)s draft", "%(count)s drafts", number) % {"count": number} if number else ""
        tiles += [
            Tile(_("Rounds of judging"), count["rounds"], reverse("judging:organize")),
            Tile(_("Announcements"), count["announcements"], _list("tracks_announcement") + of, drafts),
            Tile(_("Documents"), count["documents"], _list("tracks_document") + of),
            Tile(_("Questions and answers"), count["questions"], _list("tracks_question") + of),
        ]
    return tiles


def _list(name: str) -> str:
    return reverse(f"admin:{name}_changelist")
