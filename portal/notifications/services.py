from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.core.people import Person
from portal.notifications import tasks
from portal.notifications.enums import OutboxStatus
from portal.notifications.lifecycle import OUTBOX_LIFECYCLE
from portal.notifications.models import Outbox


def enqueue(kind: str, *, key: str, payload: Mapping[str, Any], available_at: datetime | None = None) -> None:
    """Put something in the outbox, in the caller's transaction; the same ``key`` again changes nothing."""
    row = Outbox(kind=kind, key=key, payload=dict(payload), available_at=available_at or timezone.now())
    enqueue_all([row])


def enqueue_all(rows: Sequence[Outbox]) -> None:
    """Many at once, with one ring of the bell."""
    Outbox.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    transaction.on_commit(tasks.ring, robust=True)


def enqueue_mail(*, key: str, to: str, subject: str, body: str, is_secret: bool = False) -> None:
    """A finished mail. ``is_secret`` when it holds a link that opens something: erased once it is sent."""
    kind = "mail.secret" if is_secret else "mail"
    enqueue(kind, key=key, payload={"to": to, "subject": subject, "body": body})


@transaction.atomic
def revive(rows: QuerySet[Outbox], *, actor: Person) -> int:
    """Give rows that were given up another eight attempts; returns how many."""
    dead = list(rows.visible_to(actor).filter(status=OutboxStatus.DEAD))  # type: ignore[attr-defined]
    for row in dead:
        OUTBOX_LIFECYCLE.apply(row, "revive", actor=actor, attempts=0, available_at=timezone.now())
    transaction.on_commit(tasks.ring, robust=True)
    return len(dead)
