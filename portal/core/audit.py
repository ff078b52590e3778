"""The audit trail: append-only lines, chained by hash, one chain a scope.

A line's hash covers its own content and the hash of the line before it, so a line that was changed,
removed or slipped in later breaks every line after it. The head of the chain is locked while a line is
added, in the transaction of the deed itself: services take the locks they need *before* their first line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from portal.core.context import current_request_id
from portal.core.people import Person

SITE = "site"
GENESIS = "0" * 64


@transaction.atomic
def record(
    action: str,
    obj: models.Model,
    *,
    actor: Person | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> models.Model:
    """Add a line about ``obj``. Values are JSON and hold ids and states, never secrets."""
    scope = getattr(obj, "audit_scope", SITE)
    head = _locked_head(scope)
    entry = apps.get_model("core", "AuditEntry")(
        scope=scope,
        sequence=head.sequence + 1,
        at=timezone.now(),
        actor_id=actor.pk if actor is not None else None,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
        request_id=current_request_id.get(),
        previous_hash=head.hash,
    )
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    head.sequence, head.hash = entry.sequence, entry.hash
    head.save(update_fields=["sequence", "hash"])
    return entry


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
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    """Where a chain doesn't hold, and why."""

    scope: str
    sequence: int
    why: str


def verify() -> Iterator[Break]:
    """Walk every chain; yields nothing when all hold."""
    entries, heads = apps.get_model("core", "AuditEntry").objects, apps.get_model("core", "AuditHead").objects
    known = {head.scope: head for head in heads.all()}
    for scope in sorted({*known, *entries.order_by().values_list("scope", flat=True).distinct()}):
        yield from _verify_chain(scope, entries.filter(scope=scope).order_by("sequence"), known.get(scope))


def _verify_chain(scope: str, entries: models.QuerySet[Any], head: Any) -> Iterator[Break]:
    sequence, previous = 0, GENESIS
    for entry in entries.iterator(chunk_size=2000):
        if entry.sequence != sequence + 1:
            yield Break(scope, sequence + 1, "missing")
        elif entry.previous_hash != previous:
            yield Break(scope, entry.sequence, "does not follow the line before it")
        if digest(entry) != entry.hash:
            yield Break(scope, entry.sequence, "was changed")
        sequence, previous = entry.sequence, entry.hash
    if head is None or (head.sequence, head.hash) != (sequence, previous):
        yield Break(scope, sequence + 1, "the chain ends elsewhere than its head says")


def _locked_head(scope: str) -> Any:
    heads = apps.get_model("core", "AuditHead").objects
    head = heads.select_for_update().filter(scope=scope).first()
    if head is None:
        # Two first lines may race; the loser's insert is ignored and both then queue at the lock.
        heads.bulk_create([heads.model(scope=scope, sequence=0, hash=GENESIS)], ignore_conflicts=True)
        head = heads.select_for_update().get(scope=scope)
    return head
