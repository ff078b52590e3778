"""What every press, every pause of a writer and every look at an entry ask: put into words once a process."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from django.db import models
from django.db.models import CharField, Exists, F, OuterRef, Prefetch, Q, UUIDField
from django.db.models.fields.json import KeyTextTransform

from portal.core.gathered import Gathered
from portal.core.locks import is_alone
from portal.core.models import StoredFile
from portal.core.people import Person
from portal.core.prepared import Asker, Given, Prepared
from submissions.enums import SubmissionStatus
from submissions.models import (
    Answer,
    Attachment,
    Comment,
    Correction,
    Inspection,
    Receipt,
    RegisteredFile,
    Submission,
    SubmissionVersion,
    Team,
    TeamMember,
    Upload,
)

# Of one entry, by its address or by its key.
ADDRESS, ENTRY, SLOT = Given("entry", UUIDField()), Given("entry"), Given("slot", CharField())
# What ``with_form`` and ``with_stage`` tell, and what stands in the draft.
BESIDE = (
    *("form_version", "track_form_version"),
    *("window_opens_at", "window_closes_at", "window_grace", "window_hash_grace", "window_extended_to"),
    *("draft_answers", "draft_versions"),
)
# What ``with_correction`` tells.
CORRECTION = ("sections", "slots", "closes_at")


def page_of(user: Person, public_id: uuid.UUID) -> Submission | None:
    """The entry with all that its page shows of it, where ``user`` may see it."""
    told = {"user": user.pk, "entry": public_id}
    # Nearly all who come are of its team, and for that a database plans half as long.
    own = _own_page(Asker.of(user)).first(**told)
    entry: Any = own or _page(Asker.of(user)).first(**told)
    beside = _beside().first(entry=entry.pk) if entry is not None else None
    if beside is None:
        return None
    entry.team = beside.team
    for name in BESIDE:
        setattr(entry, name, getattr(beside, name))
    if own is None and entry.status == SubmissionStatus.RETURNED:
        _tell_correction(entry, _correction().first(entry=entry.pk))
    if entry.track.competition_id == entry.team.competition_id:
        entry.track.competition = entry.team.competition
    return entry


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


def to_attach(user: Person, public_id: uuid.UUID, *, within: int | None) -> Submission | None:
    """An entry of one of the person's own teams ``for_attaching``; ``within`` the competition they are bound to."""
    rows = _to_attach(Asker.of(user), is_bound=within is not None)
    found = rows.first(user=user.pk, entry=public_id, competition=within)
    return _with_roles(found) if found else None


def upload_of(user: Person, public_id: uuid.UUID, *, within: int | None) -> Upload | None:
    """What the person sends ``for_chunk``."""
    rows = _upload(Asker.of(user), is_bound=within is not None)
    return rows.first(user=user.pk, upload=public_id, competition=within)


def to_finish(upload: Upload) -> tuple[Submission, str]:
    """The entry ``for_attaching`` that the upload is for, and the state that the upload has now."""
    found: Any = _to_finish().first(upload=upload.pk)
    if found is None:
        raise Upload.DoesNotExist
    return _with_roles(found), found.upload_state


def files_in(entry: Submission, slot: str) -> list[Attachment]:
    """What lies in the draft at ``slot``, oldest first."""
    return _files_in().ask(entry=entry.pk, slot=slot)


def looked_into(stored: StoredFile) -> list[Inspection]:
    """For what the same bytes were found out before, and what was found in them as a PDF."""
    return _looked_into().ask(file=stored.pk)


def registered_in(entry: Submission, slot: str) -> list[RegisteredFile]:
    """What was registered for ``slot`` and hasn't followed: the draft counts on it, or a version does."""
    return _registered_in().ask(entry=entry.pk, slot=slot)


def files_of(entry: Submission) -> list[Attachment]:
    """What lies in the draft, with what was found in it."""
    return _files().ask(entry=entry.pk)


def members_of(entry: Submission) -> list[TeamMember]:
    """Of its team, with the people, in their order; rules then ask no more."""
    members = _members().ask(team=entry.team_id)
    entry.team.known_roles = {member.user_id: member.role for member in members}
    return members


def answers_of(entry: Submission) -> list[tuple[str, Any, int]]:
    """What the draft says: section, value and version."""
    return _answers().ask(entry=entry.pk)


def versions_of(user: Person, entry: Submission) -> list[SubmissionVersion]:
    """What was submitted, as far as ``user`` may see it, newest first, with all that pages tell of it."""
    if not entry.number:
        # It comes with the first.
        return []
    if user.pk not in (entry.team.known_roles or ()):
        return _versions(Asker.of(user)).ask(user=user.pk, entry=entry.pk)
    versions = _own_versions().ask(user=user.pk, entry=entry.pk, team=entry.team_id)
    decided = [each.screening for each in versions if hasattr(each, "screening")]
    _tell_correction(entry, next((each.correction for each in decided if hasattr(each, "correction")), None))
    return versions


def pledge_of(entry: Submission) -> tuple[int | None, int | None]:
    """Which version of the competition's pledge the captain has given; and the pledge, where there is one."""
    return _pledge().first(entry=entry.pk) or (None, None)


def comments_on(user: Person, entry: Submission) -> list[Comment]:
    """Those that wait, newest first."""
    return _comments(Asker.of(user)).ask(user=user.pk, entry=entry.pk)


def receipt_of(user: Person, public_id: uuid.UUID) -> Receipt | None:
    """With its entry, and ``is_own``: is it of a team that ``user`` is in?"""
    return _receipt(Asker.of(user)).first(user=user.pk, receipt=public_id)


def receipt_to_show(user: Person, public_id: uuid.UUID) -> Receipt | None:
    """The same with all that its page says, and ``title`` of what was submitted."""
    found = _receipt(Asker.of(user), is_shown=True).first(user=user.pk, receipt=public_id)
    if found is not None:
        entry = found.version.submission
        entry.team = _teams().ask(team=entry.team_id)[0]
    return found


def receipts_of(entry: Submission) -> list[tuple[int, uuid.UUID]]:
    """The number of each version with the address of its receipt, newest first."""
    return _receipts().ask(entry=entry.pk)


@cache
def locked_own() -> Prepared[int]:
    """Takes the lock of an entry of one of the person's own teams; nobody else's is touched."""
    rows = _own(Submission.objects).filter(public_id=ADDRESS).select_for_update(no_key=True)
    return Prepared(rows.order_by().values_list("pk", flat=True))


def _own(rows: Any) -> models.QuerySet[Submission]:
    return rows.filter(team__in=TeamMember.objects.filter(user_id=Given("user")).values("team"))


@cache
def _page(asker: Asker) -> Prepared[Submission]:
    return Prepared(_to_show(Submission.objects.visible_to(asker), asker))


@cache
def _own_page(asker: Asker) -> Prepared[Submission]:
    """Whoever is in the team sees its entries (``visible_to``)."""
    return Prepared(_to_show(_own(Submission.objects), asker))


def _to_show(entries: models.QuerySet[Submission], asker: Asker) -> models.QuerySet[Submission]:
    rows: Any = entries.filter(public_id=ADDRESS)
    related = rows.with_page(asker).select_related("topic", "track", "topic_revision")
    return related.defer("topic__body", "topic_revision__body")[:1]


@cache
def _beside() -> Prepared[Submission]:
    """Of an entry that somebody may see: whose it is, which forms ask it, when, and what its draft says.

    Apart from the page's rows: how long a database plans grows with each join much faster than their number.
    """
    answers = Answer.objects.filter(submission=OuterRef("pk"))
    rows: Any = Submission.objects.filter(pk=ENTRY).with_form().with_stage()
    said = {
        "draft_answers": Gathered(answers.values("key", "value")),
        "draft_versions": Gathered(answers.values("key", "version")),
    }
    related = rows.annotate(**said).select_related("team__organization", "team__competition")
    return Prepared(related.defer("title", "team__competition__introduction"))


@cache
def _correction() -> Prepared[Correction]:
    """What may be mended of it, once it has been returned."""
    rows = Correction.objects.filter(screening__version__submission=ENTRY)
    return Prepared(rows.order_by("-screening__version__number")[:1])


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
    rows: Any = _to_hold().annotate(roles=Gathered(members), draft_answers=Gathered(answers))
    rows = rows.with_pledge()
    if is_alone:
        # Elsewhere the stage and the track are locked before they are read.
        rows = rows.with_window().with_highest_number()
    return Prepared(_own(rows).filter(public_id=ADDRESS) if by_address else rows.filter(pk=ENTRY))


@cache
def _pledge() -> Prepared[tuple[int | None, int | None]]:
    rows: Any = Submission.objects.with_pledge().filter(pk=ENTRY)
    return Prepared(rows.values_list("pledge_given", "team__competition__pledge"))


@cache
def _members() -> Prepared[TeamMember]:
    return Prepared(TeamMember.objects.filter(team=Given("team")).select_related("user"))


@cache
def _answers() -> Prepared[tuple[str, Any, int]]:
    return Prepared(Answer.objects.filter(submission=ENTRY).values_list("key", "value", "version"))


@cache
def _versions(asker: Asker) -> Prepared[SubmissionVersion]:
    rows = SubmissionVersion.objects.visible_to(asker).select_related("screening__decided_by")
    return Prepared(_with_all_told(rows))


@cache
def _own_versions() -> Prepared[SubmissionVersion]:
    """The team's, which sees them all, and isn't told who decided; with what may be mended."""
    is_member = Exists(TeamMember.objects.filter(user_id=Given("user"), team=Given("team")))
    rows = SubmissionVersion.objects.filter(is_member).select_related("screening__correction")
    return Prepared(_with_all_told(rows))


def _with_all_told(versions: models.QuerySet[SubmissionVersion]) -> models.QuerySet[SubmissionVersion]:
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    related = versions.select_related("receipt", "submitted_by", "topic_revision", "replacement")
    return related.filter(submission=ENTRY).defer("topic_revision__body").prefetch_related(files).order_by("-number")


@cache
def _receipt(asker: Asker, *, is_shown: bool = False) -> Prepared[Receipt]:
    own = TeamMember.objects.filter(user_id=Given("user"), team=OuterRef("version__submission__team"))
    rows: Any = Receipt.objects.visible_to(asker).annotate(is_own=Exists(own)).select_related("version__submission")
    if is_shown:
        title = KeyTextTransform("title", "version__form")
        rows = rows.select_related("version__submitted_by").annotate(title=title)
    return Prepared(rows.defer("version__form").filter(public_id=Given("receipt", UUIDField())))


@cache
def _receipts() -> Prepared[tuple[int, uuid.UUID]]:
    rows = Receipt.objects.filter(version__submission=ENTRY).order_by("-version__number")
    return Prepared(rows.values_list("version__number", "public_id"))


@cache
def _teams() -> Prepared[Team]:
    return Prepared(Team.objects.filter(pk=Given("team")).select_related("organization", "competition"))


@cache
def _comments(asker: Asker) -> Prepared[Comment]:
    rows = Comment.objects.visible_to(asker).filter(submission=ENTRY).waiting().select_related("author")
    return Prepared(rows.order_by("-at", "-pk"))


@cache
def locked_draft() -> Prepared[tuple[str, int]]:
    """Takes the lock of an entry; its state, and which draft it is."""
    rows = Submission.objects.filter(pk=ENTRY).select_for_update(no_key=True)
    return Prepared(rows.values_list("status", "draft_version"))


@cache
def locked_team() -> Prepared[int]:
    """Takes the lock of a team."""
    rows = Team.objects.filter(pk=Given("team")).select_for_update(no_key=True)
    return Prepared(rows.values_list("pk", flat=True))


@cache
def _to_attach(asker: Asker, *, is_bound: bool) -> Prepared[Submission]:
    rows = Submission.objects.of_member(asker) if asker.is_active else Submission.objects.none()
    if is_bound:
        rows = rows.filter(team__competition=Given("competition"))
    return Prepared(rows.for_attaching().filter(public_id=ADDRESS)[:1])


@cache
def _upload(asker: Asker, *, is_bound: bool) -> Prepared[Upload]:
    rows = Upload.objects.for_chunk(asker).filter(public_id=Given("upload", UUIDField()))
    if is_bound:
        rows = rows.filter(submission__team__competition=Given("competition"))
    return Prepared(rows[:1])


@cache
def _to_finish() -> Prepared[Submission]:
    rows = Submission.objects.for_attaching().filter(uploads=Given("upload"))
    return Prepared(rows.annotate(upload_state=F("uploads__state")))


@cache
def _files_in() -> Prepared[Attachment]:
    return Prepared(Attachment.objects.current().filter(submission=ENTRY, slot=SLOT).order_by("pk"))


@cache
def _looked_into() -> Prepared[Inspection]:
    return Prepared(Inspection.objects.telling().filter(file=Given("file")).order_by("pk"))


@cache
def _registered_in() -> Prepared[RegisteredFile]:
    rows = RegisteredFile.objects.filter(submission=ENTRY, slot=SLOT, attachment=None)
    counting = SubmissionVersion.objects.filter(registered=OuterRef("pk"))
    return Prepared(rows.filter(Q(replaced_at=None) | Exists(counting)).order_by("pk"))


@cache
def _files() -> Prepared[Attachment]:
    rows = Attachment.objects.filter(submission=ENTRY).current().with_refusal().select_related("file")
    return Prepared(rows.order_by("pk"))


def _found(entry: Submission | None) -> Submission:
    if entry is None:
        raise Submission.DoesNotExist
    return entry


def _tell_correction(entry: Submission, correction: Correction | None) -> None:
    """As ``with_correction`` would have."""
    for name in CORRECTION:
        setattr(entry, f"correction_{name}", getattr(correction, name, None))


def _with_roles(entry: Any) -> Submission:
    entry.team.known_roles = {int(user): role for user, role in (entry.roles or {}).items()}
    return entry
