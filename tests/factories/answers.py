"""Whatever a form asks, answered."""

from __future__ import annotations

from typing import Any

from submissions import services
from submissions.asked import definition_of
from submissions.completeness import draft_of
from submissions.definition import Column, Section, Slot
from submissions.enums import SectionKind, SlotKind
from submissions.models import Submission
from tests.factories.files import pdf, upload

WORDS = "融合雨量站、铁塔视频与卫星降水，每十分钟给出沟道级风险，自动生成转移名单。"


def fill_in(entry: Submission, *, actor: Any) -> Submission:
    """Answer what is asked and not answered yet, through the services, required or not."""
    definition = definition_of(entry)
    for section in definition.sections[1:]:
        draft = draft_of(entry)
        if section in draft.sections and section.key not in draft.answered:
            services.save_section(entry, actor=actor, key=section.key, value=answer_to(section), expected_version=0)
    for slot in definition.slots:
        if slot.is_required and slot.key not in draft_of(entry).by_slot:
            services.attach_file(entry, actor=actor, slot=slot.key, upload=file_for(slot))
    return Submission.objects.get(pk=entry.pk)


def answer_to(section: Section) -> Any:
    if section.is_table:
        return [{column.key: _cell(column) for column in section.columns}]
    if section.kind == SectionKind.CHOICES:
        return [option.key for option in section.options]
    return _plain(section, section.limit or 60)


def file_for(slot: Slot) -> Any:
    assert SlotKind.PDF in slot.kinds
    return upload(f"{slot.title}.pdf", pdf(slot.title))


def _cell(column: Column) -> str:
    return _plain(column, column.limit)


def _plain(asked: Any, limit: int) -> str:
    said = {SectionKind.NUMBER: "12.5", SectionKind.DATE: "2026-03-01"}
    if asked.kind == SectionKind.CHOICE:
        return str(asked.options[0].key)
    return said.get(asked.kind, WORDS[:limit])
