"""A new edition from an earlier one: its set-up, without its people, entries and news."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core import audit
from portal.core.instants import validate_instant
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules
from tracks.enums import TopicStatus
from tracks.models import Competition, Stage, Topic, TopicRevision, Track
from tracks.services.prefixes import free_prefix
from tracks.signals import competition_cloned


def next_edition(competition: Competition, year: int) -> dict[str, Any]:
    """What the edition of ``year`` is called unless somebody says otherwise, and how many days later it is."""
    earlier, later = str(competition.year), str(year)
    slug = competition.slug
    return {
        "slug": slug.replace(earlier, later) if earlier in slug else f"{slug}-{later}",
        "name": competition.name.replace(earlier, later),
        "short_name": competition.short_name.replace(earlier, later),
        "year": year,
        "shift_days": (date(year, 1, 1) - date(competition.year, 1, 1)).days,
    }


@transaction.atomic
def clone_competition(
    competition: Competition,
    *,
    actor: Person | None,
    slug: str,
    name: str,
    short_name: str,
    year: int,
    shift: timedelta,
) -> Competition:
    """An unpublished copy whose stages are ``shift`` later. Withdrawn topics stay behind."""
    require(rules.is_site_admin, actor)
    copy = Competition(
        slug=slug,
        name=name,
        short_name=short_name,
        year=year,
        host=competition.host,
        introduction=competition.introduction,
        certificate_prefix=free_prefix(slug),
        max_team_members=competition.max_team_members,
        max_organizations=competition.max_organizations,
        max_teams_person=competition.max_teams_person,
        max_entries_organization=competition.max_entries_organization,
        max_entries_team=competition.max_entries_team,
        max_file_size=competition.max_file_size,
        asks_document_number=competition.asks_document_number,
        shows_entry_counts=competition.shows_entry_counts,
        hue=competition.hue,
        requires_second_factor=competition.requires_second_factor,
    )
    copy.full_clean()
    _save(copy)
    audit.record("clone", copy, actor=actor, after={"source": competition.pk, "slug": slug, "name": name})
    _copy_stages(competition, copy, shift)
    _copy_topics(competition, copy, actor=actor)
    competition_cloned.send(Competition, source=competition, copy=copy, actor=actor)
    return copy


def _save(copy: Competition) -> None:
    try:
        with transaction.atomic():
            copy.save()
    except IntegrityError:
        # A second click took the address between our check and our insert; a second check says so at its field.
        copy.full_clean()
        raise


def _copy_stages(source: Competition, copy: Competition, shift: timedelta) -> None:
    try:
        stages = [
            Stage(
                competition=copy,
                kind=stage.kind,
                opens_at=stage.opens_at + shift,
                closes_at=stage.closes_at + shift,
                grace=stage.grace,
                hash_grace=stage.hash_grace,
            )
            for stage in source.stages.all()
        ]
        for stage in stages:
            validate_instant(stage.opens_at)
            validate_instant(stage.closes_at)
    except (OverflowError, ValidationError) as error:
        raise ValidationError({"shift": _("That would move the stages out of the calendar.")}) from error
    Stage.objects.bulk_create(stages)


def _copy_topics(source: Competition, copy: Competition, *, actor: Person | None) -> None:
    tracks = Track.objects.bulk_create(
        Track(competition=copy, number=track.number, name=track.name) for track in source.tracks.all()
    )
    track_of = {track.number: track for track in tracks}
    earlier = Topic.objects.filter(track__competition=source, status=TopicStatus.OPEN).select_related("track")
    topics = Topic.objects.bulk_create(
        Topic(track=track_of[topic.track.number], number=topic.number, title=topic.title, body=topic.body)
        for topic in earlier
    )
    now = timezone.now()
    TopicRevision.objects.bulk_create(
        TopicRevision(
            topic=topic,
            number=1,
            title=topic.title,
            body=topic.body,
            created_by_id=actor.pk if actor is not None else None,
            created_at=now,
        )
        for topic in topics
    )
