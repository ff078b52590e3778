"""What a team may still replace once its entry is shortlisted: which files, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from portal.core.locks import shared
from portal.core.templatetags.ui import beijing, deadline
from submissions import correcting, windows
from submissions.asked import definition_answered, definition_of
from submissions.completeness import Lack, current_attachments, lacks_in
from submissions.definition import FormDefinition, Slot
from submissions.enums import SubmissionStatus
from submissions.models import Attachment, Shortlisting, Submission, SubmissionVersion
from tracks.enums import StageKind
from tracks.models import Stage


@dataclass(frozen=True)
class Scope:
    """Half open in time. Without an end nothing is open: nobody has said until when."""

    shortlisting: Shortlisting
    slots: tuple[Slot, ...]
    closes_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        return self.closes_at is not None and now < self.closes_at

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(slot.key for slot in self.slots)


@dataclass(frozen=True)
class Files:
    """What would be handed in now: of open slots what lies in the draft, of all others what was submitted."""

    latest: SubmissionVersion
    scope: Scope
    draft: tuple[Attachment, ...]

    @property
    def kept(self) -> list[Attachment]:
        return [file for file in self.latest.attachments.all() if file.slot not in self.scope.keys]

    @property
    def all(self) -> list[Attachment]:
        return [*self.kept, *self.draft]

    @property
    def by_slot(self) -> dict[str, list[Attachment]]:
        return {slot.key: [file for file in self.draft if file.slot == slot.key] for slot in self.scope.slots}

    @property
    def missing(self) -> list[Lack]:
        return lacks_in(self.scope.slots, self.by_slot)

    @property
    def changed(self) -> list[str]:
        """Slots whose files differ from what was submitted last."""
        before = {file.pk: file.slot for file in self.latest.attachments.all()}
        now = {file.pk: file.slot for file in self.all}
        differing = {slot for pk, slot in (before | now).items() if (pk in before) != (pk in now)}
        return [slot.key for slot in self.scope.slots if slot.key in differing]


def scope_of(entry: Submission) -> Scope | None:
    """Of an entry that is shortlisted and knows it; else None. One query beside the form, where it may be one."""
    if entry.status != SubmissionStatus.ELIGIBLE:
        return None
    row = Shortlisting.objects.live().announced().with_end().filter(submission=entry).first()
    return _scope(entry, row) if row is not None else None


def hold(entry: Submission) -> Scope | None:
    """The same as it stays until this transaction ends; whoever calls has locked the entry."""
    if entry.status != SubmissionStatus.ELIGIBLE:
        return None
    stages = Stage.objects.filter(competition=entry.team.competition_id, kind=StageKind.DEFENCE)
    shared(stages)
    return scope_of(entry)


def files_of(entry: Submission, scope: Scope) -> Files:
    """In four queries."""
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    versions = entry.versions.select_related("topic_revision", "receipt").prefetch_related(files)
    draft = tuple(file for file in current_attachments(entry) if file.slot in scope.keys)
    return Files(versions.latest("number"), scope, draft)


def require_slot(entry: Submission, slot: str, now: datetime) -> None:
    """Raise Conflict unless a file may come into ``slot`` or leave it, whatever state the entry is in."""
    if entry.status != SubmissionStatus.ELIGIBLE:
        windows.require_writable(entry, now)
        correcting.require_slot(entry, slot, definition_of(entry))
        return
    scope = scope_of(entry)
    require_open(entry, scope, now)
    require_among(entry, scope, slot)


def require_open(entry: Submission, scope: Scope | None, now: datetime) -> None:
    """Raise Conflict, saying why, unless the entry's files may be replaced at ``now``."""
    if scope is None:
        raise Conflict(_taken_back(entry) or _unchangeable(entry))
    if not scope.slots:
        raise Conflict(_("The entry form has no file that may be replaced after the shortlist."))
    if scope.closes_at is None:
        raise Conflict(_("The organizers have not said yet until when files may be replaced."))
    if not scope.is_open(now):
        words = _("Files could be replaced until %(time)s, Beijing time. What was handed in by then counts.")
        raise Conflict(words % {"time": deadline(scope.closes_at)})


def require_never_told(entry: Submission) -> None:
    """Raise Conflict where the team knows of a shortlisting that was taken back."""
    if words := _taken_back(entry):
        raise Conflict(words)


def require_among(entry: Submission, scope: Scope | None, slot: str) -> None:
    if scope is not None and slot in scope.keys:
        return
    asked = definition_of(entry).slot(slot)
    words = _("“%(part)s” is fixed since the shortlist and can't be replaced.")
    raise correcting.NotOpened(words % {"part": asked.title if asked else slot})


def shortlist_part(entry: Submission, now: datetime) -> dict[str, Any] | None:
    """For parts/shortlist.html, to a team that has been told."""
    scope = scope_of(entry)
    if scope is None:
        return None
    titles = [slot.title for slot in scope.slots]
    return {"titles": titles, "ends_at": scope.closes_at, "is_open": bool(titles) and scope.is_open(now)}


def open_slots(definition: FormDefinition) -> tuple[Slot, ...]:
    return tuple(slot for slot in definition.slots if slot.is_open_after_shortlist)


def _scope(entry: Submission, row: Shortlisting) -> Scope:
    """Slots that the judges' form knows too: a file that no judge could see is none to replace."""
    latest = entry.versions.only("form", "submission").latest("number")
    answered = definition_answered(latest)
    slots = tuple(slot for slot in open_slots(definition_of(entry)) if answered.slot(slot.key))
    return Scope(row, slots, row.ends_at)


def _taken_back(entry: Submission) -> str:
    """A team that was told is told this too; of what was never announced it learns nothing."""
    told = Shortlisting.objects.announced().filter(submission=entry, undone_at__isnull=False)
    row = told.order_by("-undone_at").first() if entry.status == SubmissionStatus.ELIGIBLE else None
    if row is None:
        return ""
    words = _("The organizers took the shortlisting of this entry back at %(time)s; its files can't be replaced.")
    return words % {"time": beijing(row.undone_at)}


def _unchangeable(entry: Submission) -> Any:
    return _("This entry can no longer be changed: %(state)s.") % {"state": entry.get_status_display()}
