"""Writing tracks and topics: each change of a topic's text makes a revision."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from portal.core.text import one_kind_of_line_end
from tracks import rules
from tracks.lifecycle import TOPIC_LIFECYCLE
from tracks.models import Competition, Topic, TopicRevision, Track
from tracks.services.changing import clean_reason
from tracks.services.placing import lock_competition
from tracks.signals import topic_reopened, topic_revised, topic_withdrawn


@transaction.atomic
def add_track(competition: Competition, *, actor: Person | None, number: int, name: str) -> Track:
    require(rules.is_organizer, actor, competition)
    lock_competition(competition)
    track = Track(competition=competition, number=number, name=name)
    track.full_clean()
    track.save()
    audit.record("add", track, actor=actor, after={"number": number, "name": name})
    return track


@transaction.atomic
def rename_track(track: Track, *, actor: Person | None, name: str) -> Track:
    require(rules.is_track_organizer, actor, track)
    before, track.name = track.name, name
    if name == before:
        return track
    track.renamed_at = timezone.now()
    track.full_clean()
    track.save(update_fields=["name", "renamed_at"])
    audit.record("rename", track, actor=actor, before={"name": before}, after={"name": name})
    return track


@transaction.atomic
def add_topic(track: Track, *, actor: Person | None, number: int, title: str, body: str, reason: str = "") -> Topic:
    require(rules.is_track_organizer, actor, track)
    reason = clean_reason(reason)
    lock_competition(track.competition)
    topic = Topic(track=track, number=number, title=title, body=one_kind_of_line_end(body))
    topic.full_clean()
    topic.save()
    _write_revision(topic, 1, actor=actor, reason=reason)
    audit.record("add", topic, actor=actor, after={"number": number, "title": title}, reason=reason)
    return topic


@transaction.atomic
def revise_topic(
    topic: Topic, *, actor: Person | None, title: str, body: str, reason: str = "", tell: bool = True
) -> Topic:
    """Give ``topic`` a new text; the same text again changes nothing. ``tell`` is for more than a slip of the pen."""
    require(rules.is_track_organizer, actor, topic.track)
    reason = clean_reason(reason)
    topic = lock_topic(topic)
    if topic.reads(title, body):
        return topic
    topic.title, topic.body = title, one_kind_of_line_end(body)
    topic.full_clean()
    topic.save(update_fields=["title", "body"])
    previous = topic.latest_revision
    revision = _write_revision(topic, previous.number + 1 if previous else 1, actor=actor, reason=reason)
    # Before the audit line: thousands may have to be told, and meanwhile everybody else would wait for the trail.
    topic_revised.send(Topic, topic=topic, revision=revision, previous=previous, actor=actor, tell=tell)
    audit.record("revise", topic, actor=actor, after={"revision": revision.number}, reason=reason)
    return topic


@transaction.atomic
def withdraw_topic(topic: Topic, *, actor: Person | None, reason: str) -> Topic:
    """Let it take no new entries; those that there are go on."""
    require(rules.is_track_organizer, actor, topic.track)
    reason = clean_reason(reason, is_required=True)
    topic = lock_topic(topic)
    # Whoever begins an entry holds the lock too: only now has the last one begun before the withdrawal.
    now = timezone.now()
    changes = {"withdrawn_at": now, "withdrawal_reason": reason}
    TOPIC_LIFECYCLE.apply(topic, "withdraw", actor=actor, reason=reason, **changes)
    topic_withdrawn.send(Topic, topic=topic, at=now, actor=actor, reason=reason)
    return topic


@transaction.atomic
def reopen_topic(topic: Topic, *, actor: Person | None, reason: str = "") -> Topic:
    require(rules.is_track_organizer, actor, topic.track)
    reason = clean_reason(reason)
    topic, now = lock_topic(topic), timezone.now()
    changes = {"withdrawn_at": None, "withdrawal_reason": "", "reopened_at": now}
    TOPIC_LIFECYCLE.apply(topic, "reopen", actor=actor, reason=reason, **changes)
    topic_reopened.send(Topic, topic=topic, at=now, actor=actor, reason=reason)
    return topic


def lock_topic(topic: Topic) -> Topic:
    """The topic as it is now. Its place, text and state then hold until the commit.

    Read after the lock: joined with its track in one query, a topic that moves meanwhile would be found nowhere.
    """
    Topic.objects.select_for_update(no_key=True).get(pk=topic.pk)
    return Topic.objects.select_related("track__competition").get(pk=topic.pk)


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
