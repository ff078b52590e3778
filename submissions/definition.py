"""An entry form as data: which sections a team writes, which files it hands in. Plain values, no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy as _

from submissions.enums import SectionKind, SlotKind

TITLE_KEY = "title"
TITLE_LIMIT = 60
MOST_ROWS = 50
# Python counts a character of any plane as one, and so does the form.
LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Option:
    key: str
    label: str


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    kind: str = SectionKind.LINE
    limit: int = 100
    is_required: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Condition:
    """Shown while the answer to ``section`` is, or holds, one of ``values``."""

    section: str
    values: tuple[str, ...]

    def holds(self, answers: Mapping[str, Any]) -> bool:
        said = answers.get(self.section)
        return any(value in self.values for value in (said if isinstance(said, list) else [said]))


@dataclass(frozen=True)
class Section:
    key: str
    title: Any
    kind: str
    hint: Any = ""
    group: str = ""
    limit: int | None = None
    is_required: bool = False
    for_judges: bool = True
    # Tells who the team is: a blind judge doesn't see it.
    is_identifying: bool = False
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    max_rows: int = MOST_ROWS
    shown_if: Condition | None = None

    @property
    def anchor(self) -> str:
        return f"section-{self.key}"

    @property
    def is_text(self) -> bool:
        return self.kind in {SectionKind.LINE, SectionKind.TEXT, SectionKind.LONG_TEXT}

    @property
    def is_table(self) -> bool:
        return self.kind in {SectionKind.PEOPLE, SectionKind.ROWS}

    @property
    def nothing(self) -> Any:
        """What an answer says that says nothing."""
        return [] if self.is_table or self.kind == SectionKind.CHOICES else ""


@dataclass(frozen=True)
class Slot:
    key: str
    title: str
    hint: str = ""
    kinds: tuple[str, ...] = (SlotKind.PDF,)
    # In bytes; the competition's own limit where nothing is said.
    max_size: int | None = None
    max_count: int = 1
    max_pages: int | None = None
    is_required: bool = False
    for_judges: bool = True
    is_open_after_shortlist: bool = False

    @property
    def anchor(self) -> str:
        return f"slot-{self.key}"

    def largest(self, usual: int) -> int:
        """A file's bytes; ``usual`` is the competition's limit, which a slot may raise: for a video, say."""
        return self.max_size or usual


TITLE = Section(
    key=TITLE_KEY,
    title=_("Project title"),
    kind=SectionKind.LINE,
    hint=_("At most 60 characters. It will stand on the certificate as it stands here."),
    limit=TITLE_LIMIT,
    is_required=True,
)


@dataclass(frozen=True)
class FormDefinition:
    sections: tuple[Section, ...]
    slots: tuple[Slot, ...] = ()
    # The primary keys of the versions it was put together from; none for the plain form.
    versions: tuple[int | None, ...] = ()
    _places: dict[str, Section] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._places.update({section.key: section for section in self.sections})

    @classmethod
    def read(cls, *parts: Mapping[str, Any], versions: Iterable[int | None] = ()) -> FormDefinition:
        """From what versions keep, one after the other; the project's title always comes first."""
        sections = [_section(data) for part in parts for data in part.get("sections", [])]
        slots = [_slot(data) for part in parts for data in part.get("slots", [])]
        return cls((TITLE, *sections), tuple(slots), tuple(versions))

    def section(self, key: str) -> Section | None:
        return self._places.get(key)

    def slot(self, key: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.key == key), None)

    def shown(self, answers: Mapping[str, Any]) -> list[Section]:
        """In the form's order, without those whose condition doesn't hold."""
        seen: dict[str, Any] = {}
        found = []
        for section in self.sections:
            if section.shown_if is None or section.shown_if.holds(seen):
                found.append(section)
                seen[section.key] = answers.get(section.key, section.nothing)
        return found

    @cached_property
    def conditions(self) -> frozenset[str]:
        """Sections that others depend on."""
        return frozenset(each.shown_if.section for each in self.sections if each.shown_if)


def grouped(sections: Iterable[Section]) -> Iterator[tuple[str, list[Section]]]:
    for title, members in groupby(sections, key=lambda section: section.group):
        yield title, list(members)


def _section(data: Mapping[str, Any]) -> Section:
    known = {name: value for name, value in data.items() if name in Section.__dataclass_fields__}
    condition = data.get("shown_if")
    return Section(
        **{
            **known,
            "options": _options(data),
            "columns": tuple(_column(column) for column in data.get("columns", [])),
            "shown_if": Condition(condition["section"], tuple(condition["values"])) if condition else None,
        }
    )


def _column(data: Mapping[str, Any]) -> Column:
    known = {name: value for name, value in data.items() if name in Column.__dataclass_fields__}
    return Column(**{**known, "options": _options(data)})


def _options(data: Mapping[str, Any]) -> tuple[Option, ...]:
    return tuple(Option(option["key"], option["label"]) for option in data.get("options", []))


def _slot(data: Mapping[str, Any]) -> Slot:
    known = {name: value for name, value in data.items() if name in Slot.__dataclass_fields__}
    return Slot(**{**known, "kinds": tuple(data.get("kinds", [SlotKind.PDF]))})
