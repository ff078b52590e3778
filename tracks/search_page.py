"""The page that finds the topic a text fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tracks.finding import LONGEST, find
from tracks.models import Competition, Topic, Track
from tracks.querysets import TopicQuerySet, named
from tracks.search import Found

BEST, SHOWN = 3, 12
# What is no longer goes into the address, where it can be bookmarked and sent to a colleague.
SHORT = 60


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("What is your project about?"),
        help_text=_("A word, or the whole summary of your project; pinyin and its initials work too."),
        max_length=LONGEST,
        error_messages={
            "max_length": _("These are %(show_value)d characters. Please paste at most %(limit_value)d."),
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    withdrawn = forms.BooleanField(label=_("Withdrawn topics too"), required=False)


@dataclass(frozen=True)
class Result:
    rank: int
    topic: Topic
    found: Found

    @property
    def percent(self) -> int:
        return round(100 * self.found.share)


@dataclass(frozen=True)
class Group:
    track: Track
    results: list[Result]


# The box on the front page, which sets no cookie, carries no token. All that a forged request could do is to search.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest, competition: str) -> HttpResponse:
    shown = named(Competition.objects.visible_to(request.user), competition)
    given = request.POST if request.method == "POST" else request.GET
    form = SearchForm(given if given.get("q", "").strip() else None)
    if request.method == "POST" and form.is_valid() and len(form.cleaned_data["q"]) <= SHORT:
        return HttpResponseRedirect(f"{request.path}?{urlencode(_short(form.cleaned_data))}")
    context: dict[str, Any] = {"competition": shown, "form": form, "is_asked": form.is_bound and form.is_valid()}
    if context["is_asked"]:
        topics = Topic.objects.visible_to(request.user).filter(track__competition=shown)
        results = _results(topics if form.cleaned_data["withdrawn"] else topics.open(), form.cleaned_data["q"])
        context |= {"best": results[:BEST], "groups": _by_track(results[BEST:]), "result_count": len(results)}
    status = HTTPStatus.BAD_REQUEST if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, "tracks/search.html", context, status=status)


def _short(cleaned: dict[str, Any]) -> dict[str, str]:
    return {"q": cleaned["q"], **({"withdrawn": "on"} if cleaned["withdrawn"] else {})}


def _results(topics: TopicQuerySet, text: str) -> list[Result]:
    found = find(topics, text, limit=SHOWN)
    rows = topics.select_related("track__competition").defer("body").in_bulk([one.key for one in found])
    # One that was withdrawn since is missing: the next one takes its rank.
    still_there = (one for one in found if one.key in rows)
    return [Result(rank, rows[one.key], one) for rank, one in zip(count(1), still_there, strict=False)]


def _by_track(results: Iterable[Result]) -> list[Group]:
    """The tracks in the order of their best topic."""
    groups: dict[int, Group] = {}
    for result in results:
        track = result.topic.track
        groups.setdefault(track.pk, Group(track, [])).results.append(result)
    return list(groups.values())
