from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.core.remembered import remembered
from tracks import asking, leading
from tracks.models import Topic, Track

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
        "submission_stage": asking.open_submission(request.user, shown.competition, timezone.now()),
        **_neighbours(tracks, shown.pk),
    }
    return render(request, "tracks/track.html", context)


@require_safe
@remembered
def topic(request: HttpRequest, competition: str, track_number: int, number: int) -> HttpResponse:
    siblings = asking.topics_of(request.user, competition, track_number)
    shown = _numbered(siblings, number)
    if shown is None:
        return leading.to_topic(request, competition, track_number, number)
    now = timezone.now()
    context = {
        "competition": shown.track.competition,
        "track": shown.track,
        "topic": shown,
        "siblings": siblings,
        "former": leading.replaced_by(shown, request.user) if shown.replaces_another else None,
        "revision": asking.latest_text(request.user, shown, now),
        "submission_stage": asking.open_submission(request.user, shown.track.competition, now),
        **_neighbours(siblings, shown.pk),
    }
    return render(request, "tracks/topic.html", context)


def _numbered(rows: Sequence[Any], number: int) -> Any:
    return next((row for row in rows if row.number == number), None)


def _neighbours(rows: Sequence[Any], pk: int) -> dict[str, Any]:
    place = next(index for index, row in enumerate(rows) if row.pk == pk)
    return {
        "previous": rows[place - 1] if place else None,
        "following": rows[place + 1] if place + 1 < len(rows) else None,
    }
