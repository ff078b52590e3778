"""What search engines are told: where the public pages are, and where to stay out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tracks.models import Announcement, Competition, Topic, Track
from tracks.querysets import named

NOBODY = AnonymousUser()
PRIVATE = (
    *("/accounts/", "/admin/", "/api/", "/certificates/", "/desk/", "/f/", "/i18n/", "/invitations/", "/judging/"),
    *("/mailbox/", "/organize/", "/style/", "/submissions/", "/teams/", "/verify/"),
)
Entry = tuple[str, datetime | None]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {_address('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """One map a competition: a single one may hold 50,000 addresses only."""
    slugs = Competition.objects.visible_to(NOBODY).order_by("pk").values_list("slug", flat=True)
    return _xml(request, "sitemapindex", "sitemap", [(_address("competition_sitemap", slug), None) for slug in slugs])


@require_safe
def competition(request: HttpRequest, competition: str) -> HttpResponse:
    shown = named(Competition.objects.visible_to(NOBODY), competition)
    entries = [*_tracks(shown), *_topics(shown), *_announcements(shown)]
    latest = max((changed for _url, changed in entries if changed), default=None)
    own: list[Entry] = [(_full(shown.get_absolute_url()), latest), (_address("topics", shown.slug), latest)]
    return _xml(request, "urlset", "url", own + entries)


def _tracks(shown: Competition) -> Iterator[Entry]:
    rows = Track.objects.visible_to(NOBODY).filter(competition=shown).order_by("number")
    for number, changed in rows.values_list("number", Max("topics__revisions__created_at")):
        yield _full(reverse("tracks:track", args=[shown.slug, number])), changed


def _topics(shown: Competition) -> Iterator[Entry]:
    rows = Topic.objects.visible_to(NOBODY).filter(track__competition=shown).order_by("track__number", "number")
    for track, number, changed in rows.values_list("track__number", "number", Max("revisions__created_at")):
        yield _full(reverse("tracks:topic", args=[shown.slug, track, number])), changed


def _announcements(shown: Competition) -> Iterator[Entry]:
    rows = Announcement.objects.visible_to(NOBODY).filter(competition=shown).newest_first()
    for number, published, changed in rows.values_list("number", "published_at", "changed_at"):
        yield _full(reverse("tracks:announcement", args=[shown.slug, number])), max(published or changed, changed)


def _address(name: str, *args: Any) -> str:
    return _full(reverse(f"dashboards:{name}", args=args))


def _full(path: str) -> str:
    return settings.CANONICAL_URL + path


def _xml(request: HttpRequest, root: str, item: str, entries: Iterable[Entry]) -> HttpResponse:
    context = {"root": root, "item": item, "entries": entries}
    return render(request, "sitemap.xml", context, content_type="application/xml; charset=utf-8")
