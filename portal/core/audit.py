"""The audit trail: append-only lines, chained by hash, one chain a scope.

A line's hash covers its own content and the hash of the line before it, so a line that was changed,
removed or slipped in later breaks every line after it. The head of the chain is locked while a line is
added, in the transaction of the deed itself: services take the locks they need *before* their first line.

What people do in a competition stands in the competition's chain. Sign-ins, accounts and refusals have a chain
of their own, and so has who read what: neither a storm of sign-ins nor a reader holds up a submit.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from portal.core.context import current_real_actor, current_request_id
from portal.core.people import Person

SITE = "site"
ACCESS = "access"
READING = "reading:"
COMPETITION = re.compile(r"(?:competition|reading):([0-9]+)")
GENESIS = "0" * 64
# Later columns stand in the hash of a line only where they say something: earlier lines keep the hash they have.
LATER = ("real_actor", "person", "track")
# Lines of a deed that are added together.
_waiting: ContextVar[list[Any] | None] = ContextVar("audit_lines_waiting", default=None)


@dataclass(frozen=True)
class Thing:
    """Something that a line can be about although no row of ours holds it."""

    object_type: str
    object_id: str


@dataclass(frozen=True)
class Limit:
    """At most ``lines`` of the same action about the same thing by the same person ``within`` a while."""

    lines: int
    within: timedelta = timedelta(hours=1)


@transaction.atomic(savepoint=False)
def record(
    action: str,
    obj: models.Model | Thing,
    *,
    actor: Person | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    scope: str = "",
) -> models.Model:
    """Add a line about ``obj``. Values are JSON and hold ids and states, never secrets.

    Without a savepoint: a deed whose line can't be written has not been done.
    """
    entry = _entry(action, obj, actor, before, after, reason, scope)
    waiting = _waiting.get()
    if waiting is None:
        return _append([entry])
    waiting.append(entry)
    return entry


@contextmanager
def together() -> Iterator[None]:
    """Lines of one deed, in the caller's transaction: added at its end, so the chain is held for one moment, not more.

    Of a deed that fails there is no line, as it has not been done. Only for lines of one scope. Part of a greater deed,
    it adds its lines with the greater one's.
    """
    if (greater := _waiting.get()) is not None:
        had = len(greater)
        try:
            yield
        except BaseException:
            # Whoever catches it has undone this part, and not what came before.
            del greater[had:]
            raise
        return
    lines: list[Any] = []
    before = _waiting.set(lines)
    try:
        yield
    finally:
        _waiting.reset(before)
    if lines:
        _append(lines)


def record_sparingly(
    limit: Limit,
    action: str,
    obj: models.Model | Thing,
    *,
    actor: Person | None,
    after: Mapping[str, Any] | None = None,
    scope: str,
) -> models.Model | None:
    """The same for what happens over and over; no line once there are as many as ``limit`` allows."""
    entry = _entry(action, obj, actor, None, after, "", scope)
    if _is_reached(limit, entry):
        return None
    with transaction.atomic():
        # Counted again with the chain at hand: of many at once no more get in than the limit allows.
        head = _locked_head(entry.scope)
        return None if _is_reached(limit, entry) else _append([entry], head)


def reading_scope(obj: models.Model) -> str:
    """The chain of who read what, beside that of the competition ``obj`` belongs to."""
    found = COMPETITION.fullmatch(getattr(obj, "audit_scope", ""))
    return f"{READING}{found[1]}" if found else ACCESS


def competition_of(scope: str) -> int | None:
    found = COMPETITION.fullmatch(scope)
    return int(found[1]) if found else None


def digest(entry: Any) -> str:
    """SHA-256 over the canonical JSON of the line, as 64 hex digits."""
    content = {
        "scope": entry.scope,
        "sequence": entry.sequence,
        "at": entry.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "action": entry.action,
        "object": [entry.object_type, entry.object_id],
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
        "request": entry.request_id,
        "previous": entry.previous_hash,
    }
    later = {name: getattr(entry, f"{name}_id") for name in LATER}
    content |= {name: value for name, value in later.items() if value is not None}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _entry(
    action: str,
    obj: models.Model | Thing,
    actor: Person | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str,
    scope: str,
) -> Any:
    """The line, but for its place in the chain."""
    scope = scope or getattr(obj, "audit_scope", SITE)
    thing = obj if isinstance(obj, Thing) else Thing(obj._meta.label_lower, str(obj.pk))
    return apps.get_model("core", "AuditEntry")(
        scope=scope,
        competition_id=competition_of(scope),
        track_id=getattr(obj, "audit_track", None),
        person_id=getattr(obj, "audit_person", None),
        actor_id=actor.pk if actor is not None else None,
        real_actor_id=_real_actor(actor),
        action=action,
        object_type=thing.object_type,
        object_id=thing.object_id,
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        request_id=current_request_id.get(),
    )


def _real_actor(actor: Person | None) -> int | None:
    """Who acts for ``actor``; the portal itself and the site admin in their own name have nobody behind them."""
    real = current_real_actor.get()
    return None if actor is None or real == actor.pk else real


def _append(entries: list[Any], head: Any = None) -> Any:
    """All of the same scope, one after the other; returns the last."""
    if len({entry.scope for entry in entries}) > 1:
        raise ValueError("lines that are added together belong to one chain")
    head = head or _locked_head(entries[0].scope)
    for entry in entries:
        entry.at, entry.sequence, entry.previous_hash = timezone.now(), head.sequence + 1, head.hash
        entry.hash = digest(entry)
        head.sequence, head.hash = entry.sequence, entry.hash
    type(entries[0]).objects.bulk_create(entries)
    head.save(update_fields=["sequence", "hash"])
    return entries[-1]


def _is_reached(limit: Limit, entry: Any) -> bool:
    alike = type(entry).objects.filter(
        object_type=entry.object_type,
        object_id=entry.object_id,
        action=entry.action,
        actor_id=entry.actor_id,
        at__gt=timezone.now() - limit.within,
    )
    return bool(alike[: limit.lines].count() >= limit.lines)


def _locked_head(scope: str) -> Any:
    heads = apps.get_model("core", "AuditHead").objects
    head = heads.select_for_update().filter(scope=scope).first()
    if head is None:
        # Two first lines may race; the loser's insert is ignored and both then queue at the lock.
        heads.bulk_create([heads.model(scope=scope, sequence=0, hash=GENESIS)], ignore_conflicts=True)
        head = heads.select_for_update().get(scope=scope)
    return head
