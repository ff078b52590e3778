"""What stands around the sections of an entry, put together once a form and language: its lists, its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.core.shapes import shape_of
from portal.core.templatetags.ui import short_hash
from submissions.boxes import Page
from submissions.completeness import Part
from submissions.models import Attachment

register = template.Library()
TOC, CHECKLIST = "submissions/parts/toc_part.html", "submissions/parts/checklist_part.html"
FILE = "components/file_line.html"


@register.simple_tag
def lines_of_toc(page: Page) -> SafeString:
    """A line for each section, under the headings of their groups."""
    lines, group = [], ""
    for box in page.boxes:
        section = box.section
        heading, group = "" if section.group == group else section.group, section.group
        names = {"heading": heading, "key": section.key, "anchor": section.anchor, "title": section.title}
        lines.append({**names, "is_locked": box.is_locked, "is_done": box.is_done})
    return _joined(TOC, lines)


@register.simple_tag
def lines_of_checklist(parts: Iterable[Part]) -> SafeString:
    """What has to be there, and what can't stay as it is."""
    shown = [part for part in parts if part.is_required or part.lack]
    names = ("anchor", "label", "is_there", "is_lacking", "is_hidden")
    return _joined(CHECKLIST, ({name: getattr(part, name) for name in names} for part in shown))


@register.simple_tag
def file_line(file: Attachment) -> SafeString:
    """A file that was handed in or will be, with what was found in it: components/file_row.html."""
    looked, stored = file.inspection, file.file
    fixed = {"badge": str(looked), "tone": looked.tone} if looked else {}
    told = {
        "name": file.name,
        "kind": file.kind,
        "url": file.get_absolute_url(),
        "size_words": filesizeformat(stored.size),
        "sha256": stored.sha256,
        "short": short_hash(stored.sha256),
        "meta": looked.said if looked else "",
    }
    there = {name: value for name, value in told.items() if value}
    return shape_of(FILE, get_language() or "", frozenset(there), tuple(fixed.items())).filled(there)


def _joined(name: str, lines: Iterable[Mapping[str, Any]]) -> SafeString:
    """Lines of a form's words alone."""
    language, nothing = get_language() or "", frozenset[str]()
    # Of templates.
    made = (shape_of(name, language, nothing, tuple(line.items())).filled({}) for line in lines)
    return SafeString("".join(made))  # nosec B703
