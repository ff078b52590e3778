from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from judging.enums import AwardLevel
from judging.models import Award
from portal.core.remembered import remembered
from tracks.models import Competition

PLACE = {level: place for place, level in enumerate(AwardLevel.values)}


@require_safe
@remembered
def results(request: HttpRequest, competition: str) -> HttpResponse:
    """Who won, by track and level. Until it is published there is no such page."""
    shown = get_object_or_404(Competition.objects.visible_to(request.user), slug=competition)
    awards = Award.objects.visible_to(request.user).filter(publication__round__competition=shown)
    publications = _by_publication(awards.select_related("publication__round"))
    if not publications:
        raise Http404
    context = {
        "competition": shown,
        "competition_nav": {"results_url": request.path},
        "publications": publications,
    }
    return render(request, "judging/results.html", context)


def _by_publication(awards: Any) -> list[dict[str, Any]]:
    """Newest publication first; in it the tracks, in each the first prizes on top and then by entry number."""
    rows = sorted(awards, key=lambda a: (-a.publication_id, a.track_number, PLACE[a.level], a.number))
    return [
        {
            "publication": group[0].publication,
            "count": len(group),
            "tracks": [
                {"number": number, "name": won[0].track_name, "awards": won}
                for number, won in _grouped(group, "track_number")
            ],
        }
        for _pk, group in _grouped(rows, "publication_id")
    ]


def _grouped(rows: list[Any], name: str) -> list[tuple[Any, list[Any]]]:
    return [(value, list(group)) for value, group in groupby(rows, key=lambda row: getattr(row, name))]
