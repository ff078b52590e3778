"""Brings a competition's tracks and topics in line with its guide."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules, services
from tracks.enums import TopicStatus
from tracks.guide.document import GuideDocument, GuideError
from tracks.guide.plan import Change, Moved, Plan, PresentTopic, PresentTrack, TopicStep, TrackStep, make_plan
from tracks.guide.report import describe_move
from tracks.models import Competition, Topic, TopicRevision, Track


def plan_import(competition: Competition, document: GuideDocument) -> Plan:
    refuse_unfit(document)
    return make_plan(document, present_tracks(competition))


@transaction.atomic
def apply_import(competition: Competition, plan: Plan, *, actor: Person | None, reason: str = "") -> Plan:
    """Write what `plan` says. What the guide no longer holds stays: withdrawing it is a decision of its own."""
    require(rules.is_organizer, actor, competition)
    TopicRevision._meta.get_field("reason").clean(reason, None)
    Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    if present_tracks(competition) != plan.present:
        raise Conflict(_("The topics have changed since this plan was made. Please make a new one."))
    refuse_moves(plan.moved)
    tracks = {track.number: track for track in competition.tracks.all()}
    for step in plan.tracks:
        if step.change is not Change.GONE:
            track = apply_track(step, tracks.get(step.number), competition, actor=actor)
            apply_topics(step.topics, track, actor=actor, reason=reason)
    return plan


def present_tracks(competition: Competition) -> tuple[PresentTrack, ...]:
    tracks = competition.tracks.order_by("number").prefetch_related(
        models.Prefetch("topics", Topic.objects.order_by("number"))
    )
    return tuple(PresentTrack(track.number, track.name, tuple(present_topics(track))) for track in tracks)


def present_topics(track: Track) -> Iterator[PresentTopic]:
    for topic in track.topics.all():
        yield PresentTopic(topic.number, topic.title, topic.body, topic.status == TopicStatus.OPEN)


def apply_track(step: TrackStep, track: Track | None, competition: Competition, *, actor: Person | None) -> Track:
    if track is None:
        return services.add_track(competition, actor=actor, number=step.number, name=step.name)
    if step.change is Change.RENAMED:
        return services.rename_track(track, actor=actor, name=step.name)
    return track


def apply_topics(steps: tuple[TopicStep, ...], track: Track, *, actor: Person | None, reason: str) -> None:
    topics = {topic.number: topic for topic in track.topics.all()}
    for step in steps:
        if step.after is None or step.change is Change.UNCHANGED:
            continue
        text = {"title": step.after.title, "body": step.after.body}
        if step.change is Change.ADDED:
            services.add_topic(track, actor=actor, number=step.number, reason=reason, **text)
        else:
            services.revise_topic(topics[step.number], actor=actor, reason=reason, **text)


def refuse_moves(moved: tuple[Moved, ...]) -> None:
    """Entries stand on a track's and a topic's number; another text under it would be another topic."""
    if moved:
        raise ValidationError([describe_move(move) for move in moved])


def refuse_unfit(document: GuideDocument) -> None:
    """Names and titles that the database would not take, while their line is still known."""
    for track in document.tracks:
        refuse_unfit_fields(Track(number=track.number, name=track.name), track.line, exclude={"competition"})
        for topic in track.topics:
            row = Topic(number=topic.number, title=topic.title, body=topic.body)
            refuse_unfit_fields(row, topic.line, exclude={"track"})


def refuse_unfit_fields(row: models.Model, line: int, *, exclude: set[str]) -> None:
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        raise GuideError(line, " ".join(error.messages)) from error
