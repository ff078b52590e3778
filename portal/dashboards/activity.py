"""A person's own part of the audit trail: no values of others, and no names of those who act for the portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal.core.audit_lines import things_of, url_of
from portal.core.deeds import type_words, words_for
from portal.core.keyset import page_of
from portal.core.models import AuditEntry
from portal.core.people import Person

LINES_A_PAGE = 30
# Done to somebody, and to be told why.
EXPLAINED = {"act_for"}


@dataclass(frozen=True)
class OwnLine:
    entry: AuditEntry
    deed: str
    doer: str
    kind: str
    name: str
    url: str
    trace: str
    reason: str


def activity_page(user: Person, *, before: str = "", after: str = "") -> dict[str, Any]:
    visible = AuditEntry.objects.visible_to(user)
    parts = [visible.filter(**{name: user.pk}) for name in ("actor_id", "person_id", "real_actor_id")]
    page = page_of(parts, size=LINES_A_PAGE, before=before, after=after)
    things = things_of(page.rows, viewer=user)
    return {
        "lines": [_line(entry, user, things.get((entry.object_type, entry.object_id))) for entry in page.rows],
        "previous_url": f"?{urlencode({'after': page.newer})}" if page.newer else "",
        "next_url": f"?{urlencode({'before': page.older})}" if page.older else "",
    }


def _line(entry: AuditEntry, user: Person, thing: Any) -> OwnLine:
    is_own_account = entry.object_type == "accounts.user" and entry.object_id == str(user.pk)
    is_own_deed = user.pk in {entry.actor_id, entry.real_actor_id}
    # What an attempt on the account left behind is its owner's to see; where an admin sits is not.
    shows_trace = is_own_account and entry.actor_id in {user.pk, None}
    return OwnLine(
        entry=entry,
        deed=words_for(entry.object_type, entry.action),
        doer=_doer(entry, user),
        kind="" if is_own_account else type_words(entry.object_type),
        name="" if is_own_account or thing is None else str(thing),
        url=url_of(thing, viewer=user),
        trace=" · ".join(filter(None, map(entry.after.get, ("address", "browser")))) if shows_trace else "",
        reason=entry.reason if is_own_deed or entry.action in EXPLAINED else "",
    )


def _doer(entry: AuditEntry, user: Person) -> str:
    if entry.real_actor_id == user.pk:
        return _("You, for somebody else")
    if entry.actor_id == user.pk:
        return _("A site admin, for you") if entry.real_actor_id else _("You")
    return _("Somebody who was not signed in") if entry.actor_id is None else _("The organizers or a site admin")
