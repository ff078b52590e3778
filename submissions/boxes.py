"""The sections and slots of a draft as its page shows them, and what comes back from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from portal.core.trouble import StorageTrouble
from submissions import services
from submissions.asked import sections_once
from submissions.completeness import Draft, refusals_in
from submissions.correcting import NotOpened
from submissions.definition import FormDefinition, Section, Slot
from submissions.enums import SectionKind
from submissions.models import Answer, Attachment, RegisteredFile, Submission
from submissions.sheet import Block, block_of
from submissions.uploads import accepted
from submissions.values import as_text, is_empty

# Empty rows that a table offers to whoever has no script that adds them.
SPARE_ROWS = 2
# What a version may be: what its column holds.
LARGEST = 2**31 - 1
# Where ``save_all`` says that there was no room for a file, and what isn't to be mended.
TROUBLE = ""
CLOSED = "closed"


@dataclass
class Box:
    """One section: what is shown in it, which version of it was read, what is wrong with it."""

    section: Section
    value: Any
    version: int = 0
    is_shown: bool = True
    # Can be read, not mended.
    is_locked: bool = False
    errors: list[str] = field(default_factory=list)
    # What somebody else has saved meanwhile.
    theirs: Answer | None = None

    @property
    def name(self) -> str:
        return f"a-{self.section.key}"

    @property
    def id(self) -> str:
        return f"id_{self.section.key}"

    @property
    def is_done(self) -> bool:
        return not is_empty(self.value)

    @property
    def length(self) -> int:
        return len(self.value) if isinstance(self.value, str) else 0

    @property
    def their_text(self) -> str:
        return as_text(self.section, self.theirs.value) if self.theirs else ""

    @property
    def text(self) -> str:
        return as_text(self.section, self.value)

    @property
    def block(self) -> Block:
        """As it is read."""
        return block_of(self.section, self.value)

    @property
    def chosen(self) -> str:
        """Keys of the options, for the sections that are shown by them."""
        return " ".join(option["key"] for option in self.options if option["is_chosen"])

    @property
    def options(self) -> list[dict[str, Any]]:
        chosen = self.value if isinstance(self.value, list) else [self.value]
        return [{"key": o.key, "label": o.label, "is_chosen": o.key in chosen} for o in self.section.options]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Those that are there and some to go on with."""
        said = self.value if isinstance(self.value, list) else []
        spare = min(SPARE_ROWS, self.section.max_rows - len(said))
        return [self._row(place, row) for place, row in enumerate([*said, *({} for _each in range(spare))])]

    @property
    def blank_row(self) -> dict[str, Any]:
        return self._row("ROW", {})

    def _row(self, place: Any, row: Mapping[str, str]) -> dict[str, Any]:
        cells = [
            {"column": column, "value": row.get(column.key, ""), "name": f"{self.name}-{place}-{column.key}"}
            for column in self.section.columns
        ]
        return {"place": place, "cells": cells}


@dataclass
class SlotBox:
    slot: Slot
    files: list[Attachment]
    # The largest file in bytes.
    size: int
    is_locked: bool = False
    # Files that will follow, by their hash; and whether others may.
    registered: list[RegisteredFile] = field(default_factory=list)
    may_register: bool = False
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"file-{self.slot.key}"

    @property
    def endings(self) -> str:
        return self.accept.replace(",", " ")

    @property
    def accept(self) -> str:
        return accepted(self.slot)

    @property
    def faults(self) -> list[str]:
        """What just went wrong, and which files that lie there can't be handed in."""
        if self.is_locked:
            return self.errors
        return [*self.errors, *refusals_in(self.slot, self.files)]

    @property
    def takes_more(self) -> bool:
        return not self.is_locked and (self.slot.max_count == 1 or len(self.files) < self.slot.max_count)

    @property
    def takes_registration(self) -> bool:
        return self.may_register and not self.registered and len(self.files) < self.slot.max_count


@dataclass
class Page:
    """A draft laid out, in the order of its form."""

    boxes: list[Box]
    slots: list[SlotBox]
    conflict: Any = None

    @property
    def has_errors(self) -> bool:
        return any(box.errors for box in self.boxes) or any(slot.errors for slot in self.slots)

    @property
    def has_clash(self) -> bool:
        return any(box.theirs is not None for box in self.boxes)


def lay_out(draft: Draft, versions: Mapping[str, int], *, largest: int, may_register: bool = False) -> Page:
    """``largest`` file of the competition, in bytes."""
    shown = {section.key for section in draft.sections}
    boxes = [
        Box(
            each,
            draft.answers.get(each.key, each.nothing),
            versions.get(each.key, 0),
            is_shown=each.key in shown,
            is_locked=not draft.takes_section(each),
        )
        for each in draft.definition.sections
    ]
    slots = [
        SlotBox(
            slot,
            draft.by_slot.get(slot.key, []),
            slot.largest(largest),
            is_locked=not draft.takes_slot(slot),
            registered=[row for row in draft.registered or () if row.slot == slot.key],
            may_register=may_register,
        )
        for slot in draft.definition.slots
    ]
    return Page(boxes, slots)


def read_value(section: Section, sent: QueryDict) -> Any:
    """What the page's fields say about a section; None where it has no field there."""
    name = f"a-{section.key}"
    if section.is_table:
        return _read_rows(section, name, sent)
    if section.kind == SectionKind.CHOICES:
        return sent.getlist(name) if f"v-{section.key}" in sent else None
    return sent.get(name)


def save_all(
    entry: Submission, definition: FormDefinition, sent: QueryDict, files: MultiValueDict[str, Any], **by: Any
) -> dict[str, Any]:
    """Save each section that the page sent, and each file; what could not be saved comes back by its field's name."""
    refused: dict[str, Any] = {}
    for section in definition.sections:
        _take_section(entry, section, sent, refused, **by)
    refused |= save_files(entry, definition.slots, files, **by)
    gone = [name[2:] for name in sent if name.startswith("v-") and definition.section(name[2:]) is None]
    if gone:
        # The form has changed since the page was opened: what was typed into a section that is gone is put aside.
        late_words(entry, sent, sections_once(entry, definition, gone).values(), **by)
    return refused


def _take_section(entry: Submission, section: Section, sent: QueryDict, refused: dict[str, Any], **by: Any) -> None:
    value = read_value(section, sent)
    if value is None:
        return
    try:
        if box := _save_section(entry, section, value, sent, **by):
            refused[box.name] = box
    except services.Locked as locked:
        refused[CLOSED] = locked.message


def _save_section(entry: Submission, section: Section, value: Any, sent: QueryDict, **by: Any) -> Box | None:
    box = Box(section, value, _version(sent.get(f"v-{section.key}", "0")))
    try:
        services.save_section(entry, key=section.key, value=value, expected_version=box.version, **by)
    except ValidationError as error:
        box.errors = error.messages
    except services.Clash as clash:
        box.theirs = clash.theirs
        box.version = clash.theirs.version if clash.theirs else 0
    else:
        return None
    return box


def save_files(entry: Submission, slots: Iterable[Slot], files: MultiValueDict[str, Any], **by: Any) -> dict[str, Any]:
    """Of these slots alone; what could not be saved comes back by its field's name."""
    refused: dict[str, Any] = {}
    for slot in slots:
        _take_files(entry, slot, files, refused, **by)
    return refused


def _take_files(
    entry: Submission, slot: Slot, files: MultiValueDict[str, Any], refused: dict[str, Any], **by: Any
) -> None:
    try:
        errors = _save_files(entry, slot, files, **by)
    except StorageTrouble as trouble:
        errors, refused[TROUBLE] = [trouble.message], trouble
    except NotOpened as closed:
        errors, refused[CLOSED] = [], closed.message
    if errors:
        refused[f"file-{slot.key}"] = errors


def _save_files(entry: Submission, slot: Slot, files: MultiValueDict[str, Any], **by: Any) -> list[str]:
    errors: list[str] = []
    for upload in files.getlist(f"file-{slot.key}"):
        try:
            services.attach_file(entry, slot=slot.key, upload=upload, **by)
        except ValidationError as error:
            errors += error.messages
    return errors


def put_back(page: Page, refused: Mapping[str, Any]) -> Page:
    """The page with what was typed and could not be saved, and why."""
    page.boxes = [refused.get(box.name, box) for box in page.boxes]
    for slot in page.slots:
        slot.errors = refused.get(slot.name, [])
    if page.has_clash:
        page.conflict = _("Somebody else has saved part of this entry in the meantime.")
    return page


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else LARGEST


def _read_rows(section: Section, name: str, sent: QueryDict) -> list[dict[str, str]] | None:
    if f"v-{section.key}" not in sent:
        return None
    rows: dict[int, dict[str, str]] = {}
    known = "|".join(re.escape(column.key) for column in section.columns)
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,6}})-({known})")
    for field_name, cell in sent.items():
        if found := pattern.fullmatch(field_name):
            rows.setdefault(int(found[1]), {})[found[2]] = str(cell)
    return [rows[place] for place in sorted(rows)]


def late_words(entry: Submission, sent: QueryDict, sections: Iterable[Section], *, actor: Any, now: datetime) -> None:
    """Keep what was sent to an entry that takes no more, as far as it says something new."""
    known = dict(Answer.objects.filter(submission=entry).values_list("key", "value"))
    for section in sections:
        value = read_value(section, sent)
        if value is not None and not is_empty(value) and value != known.get(section.key):
            services.keep_unsent(entry, actor=actor, key=section.key, value=value, now=now)
