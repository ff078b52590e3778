"""Where tracks and topics stand: their numbers, and with these their addresses.

Numbers are unique, and neither database checks that at the commit only. So what changes places first steps aside,
to numbers that nobody has, and then goes where it belongs; nobody outside the transaction sees the step between.

A number is part of a key that other rows may point to, so changing it locks out whoever adds such a row. They look
keys up at their commit, with the audit trail in their hands; therefore numbers change only once we hold the trail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules
from tracks.models import Competition, FormerAddress, Topic, Track
from tracks.models.topics import LARGEST_NUMBER
from tracks.services.changing import clean_reason
from tracks.signals import topics_moved, topics_moving


@dataclass(frozen=True)
class Place:
    track: Track
    number: int

    @property
    def key(self) -> tuple[int, int]:
        return (self.track.pk, self.number)

    @property
    def facts(self) -> dict[str, int]:
        return {"track": self.track.number, "number": self.number}


@dataclass(frozen=True)
class TopicMove:
    topic: Topic
    before: Place
    after: Place

    @property
    def changes_track(self) -> bool:
        return self.before.track.pk != self.after.track.pk


@transaction.atomic
def place_topics(
    competition: Competition, places: Mapping[int, tuple[int, int]], *, actor: Person | None, reason: str = ""
) -> list[Topic]:
    """Give topics other places (topic: track number, topic number), all at once; returns those that moved.

    A topic keeps its entries, and its old address leads to the new one.
    """
    reason = clean_reason(reason)
    lock_competition(competition)
    moves = _moves(competition, places)
    touched = {place.track.pk for move in moves for place in (move.before, move.after)}
    require(rules.can_place, actor, competition, touched)
    if not moves:
        return []
    standing = list(Topic.objects.filter(track__in=touched).defer("body"))
    _refuse_taken(moves, standing)
    _hold_entries(competition, [move.topic.pk for move in moves if move.changes_track], actor=actor)
    now = timezone.now()
    for move in moves:
        audit.record("move", move.topic, actor=actor, before=move.before.facts, after=move.after.facts, reason=reason)
    _write_topics(moves, taken={topic.number for topic in standing})
    _remember(competition, {move.topic: (move.before.track.number, move.before.number) for move in moves}, now)
    topics_moved.send(Topic, competition=competition, moves=moves, at=now, actor=actor, reason=reason)
    return [move.topic for move in moves]


@transaction.atomic
def renumber_tracks(
    competition: Competition, numbers: Mapping[int, int], *, actor: Person | None, reason: str = ""
) -> list[Track]:
    """Give tracks other numbers (track: number), all at once; returns those that have another one now."""
    require(rules.is_organizer, actor, competition)
    reason = clean_reason(reason)
    lock_competition(competition)
    tracks = _lock_tracks(competition)
    _refuse_unknown(numbers.keys() - tracks.keys(), field="track")
    wanted = {pk: _checked(number) for pk, number in numbers.items()}
    before = {track: track.number for pk, track in tracks.items() if wanted.get(pk, track.number) != track.number}
    _refuse_doubled(tracks.values(), wanted)
    for track, number in before.items():
        after = {"number": wanted[track.pk]}
        audit.record("renumber", track, actor=actor, before={"number": number}, after=after, reason=reason)
    _remember_tracks(competition, before, timezone.now())
    spare = _spare_numbers({track.number for track in tracks.values()} | set(wanted.values()))
    for track in before:
        track.number = next(spare)
    Track.objects.bulk_update(before, ["number"])
    for track in before:
        track.number = wanted[track.pk]
    Track.objects.bulk_update(before, ["number"])
    return list(before)


def hold_places(competition: Competition, *, changing_track: Iterable[int] = (), actor: Person | None) -> None:
    """Take now every lock that placing and revising need, for whoever does several things in one transaction.

    Once the first of them has written its audit line it is too late: an entry that is being submitted holds its own
    lock and waits for the trail. ``changing_track`` are the topics that will go to another track.
    """
    lock_competition(competition)
    _lock_tracks(competition)
    _lock_topics(Topic.objects.filter(track__competition=competition).values_list("pk", flat=True))
    _hold_entries(competition, changing_track, actor=actor)


def lock_competition(competition: Competition) -> None:
    """Whoever gives out numbers of tracks and topics queues here."""
    Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)


def _lock_tracks(competition: Competition) -> dict[int, Track]:
    """An entry number begins with its track's, so whoever gives one out waits for us here."""
    return {track.pk: track for track in competition.tracks.order_by("pk").select_for_update(no_key=True)}


def _lock_topics(keys: Iterable[int]) -> None:
    """Whoever revises or withdraws one of them is let finish first."""
    list(Topic.objects.filter(pk__in=list(keys)).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _hold_entries(competition: Competition, topics: Iterable[int], *, actor: Person | None) -> None:
    if keys := sorted(topics):
        topics_moving.send(Topic, competition=competition, topics=keys, actor=actor)


def _moves(competition: Competition, places: Mapping[int, tuple[int, int]]) -> list[TopicMove]:
    _lock_topics(places)
    topics = Topic.objects.filter(track__competition=competition, pk__in=places).select_related("track__competition")
    found = {topic.pk: topic for topic in topics.order_by("pk")}
    _refuse_unknown(places.keys() - found.keys(), field="topic")
    tracks = {track.number: track for track in competition.tracks.all()}
    moves = []
    for pk, topic in found.items():
        track_number, number = places[pk]
        if (track := tracks.get(track_number)) is None:
            raise ValidationError({"track": _("There is no track %(number)s.") % {"number": track_number}})
        move = TopicMove(topic, Place(topic.track, topic.number), Place(track, _checked(number)))
        if move.before != move.after:
            moves.append(move)
    return moves


def _refuse_taken(moves: Iterable[TopicMove], topics: Iterable[Topic]) -> None:
    """Two can't stand on one place: neither two that move nor one that comes and one that stays."""
    moving = {move.topic.pk for move in moves}
    standing = {(topic.track_id, topic.number): topic for topic in topics if topic.pk not in moving}
    for move in moves:
        taken_by = standing.get(move.after.key)
        if taken_by is not None:
            told = {**move.after.facts, "title": taken_by.title}
            raise ValidationError({"number": _("Track %(track)d, topic %(number)d is taken by “%(title)s”.") % told})
        standing[move.after.key] = move.topic


def _refuse_doubled(tracks: Iterable[Track], wanted: Mapping[int, int]) -> None:
    standing: dict[int, Track] = {}
    # Those that stay come first: they are the ones to name.
    for track in sorted(tracks, key=lambda track: track.pk in wanted):
        number = wanted.get(track.pk, track.number)
        if number in standing:
            told = {"number": number, "name": standing[number].name}
            raise ValidationError({"number": _("Number %(number)d is taken by “%(name)s”.") % told})
        standing[number] = track


def _refuse_unknown(keys: Iterable[int], *, field: str) -> None:
    if any(True for _key in keys):
        raise ValidationError({field: _("This doesn't belong to the competition, or it is no longer there.")})


def _checked(number: int) -> int:
    if not 1 <= number <= LARGEST_NUMBER:
        raise ValidationError({"number": _("A number from 1 to %(most)d, please.") % {"most": LARGEST_NUMBER}})
    return number


def _spare_numbers(taken: set[int]) -> Iterator[int]:
    return (number for number in range(LARGEST_NUMBER, 0, -1) if number not in taken)


def _write_topics(moves: Iterable[TopicMove], *, taken: set[int]) -> None:
    topics = [move.topic for move in moves]
    spare = _spare_numbers(taken | {move.after.number for move in moves})
    for topic in topics:
        topic.number = next(spare)
    Topic.objects.bulk_update(topics, ["number"])
    for move in moves:
        move.topic.track, move.topic.number = move.after.track, move.after.number
    Topic.objects.bulk_update(topics, ["track", "number"])


def _remember(competition: Competition, left: Mapping[Topic, tuple[int, int]], now: datetime) -> None:
    FormerAddress.objects.bulk_create(
        FormerAddress(competition=competition, track_number=track, number=number, topic=topic, left_at=now)
        for topic, (track, number) in left.items()
    )


def _remember_tracks(competition: Competition, left: Mapping[Track, int], now: datetime) -> None:
    """The track's own address, and that of each of its topics."""
    FormerAddress.objects.bulk_create(
        FormerAddress(competition=competition, track_number=number, number=0, track=track, left_at=now)
        for track, number in left.items()
    )
    topics = Topic.objects.filter(track__in=left).select_related("track").defer("body")
    _remember(competition, {topic: (topic.track.number, topic.number) for topic in topics}, now)
