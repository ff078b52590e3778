"""An entry to be read, by each of its audiences: pages, the judge's view, the preview and documents show this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from submissions.asked import definition_answered, sections_once
from submissions.completeness import Draft, draft_of
from submissions.definition import TITLE_KEY, FormDefinition, Section, grouped
from submissions.enums import SectionKind
from submissions.models import Attachment, LateAttempt, Submission, SubmissionVersion
from submissions.values import as_text, cells, has_shape, in_any_words, is_empty


class Audience(Enum):
    TEAM = "team"
    JUDGE = "judge"
    BLIND_JUDGE = "blind judge"

    def may_read(self, section: Section) -> bool:
        if self is Audience.TEAM:
            return True
        return section.for_judges and not (self is Audience.BLIND_JUDGE and section.is_identifying)


@dataclass(frozen=True)
class Block:
    """What one section says: ``text`` for words, ``columns`` and ``rows`` for a table."""

    key: str
    title: str
    kind: str
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.rows


@dataclass(frozen=True)
class Group:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class SlotFiles:
    key: str
    title: str
    files: tuple[Attachment, ...]


@dataclass(frozen=True)
class Sheet:
    title: str
    groups: tuple[Group, ...]
    slots: tuple[SlotFiles, ...]
    # What the team wrote in sections that the form no longer has; for the team alone.
    no_longer_asked: tuple[Block, ...] = ()

    @property
    def files(self) -> list[Attachment]:
        return [file for slot in self.slots for file in slot.files]


def sheet_of_draft(entry: Submission, audience: Audience, draft: Draft | None = None) -> Sheet:
    """What the team is writing now; sections without an answer stand there empty."""
    draft = draft or draft_of(entry)
    return _sheet(entry, draft.definition, draft.answers, draft.files, audience, with_gaps=True)


def sheet_of_version(version: SubmissionVersion | LateAttempt, audience: Audience) -> Sheet:
    """What was submitted, in the words of the form that asked it."""
    files = list(version.attachments.all())
    return _sheet(version, definition_answered(version), version.answers, files, audience, with_gaps=False)


def _sheet(
    about: Submission | SubmissionVersion | LateAttempt,
    definition: FormDefinition,
    answers: Mapping[str, Any],
    files: Sequence[Attachment],
    audience: Audience,
    *,
    with_gaps: bool,
) -> Sheet:
    shown = [section for section in definition.shown(answers) if audience.may_read(section)]
    body = [section for section in shown if section.key != TITLE_KEY]
    blocks = {section.key: block_of(section, answers.get(section.key)) for section in body}
    kept = [section for section in body if with_gaps or not blocks[section.key].is_empty]
    groups = [Group(title, tuple(blocks[each.key] for each in members)) for title, members in grouped(kept)]
    slots = [slot for slot in definition.slots if audience is Audience.TEAM or slot.for_judges]
    found = [SlotFiles(slot.key, slot.title, tuple(f for f in files if f.slot == slot.key)) for slot in slots]
    return Sheet(
        title=str(answers.get(TITLE_KEY, "")),
        groups=tuple(groups),
        slots=tuple(slot for slot in found if slot.files or with_gaps),
        no_longer_asked=_left_over(about, definition, answers) if audience is Audience.TEAM else (),
    )


def block_of(section: Section, value: Any) -> Block:
    """What one section says, as it is read."""
    if is_empty(value):
        return Block(section.key, str(section.title), section.kind)
    if section.is_table:
        rows = tuple(tuple(cells(section, row)) for row in value)
        columns = tuple(column.label for column in section.columns)
        return Block(section.key, str(section.title), section.kind, columns=columns, rows=rows)
    return Block(section.key, str(section.title), section.kind, text=as_text(section, value))


def _left_over(
    about: Submission | SubmissionVersion | LateAttempt, definition: FormDefinition, answers: Mapping[str, Any]
) -> tuple[Block, ...]:
    """No typed word is dropped when a section goes: its answer can be read and copied."""
    gone = {key: value for key, value in answers.items() if definition.section(key) is None and not is_empty(value)}
    if not gone:
        return ()
    once = sections_once(about if isinstance(about, Submission) else about.submission, definition, gone)
    return tuple(_left_block(key, once.get(key), value) for key, value in gone.items())


def _left_block(key: str, section: Section | None, value: Any) -> Block:
    if section is not None and has_shape(section, value):
        return block_of(section, value)
    return Block(key, str(section.title) if section else key, SectionKind.LONG_TEXT, text=in_any_words(None, value))
