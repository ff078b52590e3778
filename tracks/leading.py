"""Old addresses lead on: a track or topic that stood elsewhere before is found from there."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from portal.core.people import Person
from tracks.models import FormerAddress, Topic


def topic_once_at(user: Person, competition: str, track_number: int, number: int) -> Topic:
    """Whoever stood there last. What stands there now comes first: ask only when nothing does."""
    former = FormerAddress.objects.visible_to(user).at(competition, track_number, number)
    left = former.select_related("topic__track__competition").first()
    if left is None or left.topic is None:
        raise Http404
    return left.topic


def replaced_by(topic: Topic, user: Person) -> FormerAddress | None:
    """The topic that stood last where ``topic`` stands now, if another did: links of then mean that one."""
    competition, track_number = topic.track.competition.slug, topic.track.number
    former = FormerAddress.objects.visible_to(user).at(competition, track_number, topic.number)
    return former.exclude(topic=topic).select_related("topic__track").first()


def to_track(request: HttpRequest, competition: str, number: int) -> HttpResponseRedirect:
    former = FormerAddress.objects.visible_to(request.user).at(competition, number)
    left = former.select_related("track__competition").first()
    if left is None or left.track is None:
        raise Http404
    return _onward(request, left.track.get_absolute_url())


def to_topic(
    request: HttpRequest, competition: str, track_number: int, number: int, *, page: str = "tracks:topic"
) -> HttpResponseRedirect:
    """To the same page of the topic where that is now."""
    topic = topic_once_at(request.user, competition, track_number, number)
    return _onward(request, reverse(page, args=[competition, topic.track.number, topic.number]))


def _onward(request: HttpRequest, path: str) -> HttpResponseRedirect:
    """For now, not for good: what stands at an address may change again."""
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{path}?{query}" if query else path)
