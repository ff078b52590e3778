"""What an entry still needs before it can be submitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from submissions import asking
from submissions.asked import definition_of
from submissions.correcting import Scope, mended, returned_version, scope_of, sections_asked
from submissions.definition import TITLE_KEY, FormDefinition, Section, Slot
from submissions.findings import Finding, in_words, too_many_pages
from submissions.models import Attachment, RegisteredFile, Submission, SubmissionVersion
from submissions.values import clean_value, is_empty


@dataclass(frozen=True)
class Lack:
    """One thing that is missing or can't stay as it is, and where on the page it is mended."""

    anchor: str
    label: str
    why: str = ""

    def __str__(self) -> str:
        if self.why:
            return f"{self.label}: {self.why}"
        return _("%(part)s is missing.") % {"part": self.label}


@dataclass(frozen=True)
class Part:
    """One thing that is asked, and what it still needs."""

    anchor: str
    label: str
    is_required: bool
    is_there: bool
    lack: Lack | None = None
    # Not what the organizers asked to be mended: it stands as it was submitted.
    is_locked: bool = False
    # No answer asks for it as they stand; another one might.
    is_hidden: bool = False

    @property
    def is_lacking(self) -> bool:
        return self.lack is not None


@dataclass(frozen=True)
class Draft:
    """What a team is writing now: the form, what it says, the files.

    Of an entry that was returned, what counts when it is submitted again: see ``correcting``.
    """

    definition: FormDefinition
    answers: Mapping[str, Any]
    files: Sequence[Attachment]
    # Files whose hash stands for them; None where none may, or nobody has looked.
    registered: Sequence[RegisteredFile] | None = None
    # Which version of each answer this is, for whoever goes on writing.
    versions: Mapping[str, int] = field(default_factory=dict)
    scope: Scope | None = None
    # The sections that the returned version was asked.
    asked_before: frozenset[str] = frozenset()
    # What the team has written in sections that it can't mend now: kept, and not submitted.
    put_by: Mapping[str, Any] = field(default_factory=dict)

    def takes_section(self, section: Section) -> bool:
        return self.scope is None or self.scope.takes_section(section.key, self.definition, self.asked_before)

    def takes_slot(self, slot: Slot) -> bool:
        return self.scope is None or slot.key in self.scope.slots

    @property
    def opened(self) -> list[tuple[str, str]]:
        """What may be mended, in the form's order: where it stands on the page, and its title."""
        sections = [(each.anchor, str(each.title)) for each in self.sections if self.takes_section(each)]
        return sections + [(each.anchor, each.title) for each in self.definition.slots if self.takes_slot(each)]

    @property
    def title(self) -> str:
        return str(self.answers.get(TITLE_KEY, ""))

    @cached_property
    def sections(self) -> list[Section]:
        """Those that are asked, given the answers so far."""
        return self.definition.shown(self.answers)

    @cached_property
    def answered(self) -> dict[str, Any]:
        """What counts when it is submitted: of what is asked, what has been said."""
        said = {section.key: self.answers.get(section.key, section.nothing) for section in self.sections}
        return {key: value for key, value in said.items() if key != TITLE_KEY and not is_empty(value)}

    @cached_property
    def by_slot(self) -> dict[str, list[Attachment]]:
        found: dict[str, list[Attachment]] = {}
        for attachment in self.files:
            found.setdefault(attachment.slot, []).append(attachment)
        return found

    @cached_property
    def parts(self) -> list[Part]:
        return [*map(self._section_part, self.sections), *self._slot_parts()]

    @property
    def parts_to_write(self) -> list[Part]:
        """``parts``, and among them the sections that another answer would ask for."""
        shown = {section.key for section in self.sections}
        sections = [
            replace(self._section_part(each), is_hidden=each.key not in shown) for each in self.definition.sections
        ]
        return [*sections, *self._slot_parts()]

    def _section_part(self, section: Section) -> Part:
        return _section_part(section, self.answers) if self.takes_section(section) else _locked(section)

    def _slot_parts(self) -> list[Part]:
        promised = {row.slot for row in self.registered or ()}
        return [
            _slot_part(slot, self.by_slot.get(slot.key, []), is_registered=slot.key in promised)
            if self.takes_slot(slot)
            else _locked(slot)
            for slot in self.definition.slots
        ]

    @property
    def missing(self) -> list[Lack]:
        return [part.lack for part in self.parts if part.lack]

    def differs(self, version: SubmissionVersion) -> bool:
        """The draft says something else than ``version`` did."""
        said = {key: value for key, value in version.answers.items() if not is_empty(value)}
        title = {TITLE_KEY: self.answers.get(TITLE_KEY, "")}
        if {**title, **self.answered} != said or set(self.files) != set(version.attachments.all()):
            return True
        return self.registers_otherwise(version)

    def registers_otherwise(self, version: SubmissionVersion) -> bool:
        """Another file is registered than ``version`` counts on, or one of those was taken back."""
        if self.registered is None:
            return False
        counted_on = {row["sha256"] for row in version.form.get("registered", [])}
        registered = {row.sha256 for row in self.registered}
        # What is there by now has not been taken back.
        return bool(registered - counted_on or counted_on - registered - {file.file.sha256 for file in self.files})


def draft_of(
    entry: Submission,
    registered: Sequence[RegisteredFile] | None = None,
    *,
    returned: SubmissionVersion | None = None,
) -> Draft:
    """In two queries, and a third where the entry doesn't know its form. ``registered``: what may stand for a file.

    Of an entry that was returned it takes the version as well: ``returned``, where it is at hand with its files.
    """
    said, versions = _said(entry)
    if scope_of(entry) is None:
        returned = None
    elif returned is None:
        returned = returned_version(entry)
    draft = make_draft(
        definition_of(entry),
        entry,
        said,
        current_attachments(entry),
        registered=registered,
        returned=returned,
        returned_files=list(returned.attachments.all()) if returned else (),
    )
    return replace(draft, versions=versions)


def _said(entry: Submission) -> tuple[dict[str, Any], dict[str, int]]:
    """By section, with the version of each; of an entry that was locked to be submitted no version is known."""
    if hasattr(entry, "draft_answers"):
        return entry.draft_answers or {}, getattr(entry, "draft_versions", None) or {}
    rows = asking.answers_of(entry)
    return {key: value for key, value, _version in rows}, {key: version for key, _value, version in rows}


def make_draft(
    definition: FormDefinition,
    entry: Submission,
    answers: Mapping[str, Any],
    files: Sequence[Attachment],
    *,
    registered: Sequence[RegisteredFile] | None = None,
    returned: SubmissionVersion | None = None,
    returned_files: Sequence[Attachment] = (),
) -> Draft:
    """``returned`` and its files: the version submitted last, of an entry that may only be mended in part."""
    asked = [file for file in files if definition.slot(file.slot)]
    said = {TITLE_KEY: entry.title, **answers}
    scope = scope_of(entry) if returned else None
    if scope is None or returned is None:
        promised = None if registered is None else [row for row in registered if definition.slot(row.slot)]
        return Draft(definition, said, asked, promised)
    # In what is mended no hash stands for a file; what was registered for all else goes on being awaited.
    promised = [row for row in registered or () if definition.slot(row.slot) and row.slot not in scope.slots]
    counts = mended(scope, definition, returned, said)
    kept = [file for file in returned_files if definition.slot(file.slot) and file.slot not in scope.slots]
    return Draft(
        definition,
        counts,
        [*kept, *(file for file in asked if file.slot in scope.slots)],
        promised or None,
        scope=scope,
        asked_before=sections_asked(returned),
        put_by={key: value for key, value in said.items() if not is_empty(value) and value != counts.get(key)},
    )


def registered_of(entry: Submission) -> list[RegisteredFile]:
    """On what the draft counts that has not come yet. Whether it may, its window says."""
    return list(entry.registered.current().filter(attachment=None).order_by("pk"))


def registered_in(entries: Iterable[Submission]) -> dict[int, list[RegisteredFile]]:
    """The same of many, by entry; no query where there are none."""
    wanted = list(entries)
    found: dict[int, list[RegisteredFile]] = {each.pk: [] for each in wanted}
    if wanted:
        for row in RegisteredFile.objects.current().filter(submission__in=wanted, attachment=None).order_by("pk"):
            found[row.submission_id].append(row)
    return found


def current_attachments(entry: Submission) -> list[Attachment]:
    return asking.files_of(entry)


def _section_part(section: Section, answers: Mapping[str, Any]) -> Part:
    value = answers.get(section.key, section.nothing)
    is_there, label = not is_empty(value), str(section.title)
    lack = None
    if not is_there and section.is_required:
        lack = Lack(section.anchor, label)
    elif is_there and (why := _fault(section, value)):
        lack = Lack(section.anchor, label, why)
    return Part(section.anchor, label, section.is_required, is_there, lack)


def _locked(asked: Section | Slot) -> Part:
    return Part(asked.anchor, str(asked.title), asked.is_required, is_there=True, is_locked=True)


def _fault(section: Section, value: Any) -> str:
    """The form may have changed since it was saved; and a table's rows may have gaps."""
    try:
        clean_value(section, value)
    except ValidationError as error:
        return " ".join(error.messages)
    needed = [column for column in section.columns if column.is_required]
    for number, row in enumerate(value if section.is_table else [], start=1):
        for column in needed:
            if not row.get(column.key):
                return _("row %(row)s lacks “%(column)s”.") % {"row": number, "column": column.label}
    return ""


def _slot_part(slot: Slot, files: Sequence[Attachment], *, is_registered: bool) -> Part:
    is_there = bool(files) or is_registered
    lack = Lack(slot.anchor, slot.title) if slot.is_required and not is_there else None
    if refused := next(refusals_in(slot, files), None):
        lack = Lack(slot.anchor, slot.title, refused)
    return Part(slot.anchor, slot.title, slot.is_required, is_there, lack)


def lacks_in(slots: Sequence[Slot], files: Mapping[str, Sequence[Attachment]]) -> list[Lack]:
    """What these slots still need, whatever the rest of the form says."""
    parts = [_slot_part(slot, files.get(slot.key, []), is_registered=False) for slot in slots]
    return [part.lack for part in parts if part.lack]


def refusals_in(slot: Slot, files: Iterable[Attachment]) -> Iterator[str]:
    """Which files have to be taken out before the entry can be submitted, and why."""
    for file in files:
        if found := refused_for(slot, file):
            told = {"name": file.name, "reason": " ".join(map(in_words, found))}
            yield _("“%(name)s” can't be handed in. %(reason)s Please remove it, and choose another one.") % told


def refused_for(slot: Slot | None, file: Attachment) -> list[Finding]:
    """What keeps a file that came ``with_refusal`` from being handed in at ``slot``; nothing most of the time."""
    found = too_many_pages(file.found_in_pdf, slot.max_pages if slot else None)
    return [*(file.refused_for or ()), *([found] if found else ())]
