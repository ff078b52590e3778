"""Writing tracks and topics: each change of a topic's text makes a revision."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules
from tracks.models import Competition, Topic, TopicRevision, Track


@transaction.atomic
def add_track(competition: Competition, *, actor: Person | None, number: int, name: str) -> Track:
    require(rules.is_organizer, actor, competition)
    track = Track(competition=competition, number=number, name=name)
    track.full_clean()
    track.save()
    audit.record("add", track, actor=actor, after={"number": number, "name": name})
    return track


@transaction.atomic
def rename_track(track: Track, *, actor: Person | None, name: str) -> Track:
    require(rules.is_track_organizer, actor, track)
    before, track.name = track.name, name
    track.full_clean()
    track.save(update_fields=["name"])
    audit.record("rename", track, actor=actor, before={"name": before}, after={"name": name})
    return track


@transaction.atomic
def add_topic(track: Track, *, actor: Person | None, number: int, title: str, body: str, reason: str = "") -> Topic:
    require(rules.is_track_organizer, actor, track)
    topic = Topic(track=track, number=number, title=title, body=body)
    topic.full_clean()
    topic.save()
    _write_revision(topic, 1, actor=actor, reason=reason)
    audit.record("add", topic, actor=actor, after={"number": number, "title": title}, reason=reason)
    return topic


@transaction.atomic
def revise_topic(topic: Topic, *, actor: Person | None, title: str, body: str, reason: str = "") -> Topic:
    """Give ``topic`` a new text; the same text again changes nothing."""
    require(rules.is_track_organizer, actor, topic.track)
    topic = Topic.objects.select_for_update(of=("self",), no_key=True).select_related("track").get(pk=topic.pk)
    if (topic.title, topic.body) == (title, body):
        return topic
    topic.title, topic.body = title, body
    topic.full_clean()
    topic.save(update_fields=["title", "body"])
    latest = topic.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    _write_revision(topic, latest + 1, actor=actor, reason=reason)
    audit.record("revise", topic, actor=actor, after={"revision": latest + 1}, reason=reason)
    return topic


def _write_revision(topic: Topic, number: int, *, actor: Person | None, reason: str) -> TopicRevision:
    return TopicRevision.objects.create(
        topic=topic,
        number=number,
        title=topic.title,
        body=topic.body,
        reason=reason,
        created_by_id=actor.pk if actor is not None else None,
        created_at=timezone.now(),
    )
