"""Lines of the audit trail as people read them: names where the reader may see them, words for what was done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from portal.core.deeds import NAMED, VALUES, model_of, type_words, words_for
from portal.core.models import AuditEntry
from portal.core.people import Person, is_site_admin

LONGEST_VALUE = 120
# What the values of a line are called; a name that is missing here stands as it is in the code.
FIELDS: dict[str, Any] = {
    "status": _("state"),
    "name": _("name"),
    "title": _("title"),
    "number": _("number"),
    "topic": _("topic"),
    "track": _("track"),
    "tracks": _("tracks"),
    "team": _("team"),
    "user": _("person"),
    "member": _("member"),
    "captain": _("captain"),
    "organization": _("organization"),
    "code": _("unified social credit code"),
    "region": _("region"),
    "opens_at": _("opens at"),
    "closes_at": _("closes at"),
    "grace": _("grace in seconds"),
    "hash_grace": _("minutes for files to follow"),
    "kind": _("kind"),
    "version": _("version"),
    "revision": _("revision"),
    "size": _("size in bytes"),
    "count": _("number of"),
    "reason": _("reason"),
    "address": _("network"),
    "browser": _("browser"),
    "ways": _("ways"),
    "view": _("page"),
    "method": _("method"),
    "is_active": _("active"),
    "is_published": _("public"),
    "published_at": _("published at"),
    "filters": _("filters"),
}


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    entry: AuditEntry
    deed: str
    person: str
    real_person: str
    kind: str
    name: str
    url: str
    changes: list[Change]

    @property
    def object_key(self) -> str:
        return f"{self.entry.object_type}:{self.entry.object_id}"


def lines_of(entries: Sequence[AuditEntry], *, viewer: Person) -> list[Line]:
    """For whoever may see these lines with the names in them: as many queries as there are kinds of things."""
    people = names_of(entries)
    things = things_of(entries, viewer=viewer)
    return [
        Line(
            entry=entry,
            deed=words_for(entry.object_type, entry.action),
            person=people.get(entry.actor_id, ""),
            real_person=people.get(entry.real_actor_id, ""),
            kind=type_words(entry.object_type),
            name=str(found) if (found := things.get((entry.object_type, entry.object_id))) is not None else "",
            url=url_of(found, viewer=viewer),
            changes=changes_of(entry),
        )
        for entry in entries
    ]


def names_of(entries: Iterable[AuditEntry]) -> Mapping[int | None, str]:
    wanted = {pk for entry in entries for pk in (entry.actor_id, entry.real_actor_id) if pk}
    return {pk: str(person) for pk, person in get_user_model().objects.in_bulk(wanted).items()}


def things_of(entries: Iterable[AuditEntry], *, viewer: Person) -> dict[tuple[str, str], Any]:
    """The things that the lines are about, as far as ``viewer`` sees them."""
    wanted = defaultdict(set)
    for entry in entries:
        if entry.object_type in NAMED and entry.object_id.isdigit():
            wanted[entry.object_type].add(int(entry.object_id))
    found = {}
    for object_type, keys in wanted.items():
        for thing in _rows(object_type, viewer).filter(pk__in=keys):
            found[object_type, str(thing.pk)] = thing
    return found


def url_of(thing: Any, *, viewer: Person) -> str:
    """Its page for this viewer; what several see on different pages says which by ``url_for``."""
    if hasattr(thing, "url_for"):
        return str(thing.url_for(viewer))
    return str(thing.get_absolute_url()) if hasattr(thing, "get_absolute_url") else ""


def changes_of(entry: AuditEntry) -> list[Change]:
    names = [*entry.after, *(name for name in entry.before if name not in entry.after)]
    return [
        Change(_label(entry.object_type, name), _value(entry.before.get(name)), _value(entry.after.get(name)))
        for name in names
    ]


def _label(object_type: str, name: str) -> str:
    return str(VALUES.get(f"{object_type}.{name}") or FIELDS.get(name, name))


def _rows(object_type: str, viewer: Person) -> Any:
    model: Any = model_of(object_type)
    if model is get_user_model():
        # Accounts have no list of their own: a person's name is shown to themselves and to the site admin.
        return model.objects.all() if is_site_admin(viewer) else model.objects.filter(pk=viewer.pk)
    rows = model.objects.visible_to(viewer)
    return rows.select_related(*NAMED[object_type]) if NAMED[object_type] else rows


def _value(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("yes")) if value else str(_("no"))
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
