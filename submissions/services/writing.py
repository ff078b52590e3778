"""What a team writes, section by section. Nothing is overwritten unseen, and nothing that was typed is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import Conflict, Missing
from portal.core.permissions import require
from submissions import correcting, rules, windows
from submissions.asked import definition_of, sections_once
from submissions.definition import TITLE_KEY, FormDefinition, Section
from submissions.lifecycle import EDITABLE
from submissions.models import Answer, AnswerRevision, Submission, UnsentText
from submissions.values import as_text, clean_value, storable

# One sitting of one person is one revision.
SITTING = timedelta(minutes=2)
REVISIONS_KEPT = 20
UNSENT_KEPT = 20
# More than this replaced at once, and the earlier text stays as a revision of its own.
WORTH_KEEPING = 20


class NoSuchSection(Missing):
    def __init__(self) -> None:
        super().__init__(gettext_lazy("The form has no such section."))


class Clash(Conflict):
    """Somebody has saved the section since it was read. ``theirs`` is what it says now, None if that is nothing."""

    def __init__(self, theirs: Answer | None):
        super().__init__(gettext_lazy("Somebody else has saved this section in the meantime."))
        self.theirs = theirs


class TooLate(Conflict):
    """It can't be changed any more; ``unsent`` keeps what was typed, for whoever typed it."""

    def __init__(self, message: Any, unsent: UnsentText):
        super().__init__(message)
        self.unsent = unsent


class Locked(TooLate):
    """This section can't, others may: it isn't what the organizers asked to be mended."""


@dataclass(frozen=True)
class Saved:
    key: str
    value: Any
    version: int
    saved_at: datetime
    is_unchanged: bool = False


def save_section(
    entry: Submission,
    *,
    actor: Any,
    key: str,
    value: Any,
    expected_version: int,
    tab: str = "",
    now: datetime | None = None,
) -> Saved:
    """Keep what one section says. ``entry`` comes from ``for_writing(actor, key)``; others are read again.

    ``expected_version`` is the one the writer has read, 0 where there was none. Raises NoSuchSection,
    ValidationError for what can't be kept, Clash, and TooLate after putting the words aside (Locked where only this
    section is closed); ``tab`` is the page that they come from. The same text again is no clash. Saving leaves no
    audit line: what counts is what gets submitted, and that has its versions.
    """
    now = now or timezone.now()
    entry = _with_state(entry, actor, key)
    try:
        return _change(entry, actor=actor, key=key, value=value, expected_version=expected_version, now=now)
    except Clash:
        raise
    except Conflict as conflict:
        return _too_late(entry, conflict, actor=actor, key=key, value=value, now=now, tab=tab)


def restore_revision(
    entry: Submission, *, actor: Any, key: str, number: int, expected_version: int, now: datetime | None = None
) -> Saved:
    """Let the section say again what revision ``number`` said; what it says now stays as a revision.

    Nobody has typed it just now: where it comes too late, Conflict is all, and nothing is put aside.
    """
    rows = AnswerRevision.objects.visible_to(actor).filter(submission=entry, key=key, number=number)
    revision = rows.first()
    if revision is None:
        raise Missing(_("This revision is no longer kept."))
    entry = _with_state(entry, actor, key)
    now = now or timezone.now()
    return _change(entry, actor=actor, key=key, value=revision.value, expected_version=expected_version, now=now)


def can_save(entry: Submission, key: str, now: datetime) -> bool:
    """The entry takes words for this section now. ``entry`` comes ``with_form`` and ``with_window``."""
    try:
        _require_open(entry, key, now)
    except (Conflict, NoSuchSection):
        return False
    return True


def revisions_of(entry: Submission, key: str) -> list[AnswerRevision]:
    """What the section said after each sitting, newest first."""
    return list(entry.answer_revisions.filter(key=key).select_related("saved_by").order_by("-number"))


@transaction.atomic
def keep_unsent(entry: Submission, *, actor: Any, key: str, value: Any, now: datetime, tab: str = "") -> UnsentText:
    """Put words aside that came too late: the last of each page (``tab``), and each text that a form has sent.

    The same text is kept once, and of many the latest twenty.
    """
    value = storable(value)
    rows = UnsentText.objects.filter(submission=entry, user=actor, key=key)
    known = next((row for row in rows if row.value == value), None)
    if known is not None:
        return known
    said = {"value": value, "created_at": now}
    whose = {"submission": entry, "user": actor, "key": key}
    if tab:
        unsent, _is_new = UnsentText.objects.update_or_create(**whose, tab=tab, defaults=said)
    else:
        unsent = UnsentText.objects.create(**whose, **said)
    latest = rows.order_by("-created_at", "-pk").values_list("pk", flat=True)[:UNSENT_KEPT]
    rows.exclude(pk__in=list(latest)).delete()
    return unsent


def _change(entry: Submission, *, actor: Any, key: str, value: Any, expected_version: int, now: datetime) -> Saved:
    """``save_section`` without putting anything aside: Conflict where the entry or the section takes no more."""
    section = _require_open(entry, key, now)
    value = clean_value(section, value)
    if key == TITLE_KEY and not value:
        raise ValidationError(_("An entry needs a title."))
    if (entry.answer_version or 0) != expected_version:  # type: ignore[attr-defined]
        return _same_again(entry, section, value)
    if entry.answer_pk is not None and entry.answer_value == value:  # type: ignore[attr-defined]
        return Saved(key, value, expected_version, now, is_unchanged=True)
    try:
        return _save(entry, section, value, actor=actor, now=now)
    except Clash:
        # Two pages of one person may send the same words in the same moment.
        return _same_again(entry, section, value)


def _require_open(entry: Submission, key: str, now: datetime) -> Section:
    definition = definition_of(entry)
    section = definition.section(key)
    if section is None:
        raise _not_asked(entry, definition, key)
    windows.require_writable(entry, now)
    correcting.require_section(entry, key, definition)
    return section


def _not_asked(entry: Submission, definition: FormDefinition, key: str) -> Exception:
    """The form may have changed while somebody was writing, or the topic moved to a track with another one."""
    if not sections_once(entry, definition, [key]):
        return NoSuchSection()
    return Conflict(_("The form no longer asks for this section."))


def _too_late(entry: Any, conflict: Conflict, *, key: str, value: Any, now: datetime, **typed: Any) -> Saved:
    """The words are put aside, unless a closed section says what it said anyway: a page sends them all."""
    is_one = isinstance(conflict, correcting.NotOpened)
    if is_one and value == entry.answer_value:
        return Saved(key, value, entry.answer_version or 0, now, is_unchanged=True)
    unsent = keep_unsent(entry, key=key, value=value, now=now, **typed)
    raise (Locked if is_one else TooLate)(conflict.message, unsent) from conflict


def _with_state(entry: Submission, actor: Any, key: str) -> Submission:
    """The entry as ``for_writing`` gives it: who may write, until when, and what the section says."""
    if hasattr(entry, "answer_pk"):
        return entry
    require(rules.is_member, actor, entry.team)
    return Submission.objects.for_writing(actor, key).get(pk=entry.pk)


@transaction.atomic
def _save(entry: Submission, section: Section, value: Any, *, actor: Any, now: datetime) -> Saved:
    changes: dict[str, Any] = {"draft_version": F("draft_version") + 1, "updated_at": now}
    if section.key == TITLE_KEY:
        changes["title"] = value
    # First of all, so that rivals queue at the entry; and whoever decided about it meanwhile is not written over.
    if Submission.objects.filter(pk=entry.pk, status__in=EDITABLE).update(**changes) != 1:
        raise Conflict(_("This entry can no longer be changed."))
    version = (entry.answer_version or 0) + 1  # type: ignore[attr-defined]
    state = {"value": value, "saved_by": actor, "saved_at": now}
    state |= _sitting(entry, section, value, actor=actor, now=now)
    if not _write(entry, section.key, version, state):
        raise Clash(_theirs(entry, section.key))
    is_next = state["revision"] != entry.answer_revision  # type: ignore[attr-defined]
    _write_revision(entry, section.key, state, is_next=is_next)
    if section.key == TITLE_KEY:
        entry.title = value
    return Saved(section.key, value, version, now)


def _write(entry: Submission, key: str, version: int, state: dict[str, Any]) -> bool:
    if version > 1:
        read = Answer.objects.filter(pk=entry.answer_pk, version=version - 1)  # type: ignore[attr-defined]
        return read.update(**state, version=version) == 1
    try:
        with transaction.atomic():
            Answer.objects.create(submission=entry, key=key, **state)
    except IntegrityError:
        return False
    return True


def _sitting(entry: Any, section: Section, value: Any, *, actor: Any, now: datetime) -> dict[str, Any]:
    """Which revision the text belongs to: the one that this person is writing on, or the next.

    What stood there when a revision began is in the one before it. So only what was typed since can be lost, by
    being dropped again: when that is more than a slip of the hand, the text before it stays as it is.
    """
    if entry.answer_pk is None:
        typed = len(as_text(section, value))
        return {"revision": 1, "revision_began_at": now, "revision_typed": typed, "revision_dropped": 0}
    dropped, typed = _difference(as_text(section, entry.answer_value), as_text(section, value))
    began_at, dropped_so_far = entry.answer_revision_began_at, entry.answer_revision_dropped + dropped
    goes_on = entry.answer_saved_by == actor.pk and timedelta() <= now - began_at < SITTING
    if not goes_on or min(entry.answer_revision_typed, dropped_so_far) > WORTH_KEEPING:
        number = entry.answer_revision + 1
        return {"revision": number, "revision_began_at": now, "revision_typed": typed, "revision_dropped": 0}
    return {
        "revision": entry.answer_revision,
        "revision_began_at": began_at,
        "revision_typed": entry.answer_revision_typed + typed,
        "revision_dropped": dropped_so_far,
    }


def _difference(old: str, new: str) -> tuple[int, int]:
    """How many characters are gone and how many are new: what both begin and end with is taken as kept."""
    most = min(len(old), len(new))
    start = next((place for place in range(most) if old[place] != new[place]), most)
    end = next((place for place in range(most - start) if old[-1 - place] != new[-1 - place]), most - start)
    return len(old) - start - end, len(new) - start - end


def _write_revision(entry: Submission, key: str, state: dict[str, Any], *, is_next: bool) -> None:
    number = state["revision"]
    rows = AnswerRevision.objects.filter(submission=entry, key=key)
    said = {"value": state["value"], "saved_at": state["saved_at"]}
    if not is_next and rows.filter(number=number).update(**said):
        return
    said |= {"number": number, "saved_by": state["saved_by"], "created_at": state["revision_began_at"]}
    # The oldest makes room: one query, as for all that are saved before it.
    if not rows.filter(number=number - REVISIONS_KEPT).update(**said):
        AnswerRevision.objects.create(submission=entry, key=key, **said)


def _same_again(entry: Submission, section: Section, value: Any) -> Saved:
    theirs = _theirs(entry, section.key)
    if theirs is not None and theirs.value == value:
        return Saved(section.key, value, theirs.version, theirs.saved_at, is_unchanged=True)
    raise Clash(theirs)


def _theirs(entry: Submission, key: str) -> Answer | None:
    return Answer.objects.filter(submission=entry, key=key).select_related("saved_by").first()


def begin_answers(entry: Submission, *, actor: Any, now: datetime) -> None:
    """A new entry has a title, and that is an answer like the others."""
    state = {"value": entry.title, "saved_by": actor, "saved_at": now, "revision": 1, "revision_began_at": now}
    Answer.objects.create(submission=entry, key=TITLE_KEY, **state)
    _write_revision(entry, TITLE_KEY, state, is_next=True)
