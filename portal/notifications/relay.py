"""Carries out what the outbox holds: one row at a time, each under a lease.

A worker that dies leaves a lease behind; when it has run out, the next sweep takes the row again. So a
row is carried out at least once, and handlers are written to bear a second time.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from portal.core.failpoints import failpoint
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from portal.notifications.registry import HANDLERS

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # longer than the task's hard time limit: two never carry out the same row
MAX_ATTEMPTS = 8


def drain(*, seconds: float = 60, now: datetime | None = None) -> bool:
    """Carry out what is due, for about ``seconds``; True when more may be waiting."""
    stop_at = time.monotonic() + seconds
    while (row := _claim_next(now or timezone.now())) is not None:
        failpoint("outbox_claimed")
        _carry_out(row)
        if time.monotonic() >= stop_at:
            return True
    return False


@transaction.atomic
def _claim_next(now: datetime) -> Outbox | None:
    due = Outbox.objects.due(now).order_by("available_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    row = due.first()
    while row is not None and row.attempts >= MAX_ATTEMPTS:
        # It came to no end eight times, not even to an exception: whoever carried it out has died of it.
        _give_up(row)
        row = due.first()
    if row is not None:
        row.lease_until, row.attempts = now + LEASE, row.attempts + 1
        # Should the worker die of this row, the others have their turn before it has its next one.
        row.available_at = now + _pause(row)
        row.save(update_fields=["lease_until", "attempts", "available_at"])
    return row


def _carry_out(row: Outbox) -> None:
    try:
        handler = HANDLERS[row.kind]
        handler.carry_out(key=row.key, **row.payload)
    except Exception as error:  # noqa: BLE001 - a poisoned row must not stop the rows behind it
        logger.warning("outbox %s failed at attempt %s: %s", row.key, row.attempts, error)
        _put_back(row, error)
    else:
        _finish(row, forget=handler.is_secret)


def _finish(row: Outbox, *, forget: bool) -> None:
    changes: dict[str, Any] = {"status": OutboxStatus.DONE, "done_at": timezone.now(), "lease_until": None}
    if forget:
        changes["payload"] = {}
    Outbox.objects.filter(pk=row.pk).update(**changes)


def _put_back(row: Outbox, error: Exception) -> None:
    is_dead = row.attempts >= MAX_ATTEMPTS
    Outbox.objects.filter(pk=row.pk).update(
        status=OutboxStatus.DEAD if is_dead else OutboxStatus.WAITING,
        lease_until=None,
        available_at=timezone.now() + _pause(row),
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def _give_up(row: Outbox) -> None:
    Outbox.objects.filter(pk=row.pk).update(
        status=OutboxStatus.DEAD, lease_until=None, last_error="the worker died each time"
    )


def _pause(row: Outbox) -> timedelta:
    return timedelta(seconds=min(10 * 2**row.attempts, 3600))
