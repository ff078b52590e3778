"""What differs between two versions of an entry form, in words for those who have to write on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from submissions.enums import SectionKind, SlotKind

Part = Mapping[str, Any]
# What a definition means that says nothing about it.
USUAL = {
    "is_required": False,
    "for_judges": True,
    "is_identifying": False,
    "max_count": 1,
    "is_open_after_shortlist": False,
}


class ChangeKind(Enum):
    ADDED = gettext_lazy("new")
    CHANGED = gettext_lazy("changed")
    REMOVED = gettext_lazy("no longer asked")
    MOVED = gettext_lazy("in another place")


@dataclass(frozen=True)
class Change:
    """About one section or file; ``details`` say what is different about it."""

    key: str
    title: str
    kind: ChangeKind
    is_file: bool = False
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = {"part": self.title, "what": self.kind.value, "details": _listed(self.details)}
        return (_("%(part)s: %(what)s (%(details)s)") if self.details else _("%(part)s: %(what)s")) % said


def changes(before: Part, after: Part) -> list[Change]:
    """From one definition to the next, in the order of the later one; what is gone comes last."""
    found = list(_changes(before.get("sections", []), after.get("sections", []), is_file=False))
    return found + list(_changes(before.get("slots", []), after.get("slots", []), is_file=True))


def told(found: Iterable[Change]) -> list[Change]:
    """Those that matter to whoever is writing; the order of a form is no news."""
    return [change for change in found if change.kind is not ChangeKind.MOVED]


def _changes(before: list[Part], after: list[Part], *, is_file: bool) -> Iterator[Change]:
    old = {part["key"]: part for part in before}
    new = {part["key"]: part for part in after}
    places = [key for key in old if key in new]
    order = [key for key in new if key in old]
    for key, part in new.items():
        if key not in old:
            yield Change(key, part["title"], ChangeKind.ADDED, is_file)
        elif details := tuple(_details(old[key], part)):
            yield Change(key, part["title"], ChangeKind.CHANGED, is_file, details)
        elif places.index(key) != order.index(key) or old[key].get("group") != part.get("group"):
            yield Change(key, part["title"], ChangeKind.MOVED, is_file)
    for key, part in old.items():
        if key not in new:
            yield Change(key, part["title"], ChangeKind.REMOVED, is_file)


def _details(old: Part, new: Part) -> Iterator[str]:
    for name, words in _WORDS.items():
        was, is_now = (part.get(name, USUAL.get(name)) for part in (old, new))
        if was != is_now and (name != "max_rows" or new.get("columns")):
            yield words(was, is_now)


def _either(yes: Any, no: Any) -> Callable[[Any, Any], str]:
    return lambda old, new: str(yes if new else no)


def _said(words: Any) -> Callable[[Any, Any], str]:
    return lambda old, new: str(words)


def _from_to(name: Any, show: Callable[[Any], str]) -> Callable[[Any, Any], str]:
    return lambda old, new: _("%(name)s: %(old)s → %(new)s") % {"name": name, "old": show(old), "new": show(new)}


def _number(value: Any) -> str:
    return _("no limit") if value is None else str(value)


def _size(value: Any) -> str:
    return _("the competition's limit") if value is None else filesizeformat(value)


def _kinds(values: Any) -> str:
    return _listed(str(SlotKind(value).label) for value in values or [])


def _listed(words: Iterable[Any]) -> str:
    return pgettext("in a list", ", ").join(map(str, words))


def _labels(words: Any) -> Callable[[Any, Any], str]:
    """Options or columns: which came, which went."""

    def tell(old: Any, new: Any) -> str:
        before, after = ([each["label"] for each in part or []] for part in (old, new))
        came = [f"+ {label}" for label in after if label not in before]
        gone = [f"− {label}" for label in before if label not in after]
        said = {"part": words, "what": _listed([*came, *gone])}
        return _("%(part)s: %(what)s") % said if came or gone else str(words)

    return tell


_WORDS: dict[str, Callable[[Any, Any], str]] = {
    "title": _from_to(gettext_lazy("heading"), lambda value: f"“{value}”"),
    "hint": _said(gettext_lazy("another explanation")),
    "kind": _from_to(gettext_lazy("kind"), lambda value: str(SectionKind(value).label)),
    "limit": _from_to(gettext_lazy("characters"), _number),
    "is_required": _either(gettext_lazy("now required"), gettext_lazy("no longer required")),
    "for_judges": _either(gettext_lazy("now read by judges"), gettext_lazy("no longer read by judges")),
    "is_identifying": _either(
        gettext_lazy("hidden in blind judging"), gettext_lazy("no longer hidden in blind judging")
    ),
    "options": _labels(gettext_lazy("other options")),
    "columns": _labels(gettext_lazy("other columns")),
    "max_rows": _from_to(gettext_lazy("rows"), _number),
    "shown_if": _said(gettext_lazy("another condition")),
    "kinds": _from_to(gettext_lazy("kinds of file"), _kinds),
    "max_size": _from_to(gettext_lazy("size"), _size),
    "max_count": _from_to(gettext_lazy("files"), _number),
    "max_pages": _from_to(gettext_lazy("pages"), _number),
    "is_open_after_shortlist": _either(
        gettext_lazy("may be replaced after the shortlist"), gettext_lazy("fixed with the shortlist")
    ),
}
