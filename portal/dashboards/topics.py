"""All topics of a competition on one page, by track, with what the upper apps know of them."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.core.remembered import remembered
from submissions.querysets import with_entry_count
from tracks.enums import StageKind
from tracks.models import Competition, Topic, Track
from tracks.querysets import RECENT, TopicQuerySet, named


class TopicListForm(forms.Form):
    track = forms.TypedChoiceField(label=_("Track"), coerce=int, empty_value=None, required=False)
    changed = forms.BooleanField(label=_("Recently changed"), required=False)
    open = forms.BooleanField(label=_("Open for entries now"), required=False)

    def __init__(self, *args: Any, tracks: list[Track], **kwargs: Any):
        super().__init__(*args, **kwargs)
        named = [(track.number, f"{track.number}. {track.name}") for track in tracks]
        self.fields["track"].choices = [("", _("All tracks")), *named]  # type: ignore[attr-defined]

    def narrowed(self, topics: TopicQuerySet, now: datetime) -> TopicQuerySet:
        wanted = self.cleaned_data
        if wanted["track"] is not None:
            topics = topics.filter(track__number=wanted["track"])
        if wanted["changed"]:
            topics = topics.revised_since(now - RECENT)
        if wanted["open"]:
            topics = topics.enterable_at(now, kind=StageKind.SUBMISSION)
        return topics


@require_safe
@remembered
def topics(request: HttpRequest, competition: str) -> HttpResponse:
    now = timezone.now()
    shown = named(Competition.objects.visible_to(request.user), competition)
    tracks = list(Track.objects.visible_to(request.user).filter(competition=shown).order_by("number"))
    form = TopicListForm(request.GET, tracks=tracks)
    rows: list[Topic] = []
    if form.is_valid():
        found = Topic.objects.visible_to(request.user).filter(track__competition=shown).with_revision(now)
        found = form.narrowed(found, now).select_related("track").defer("body").order_by("track__number", "number")
        rows = list(with_entry_count(found) if shown.shows_entry_counts else found)
    context = {
        "competition": shown,
        "form": form,
        "groups": [(track, list(its)) for track, its in groupby(rows, key=lambda topic: topic.track)],
        "count": len(rows),
        "is_narrowed": any(name in request.GET for name in form.fields),
    }
    return render(request, "dashboards/topics.html", context, status=200 if form.is_valid() else 400)
