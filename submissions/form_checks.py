"""Whether an entry form can be asked: by itself, beside the forms it stands with, and after those it follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from submissions.definition import FormDefinition, Section
from submissions.enums import SectionKind, SlotKind

WORDS = frozenset({SectionKind.LINE, SectionKind.TEXT, SectionKind.LONG_TEXT})
CHOICES = frozenset({SectionKind.CHOICE, SectionKind.CHOICES})


def faults(
    form: FormDefinition,
    *,
    before: Mapping[str, Section | None],
    files: frozenset[str],
    earlier: list[FormDefinition],
    is_addition: bool = False,
) -> Iterator[str]:
    """``before``: sections of the forms beside it by key, those it may depend on with what they are; ``files``: their
    slots. ``earlier``: what this form was before, the latest first. An addition may ask for nothing any more."""
    if not is_addition and not form.slots and len(form.sections) == 1:
        yield _("The form asks for nothing yet.")
    taken = dict(before)
    for section in form.sections:
        for fault in (*_faults(section, taken), *_breaks(section, earlier)):
            yield fault % {"section": section.title}
        taken[section.key] = section
    for slot in form.slots:
        if slot.key in files:
            yield _("%(section)s: another file has this key.") % {"section": slot.title}
        if not slot.kinds or any(kind not in SlotKind.values for kind in slot.kinds):
            yield _("%(section)s: please say which kinds of file it takes.") % {"section": slot.title}


def _faults(section: Section, before: Mapping[str, Section | None]) -> Iterator[str]:
    if section.key in before:
        yield _("%(section)s: another section has this key.")
    if section.kind in CHOICES and len(section.options) < 2:
        yield _("%(section)s: at least two options are needed.")
    if section.is_table and not section.columns:
        yield _("%(section)s: a table needs columns.")
    if section.shown_if and not _can_depend(before.get(section.shown_if.section), section.shown_if.values):
        yield _("%(section)s: what it depends on is no choice that comes before it.")


def _can_depend(on: Section | None, values: tuple[str, ...]) -> bool:
    return on is not None and bool(values) and set(values) <= {option.key for option in on.options}


def _breaks(section: Section, earlier: list[FormDefinition]) -> Iterator[str]:
    """Answers hang on the key. What was written under it has to stay readable."""
    once = next((found for form in earlier if (found := form.section(section.key))), None)
    if once is None:
        return
    if once.kind != section.kind and not {once.kind, section.kind} <= WORDS:
        yield _("%(section)s: its kind can't become another, for there may be answers. Give it another key.")
    elif gone := {each.key for each in once.columns} - {each.key for each in section.columns}:
        labels = [each.label for each in once.columns if each.key in gone]
        words = _("%(section)s: a column can't be taken out, for there may be answers. Give the table another key.")
        yield f"{words} ({', '.join(labels).replace('%', '%%')})"
