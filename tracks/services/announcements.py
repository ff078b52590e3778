"""News and answers that organizers write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from portal.core import audit
from portal.core.people import Person
from portal.core.permissions import require
from tracks import rules
from tracks.models import Announcement, Competition, Question
from tracks.services.changing import facts, write_changes


@transaction.atomic
def write_announcement(
    competition: Competition,
    *,
    actor: Person | None,
    title: str,
    body: str,
    published_at: datetime | None = None,
    is_pinned: bool = False,
) -> Announcement:
    """A draft, unless ``published_at`` says from when on it is shown."""
    require(rules.is_organizer, actor, competition)
    # The next number is read under a lock, so two who write at once get two numbers.
    competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    last = Announcement.objects.filter(competition=competition).aggregate(last=Max("number"))["last"] or 0
    values = {"title": title, "body": body, "published_at": published_at, "is_pinned": is_pinned}
    announcement = Announcement(
        competition=competition, number=last + 1, author_id=actor.pk if actor is not None else None, **values
    )
    announcement.full_clean()
    announcement.save()
    audit.record("add", announcement, actor=actor, after=facts({"number": last + 1, **values}))
    return announcement


@transaction.atomic
def change_announcement(announcement: Announcement, *, actor: Person | None, **changes: Any) -> Announcement:
    """Its address stays; without ``published_at`` it is a draft again."""
    require(rules.is_organizer, actor, announcement.competition)
    kept = Announcement.objects.select_for_update(no_key=True).get(pk=announcement.pk)
    return write_changes(kept, changes, actor=actor)


@transaction.atomic
def write_question(
    competition: Competition,
    *,
    actor: Person | None,
    question: str,
    answer: str,
    position: int = 1,
    published_at: datetime | None = None,
) -> Question:
    require(rules.is_organizer, actor, competition)
    values = {"question": question, "answer": answer, "position": position, "published_at": published_at}
    written = Question(competition=competition, **values)
    written.full_clean()
    written.save()
    audit.record("add", written, actor=actor, after=facts(values))
    return written


@transaction.atomic
def change_question(question: Question, *, actor: Person | None, **changes: Any) -> Question:
    require(rules.is_organizer, actor, question.competition)
    kept = Question.objects.select_for_update(no_key=True).get(pk=question.pk)
    return write_changes(kept, changes, actor=actor)
