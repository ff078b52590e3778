"""Announcements as an Atom feed: what everybody may read, whoever asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from portal.core.markdown import to_html
from portal.core.text import UNSHOWABLE
from tracks.models import Announcement, Competition
from tracks.querysets import named

NEWEST = 20
NOBODY = AnonymousUser()


class AnnouncementFeed(Feed):
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, competition: str) -> Competition:
        return named(Competition.objects.visible_to(NOBODY), competition)

    def title(self, competition: Competition) -> str:
        return _("%(competition)s: announcements") % {"competition": _clean(competition.name)}

    def link(self, competition: Competition) -> str:
        return _address(reverse("tracks:announcements", args=[competition.slug]))

    def feed_url(self, competition: Competition) -> str:
        return _address(reverse("tracks:announcement_feed", args=[competition.slug]))

    def author_name(self, competition: Competition) -> str:
        return _clean(competition.host)

    def items(self, competition: Competition) -> Any:
        rows = Announcement.objects.visible_to(NOBODY).filter(competition=competition).newest_first()
        return rows.select_related("competition")[:NEWEST]

    def item_title(self, item: Any) -> str:
        return _clean(item.title)

    def item_description(self, item: Any) -> str:
        return _clean(to_html(item.body))

    def item_link(self, item: Announcement) -> str:
        return _address(item.get_absolute_url())

    def item_pubdate(self, item: Announcement) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Announcement) -> datetime | None:
        return max(item.changed_at, item.published_at or item.changed_at)


def _address(path: str) -> str:
    return settings.CANONICAL_URL + path


def _clean(text: str) -> str:
    """A feed with one character that XML doesn't know is no feed at all."""
    return UNSHOWABLE.sub("", text)
