"""Brings a competition's tracks and topics in line with its guide: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules, services
from tracks.enums import TopicStatus
from tracks.guide.document import GuideDocument, GuideError
from tracks.guide.plan import Change, Plan, PresentTopic, PresentTrack, TopicStep, make_plan
from tracks.models import Competition, Topic, Track
from tracks.services.changing import clean_reason


def plan_import(competition: Competition, document: GuideDocument) -> Plan:
    refuse_unfit(document)
    return make_plan(document, present_tracks(competition))


@transaction.atomic
def apply_import(
    competition: Competition,
    plan: Plan,
    *,
    actor: Person | None,
    reason: str = "",
    withdraw: Collection[int] = (),
    reopen: Collection[int] = (),
) -> Plan:
    """Write what ``plan`` says.

    What the guide no longer holds stays, but for the topics in ``withdraw``; what it holds and somebody has withdrawn
    here stays withdrawn, but for those in ``reopen``.
    """
    require(rules.is_organizer, actor, competition)
    must_say_why = bool(withdraw) or (competition.is_published and plan.writes_something)
    reason = clean_reason(reason, is_required=must_say_why)
    changing_track = [step.pk for step in plan.topics if step.changes_track]
    services.hold_places(competition, changing_track=changing_track, actor=actor)
    if present_tracks(competition) != plan.present:
        raise Conflict(_("The topics have changed since this plan was made. Please make a new one."))
    if not set(withdraw) <= {step.pk for step in plan.gone}:
        raise ValidationError(_("Only topics that the guide no longer holds can be withdrawn here."))
    if not set(reopen) <= {step.pk for step in plan.withdrawn_here}:
        raise ValidationError(_("Only withdrawn topics that the guide holds can be opened again here."))
    write_places(competition, plan, actor=actor, reason=reason)
    topics = {topic.pk: topic for topic in Topic.objects.filter(track__competition=competition).select_related("track")}
    tracks = {track.number: track for track in competition.tracks.select_related("competition")}
    for step in plan.topics:
        write_topic(step, tracks[step.place[0]], topics.get(step.pk), actor=actor, reason=reason)
    for pk in sorted(reopen):
        services.reopen_topic(topics[pk], actor=actor, reason=reason)
    for pk in sorted(withdraw):
        services.withdraw_topic(topics[pk], actor=actor, reason=reason)
    return plan


def present_tracks(competition: Competition) -> tuple[PresentTrack, ...]:
    tracks = competition.tracks.order_by("number").prefetch_related(
        models.Prefetch("topics", Topic.objects.order_by("number"))
    )
    return tuple(
        PresentTrack(track.pk, track.number, track.name, tuple(map(present_topic, track.topics.all())))
        for track in tracks
    )


def present_topic(topic: Topic) -> PresentTopic:
    return PresentTopic(topic.pk, topic.number, topic.title, topic.body, topic.status == TopicStatus.OPEN)


def write_places(competition: Competition, plan: Plan, *, actor: Person | None, reason: str) -> None:
    """Tracks and topics get the numbers that the guide gives them; new ones come where nobody stands any more."""
    numbers = {step.before.pk: step.number for step in plan.tracks if step.before}
    services.renumber_tracks(competition, numbers, actor=actor, reason=reason)
    tracks = {track.pk: track for track in competition.tracks.select_related("competition")}
    for step in plan.tracks:
        if step.before is None:
            services.add_track(competition, actor=actor, number=step.number, name=step.name)
        elif Change.RENAMED in step.changes:
            services.rename_track(tracks[step.before.pk], actor=actor, name=step.name)
    places = {step.pk: step.place for step in plan.topics if step.is_moved}
    services.place_topics(competition, places, actor=actor, reason=reason)


def write_topic(step: TopicStep, track: Track, topic: Topic | None, *, actor: Person | None, reason: str) -> None:
    if step.after is None:
        return
    text: dict[str, Any] = {"title": step.after.title, "body": step.after.body}
    if topic is None:
        services.add_topic(track, actor=actor, number=step.number, reason=reason, **text)
        return
    if step.has_new_text:
        services.revise_topic(topic, actor=actor, reason=reason, **text)


def refuse_unfit(document: GuideDocument) -> None:
    """Names and titles that the database would not take, while their line is still known."""
    for track in document.tracks:
        refuse_unfit_fields(document, Track(number=track.number, name=track.name), track.line, {"competition"})
        for topic in track.topics:
            row = Topic(number=topic.number, title=topic.title, body=topic.body)
            refuse_unfit_fields(document, row, topic.line, {"track"})


def refuse_unfit_fields(document: GuideDocument, row: models.Model, line: int, exclude: set[str]) -> None:
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        raise GuideError(line, " ".join(error.messages), unit=document.unit) from error
