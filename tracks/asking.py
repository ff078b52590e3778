"""What the page of a topic asks: put into words once a process."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from django.db.models import CharField, DateTimeField

from portal.core.people import Person
from portal.core.prepared import Asker, Given, Prepared
from tracks.enums import StageKind
from tracks.models import Competition, Stage, Topic, TopicRevision

NOW = Given("now", DateTimeField())


def topics_of(user: Person, competition: str, track_number: int) -> list[Topic]:
    """Of a track, in their order."""
    return _topics(Asker.of(user)).ask(user=user.pk, competition=competition, track=track_number)


def latest_text(user: Person, topic: Topic, now: datetime) -> TopicRevision | None:
    return _texts(Asker.of(user)).first(user=user.pk, topic=topic.pk, now=now)


def open_submission(user: Person, competition: Competition, now: datetime) -> Stage | None:
    """The stage of submitting, while it is open."""
    return _open(Asker.of(user)).first(user=user.pk, competition=competition.pk, now=now)


@cache
def _topics(asker: Asker) -> Prepared[Topic]:
    here = {"track__competition__slug": Given("competition", CharField()), "track__number": Given("track")}
    topics = Topic.objects.visible_to(asker).filter(**here)
    return Prepared(topics.select_related("track__competition").replacing().order_by("number"))


@cache
def _texts(asker: Asker) -> Prepared[TopicRevision]:
    revisions = TopicRevision.objects.visible_to(asker).filter(topic=Given("topic")).defer("body")
    return Prepared(revisions.with_recency(NOW).order_by("-number")[:1])


@cache
def _open(asker: Asker) -> Prepared[Stage]:
    stages = Stage.objects.visible_to(asker).filter(competition=Given("competition"), kind=StageKind.SUBMISSION)
    return Prepared(stages.open_at(NOW)[:1])
