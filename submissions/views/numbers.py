"""Intake and screening in numbers, and what leaves as a table or an archive."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from portal.core.serving import serve_chunks
from submissions.filters import FilesFilter
from submissions.models import Submission
from submissions.numbers import numbers_of
from submissions.services import exporting
from tracks.models import Competition, Track
from tracks.querysets import named


@login_required
@never_cache
@require_safe
def numbers(request: HttpRequest, competition: str) -> HttpResponse:
    """Of the tracks that this person runs; ``?track=`` the days and reasons of one of them."""
    shown, tracks = _organized(request, competition)
    known = {str(track.number): track for track in tracks}
    wanted = request.GET.get("track", "")
    if wanted and wanted not in known:
        raise Http404
    chosen = known.get(wanted)
    context = {
        "competition": shown,
        "numbers": numbers_of(shown, tracks, chosen=chosen.number if chosen else None),
        "chosen": chosen,
        "tabs": _tabs(list(tracks), wanted),
        "form": FilesFilter(None, tracks=list(tracks)),
        "now": timezone.now(),
    }
    return render(request, "submissions/numbers.html", context)


@login_required
@never_cache
@require_GET
def export_entries(request: HttpRequest, competition: str, kind: str) -> HttpResponseBase:
    """The entries of one's own tracks that the filters leave, as a table."""
    if kind not in exporting.TYPES:
        raise Http404
    shown, entries, form = _asked(request, competition)
    made = exporting.export_entries(shown, actor=request.user, kind=kind, entries=entries, asked=form.facts)
    return serve_chunks(made.chunks, made.name, content_type=made.content_type)


@login_required
@never_cache
@require_GET
def export_files(request: HttpRequest, competition: str) -> HttpResponseBase:
    """The files of the same entries, as an archive."""
    shown, entries, form = _asked(request, competition)
    with_video = not form.cleaned_data["without_video"]
    made = exporting.export_files(shown, actor=request.user, entries=entries, asked=form.facts, with_video=with_video)
    return serve_chunks(made.chunks, made.name, content_type=made.content_type)


def _organized(request: HttpRequest, slug: str) -> tuple[Competition, Any]:
    shown = named(Competition.objects.partly_organized_by(request.user), slug)
    return shown, Track.objects.organized_by(request.user).filter(competition=shown).order_by("number")


def _asked(request: HttpRequest, slug: str) -> tuple[Competition, Any, FilesFilter]:
    shown, tracks = _organized(request, slug)
    form = FilesFilter(request.GET, tracks=tracks)
    entries = Submission.objects.organized_by(request.user).filter(track__competition=shown)
    now = request.received_at  # type: ignore[attr-defined]
    return shown, form.narrowed(entries, user=request.user, now=now), form


def _tabs(tracks: list[Track], wanted: str) -> list[dict[str, Any]]:
    everything = {"label": _("All tracks"), "url": "?", "is_current": not wanted}
    each = [
        {"label": track.code, "url": f"?track={track.number}", "is_current": wanted == str(track.number)}
        for track in tracks
    ]
    return [everything, *each]
