"""What every press, every pause of a writer and every look at an entry ask: put into words once a process."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from django.db import models
from django.db.models import CharField, OuterRef, Prefetch, UUIDField

from portal.core.gathered import Gathered
from portal.core.locks import is_alone
from portal.core.people import Person
from portal.core.prepared import Asker, Given, Prepared
from submissions.models import Answer, Attachment, Comment, Submission, SubmissionVersion, TeamMember

# Of one entry, by its address or by its key.
ADDRESS, ENTRY = Given("entry", UUIDField()), Given("entry")


def page_of(user: Person, public_id: uuid.UUID) -> Submission | None:
    """The entry with all that its page shows of it, where ``user`` may see it."""
    return _page(Asker.of(user)).first(user=user.pk, entry=public_id)


def to_write(user: Person, public_id: uuid.UUID, key: str) -> Submission | None:
    """The entry ``for_writing`` the section ``key``."""
    return _to_write(Asker.of(user)).first(user=user.pk, entry=public_id, key=key)


def held(pk: int) -> Submission:
    """An entry that the caller has locked, or whose transaction is alone."""
    return _found(_held().first(entry=pk))


def held_to_submit(pk: int) -> Submission:
    """The same with all that a submit asks about it."""
    return _with_roles(_found(_pressed(is_alone=is_alone()).first(entry=pk)))


def held_by_address(user: Person, public_id: uuid.UUID) -> Submission | None:
    """The same of an entry of one of the person's own teams, where the transaction is alone."""
    found = _pressed(is_alone=True, by_address=True).first(user=user.pk, entry=public_id)
    return _with_roles(found) if found else None


def files_of(entry: Submission) -> list[Attachment]:
    """What lies in the draft, with what was found in it."""
    return _files().ask(entry=entry.pk)


def members_of(entry: Submission) -> list[TeamMember]:
    """Of its team, with the people, in their order."""
    return _members().ask(team=entry.team_id)


def answers_of(entry: Submission) -> list[tuple[str, Any, int]]:
    """What the draft says: section, value and version."""
    return _answers().ask(entry=entry.pk)


def versions_of(user: Person, entry: Submission) -> list[SubmissionVersion]:
    """What was submitted, as far as ``user`` may see it, newest first, with all that pages tell of it."""
    return _versions(Asker.of(user)).ask(user=user.pk, entry=entry.pk)


def pledge_of(entry: Submission) -> tuple[int | None, int | None]:
    """Which version of the competition's pledge the captain has given; and the pledge, where there is one."""
    return _pledge().first(entry=entry.pk) or (None, None)


def comments_on(user: Person, entry: Submission) -> list[Comment]:
    """Those that wait, newest first."""
    return _comments(Asker.of(user)).ask(user=user.pk, entry=entry.pk)


@cache
def locked_own() -> Prepared[int]:
    """Takes the lock of an entry of one of the person's own teams; nobody else's is touched."""
    rows = _own(Submission.objects).filter(public_id=ADDRESS).select_for_update(no_key=True)
    return Prepared(rows.order_by().values_list("pk", flat=True))


def _own(rows: Any) -> models.QuerySet[Submission]:
    return rows.filter(team__in=TeamMember.objects.filter(user_id=Given("user")).values("team"))


@cache
def _page(asker: Asker) -> Prepared[Submission]:
    rows = Submission.objects.visible_to(asker).for_listing().with_form().with_window().with_page(asker)
    return Prepared(rows.select_related("topic_revision").filter(public_id=ADDRESS)[:1])


@cache
def _to_write(asker: Asker) -> Prepared[Submission]:
    key: Any = Given("key", CharField())
    rows = Submission.objects.for_writing(asker, key)
    return Prepared(rows.filter(public_id=ADDRESS)[:1])


def _to_hold() -> models.QuerySet[Submission]:
    rows = Submission.objects.with_form().with_latest_text()
    return rows.select_related("team__competition", "topic", "track", "topic_revision")


@cache
def _held() -> Prepared[Submission]:
    return Prepared(_to_hold().filter(pk=ENTRY))


@cache
def _pressed(*, is_alone: bool, by_address: bool = False) -> Prepared[Submission]:
    members = TeamMember.objects.filter(team=OuterRef("team")).values("user_id", "role")
    answers = Answer.objects.filter(submission=OuterRef("pk")).values("key", "value")
    rows: Any = _to_hold().with_pledge().annotate(roles=Gathered(members), draft_answers=Gathered(answers))
    if is_alone:
        # Elsewhere the stage and the track are locked before they are read.
        rows = rows.with_window().with_highest_number()
    return Prepared(_own(rows).filter(public_id=ADDRESS) if by_address else rows.filter(pk=ENTRY))


@cache
def _pledge() -> Prepared[tuple[int | None, int | None]]:
    rows = Submission.objects.filter(pk=ENTRY).with_pledge()
    return Prepared(rows.values_list("pledge_given", "team__competition__pledge"))


@cache
def _members() -> Prepared[TeamMember]:
    return Prepared(TeamMember.objects.filter(team=Given("team")).select_related("user"))


@cache
def _answers() -> Prepared[tuple[str, Any, int]]:
    return Prepared(Answer.objects.filter(submission=ENTRY).values_list("key", "value", "version"))


@cache
def _versions(asker: Asker) -> Prepared[SubmissionVersion]:
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    rows = SubmissionVersion.objects.visible_to(asker).filter(submission=ENTRY)
    related = rows.select_related("receipt", "screening__decided_by", "submitted_by", "topic_revision", "replacement")
    return Prepared(related.defer("topic_revision__body").prefetch_related(files).order_by("-number"))


@cache
def _comments(asker: Asker) -> Prepared[Comment]:
    rows = Comment.objects.visible_to(asker).filter(submission=ENTRY).waiting().select_related("author")
    return Prepared(rows.order_by("-at", "-pk"))


@cache
def _files() -> Prepared[Attachment]:
    rows = Attachment.objects.filter(submission=ENTRY).current().with_refusal().select_related("file")
    return Prepared(rows.order_by("pk"))


def _found(entry: Submission | None) -> Submission:
    if entry is None:
        raise Submission.DoesNotExist
    return entry


def _with_roles(entry: Any) -> Submission:
    entry.team.known_roles = {int(user): role for user, role in (entry.roles or {}).items()}
    return entry
