"""What a team may mend after its entry was returned: which sections and files, and until when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from submissions.asked import definition_answered, definition_of
from submissions.definition import FormDefinition
from submissions.enums import SubmissionStatus
from submissions.models import Attachment, Correction, Submission, SubmissionVersion


class NotOpened(Conflict):
    """It isn't what the organizers asked to be mended."""


@dataclass(frozen=True)
class Scope:
    """By keys of the entry form; half open in time."""

    sections: frozenset[str]
    slots: frozenset[str]
    closes_at: datetime

    def is_open(self, now: datetime) -> bool:
        return now < self.closes_at

    def takes_section(self, key: str, definition: FormDefinition, answered: Collection[str]) -> bool:
        """``key`` may be mended: named by the organizers, or asked because of an answer that may be.

        ``answered`` are the sections that the returned version was asked.
        """
        if key in self.sections:
            return True
        section = definition.section(key)
        if section is None or section.shown_if is None or key in answered:
            return False
        return self.takes_section(section.shown_if.section, definition, answered)

    def may_follow(self, key: str, definition: FormDefinition) -> bool:
        """It depends on something that may be mended; whether it was asked before is another question."""
        return self.takes_section(key, definition, ())


def scope_of(entry: Submission) -> Scope | None:
    """Of an entry that was returned with one; else None. What comes ``with_window`` is asked no query."""
    if entry.status != SubmissionStatus.RETURNED:
        return None
    if hasattr(entry, "correction_closes_at"):
        known: Any = entry
        if known.correction_closes_at is None:
            return None
        return _scope(known.correction_sections, known.correction_slots, known.correction_closes_at)
    found = correction_of(entry)
    return _scope(found.sections, found.slots, found.closes_at) if found else None


def correction_of(entry: Submission) -> Correction | None:
    """Of the version that was submitted last."""
    rows = Correction.objects.filter(screening__version__submission=entry)
    return rows.order_by("-screening__version__number").first()


def returned_version(entry: Submission) -> SubmissionVersion:
    """The one that was returned, which is the last, with its files."""
    files = Prefetch("attachments", Attachment.objects.select_related("file"))
    return entry.versions.prefetch_related(files).latest("number")


def require_section(entry: Submission, key: str, definition: FormDefinition) -> None:
    """Raise Conflict for a section that isn't opened. Costs a query only where that hangs on another answer."""
    scope = scope_of(entry)
    if scope is None or key in scope.sections:
        return
    if scope.may_follow(key, definition):
        asked = sections_asked(entry.versions.latest("number"))
        if scope.takes_section(key, definition, asked):
            return
    section = definition.section(key)
    told = {"part": section.title if section else key}
    raise NotOpened(_("“%(part)s” isn't among what the organizers have opened for correction.") % told)


def require_slot(entry: Submission, slot: str, definition: FormDefinition) -> None:
    """The same for a file."""
    scope = scope_of(entry)
    if scope is None or slot in scope.slots:
        return
    asked = definition.slot(slot)
    told = {"part": asked.title if asked else slot}
    raise NotOpened(_("“%(part)s” isn't among what the organizers have opened for correction.") % told)


def sections_asked(version: SubmissionVersion) -> frozenset[str]:
    """Those that the form showed, given what the version answers."""
    return frozenset(section.key for section in definition_answered(version).shown(version.answers))


def mended(
    scope: Scope, definition: FormDefinition, version: SubmissionVersion, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """What counts when it is submitted again: of what may be mended the draft's words, of all else the version's."""
    asked, said = sections_asked(version), version.answers
    found = {}
    for section in definition.sections:
        source = answers if scope.takes_section(section.key, definition, asked) else said
        if section.key in source:
            found[section.key] = source[section.key]
    # What the form no longer asks counts for nothing, and is shown beside it.
    return found | {key: value for key, value in answers.items() if definition.section(key) is None}


def opened_in_words(correction: Correction) -> list[str]:
    """The titles of what may be mended, in the form's order; what the form no longer asks is left out."""
    definition = definition_of(correction.screening.version.submission)
    sections = [str(each.title) for each in definition.sections if each.key in correction.sections]
    return sections + [each.title for each in definition.slots if each.key in correction.slots]


def _scope(sections: Collection[str], slots: Collection[str], closes_at: datetime) -> Scope:
    return Scope(frozenset(sections), frozenset(slots), closes_at)
