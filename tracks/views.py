from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.core.remembered import remembered
from tracks import leading
from tracks.enums import StageKind
from tracks.models import Competition, Stage, Topic, TopicRevision, Track

EXCERPT = 160


@require_safe
@remembered
def track(request: HttpRequest, competition: str, number: int) -> HttpResponse:
    visible = Track.objects.visible_to(request.user).filter(competition__slug=competition)
    tracks = list(visible.select_related("competition").order_by("number"))
    shown = _numbered(tracks, number)
    if shown is None:
        return leading.to_track(request, competition, number)
    topics = Topic.objects.visible_to(request.user).filter(track=shown).defer("body").order_by("number")
    topics = topics.with_revision(timezone.now())
    context = {
        "competition": shown.competition,
        "track": shown,
        "topics": topics.annotate(excerpt=Substr("body", 1, EXCERPT)),
        "submission_stage": _open_stage(request, shown.competition),
        **_neighbours(tracks, shown.pk),
    }
    return render(request, "tracks/track.html", context)


@require_safe
@remembered
def topic(request: HttpRequest, competition: str, track_number: int, number: int) -> HttpResponse:
    topics = Topic.objects.visible_to(request.user).filter(
        track__competition__slug=competition, track__number=track_number
    )
    siblings = list(topics.select_related("track__competition").replacing().order_by("number"))
    shown = _numbered(siblings, number)
    if shown is None:
        return leading.to_topic(request, competition, track_number, number)
    revisions = TopicRevision.objects.visible_to(request.user).filter(topic=shown).defer("body")
    context = {
        "competition": shown.track.competition,
        "track": shown.track,
        "topic": shown,
        "siblings": siblings,
        "former": leading.replaced_by(shown, request.user) if shown.replaces_another else None,
        "revision": revisions.with_recency(timezone.now()).order_by("-number").first(),
        "submission_stage": _open_stage(request, shown.track.competition),
        **_neighbours(siblings, shown.pk),
    }
    return render(request, "tracks/topic.html", context)


def _open_stage(request: HttpRequest, competition: Competition) -> Stage | None:
    stages = Stage.objects.visible_to(request.user).filter(competition=competition, kind=StageKind.SUBMISSION)
    return stages.open_at(timezone.now()).first()


def _numbered(rows: Sequence[Any], number: int) -> Any:
    return next((row for row in rows if row.number == number), None)


def _neighbours(rows: Sequence[Any], pk: int) -> dict[str, Any]:
    place = next(index for index, row in enumerate(rows) if row.pk == pk)
    return {
        "previous": rows[place - 1] if place else None,
        "following": rows[place + 1] if place + 1 < len(rows) else None,
    }
