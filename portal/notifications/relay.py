"""Carries out what the outbox holds: one row at a time, each under a lease.

A worker that dies leaves a lease behind; when it has run out, the next sweep takes the row again. So a
row is carried out at least once, and handlers are written to bear a second time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from portal.core.failpoints import failpoint
from portal.core.prepared import Given, Prepared
from portal.notifications import mail
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from portal.notifications.registry import HANDLERS

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # longer than the task's hard time limit: two never carry out the same row
MAX_ATTEMPTS = 8


def drain(*, seconds: float = 60, now: datetime | None = None) -> bool:
    """Carry out what is due, for about ``seconds``; True when more may be waiting."""
    stop_at = time.monotonic() + seconds
    with mail.one_line():
        row = _claim_next(now or timezone.now())
        while row is not None:
            failpoint("outbox_claimed")
            came_of_it = _carry_out(row)
            if time.monotonic() >= stop_at:
                _note(row, came_of_it)
                return True
            row = _note_and_claim_next(row, came_of_it, now or timezone.now())
    return False


def _note_and_claim_next(row: Outbox, came_of_it: Mapping[str, Any], now: datetime) -> Outbox | None:
    """At once: each commit waits for the disk."""
    try:
        with transaction.atomic():
            _note(row, came_of_it)
            return _take(now)
    except DatabaseError:
        # Whatever ails the next row, this one was carried out and is not to be carried out again.
        _note(row, came_of_it)
        raise


@transaction.atomic
def _claim_next(now: datetime) -> Outbox | None:
    return _take(now)


def _take(now: datetime) -> Outbox | None:
    due = _due(is_locked=connection.features.has_select_for_update_skip_locked)
    row = due.first(now=now)
    while row is not None and row.attempts >= MAX_ATTEMPTS:
        # It came to no end eight times, not even to an exception: whoever carried it out has died of it.
        _give_up(row)
        row = due.first(now=now)
    if row is not None:
        row.lease_until, row.attempts = now + LEASE, row.attempts + 1
        # Should the worker die of this row, the others have their turn before it has its next one.
        row.available_at = now + _pause(row)
        _note(row, {name: getattr(row, name) for name in ("lease_until", "attempts", "available_at")})
    return row


@cache
def _due(*, is_locked: bool) -> Prepared[Outbox]:
    rows = Outbox.objects.due(Given("now", models.DateTimeField())).order_by("available_at", "pk")
    return Prepared((rows.select_for_update(skip_locked=True) if is_locked else rows)[:1])


def _carry_out(row: Outbox) -> dict[str, Any]:
    """Returns what has become of the row."""
    try:
        handler = HANDLERS[row.kind]
        handler.carry_out(key=row.key, **row.payload)
    except Exception as error:  # noqa: BLE001 - a poisoned row must not stop the rows behind it
        logger.warning("outbox %s failed at attempt %s: %s", row.key, row.attempts, error)
        return _put_back(row, error)
    done = {"status": OutboxStatus.DONE, "done_at": timezone.now(), "lease_until": None}
    return {**done, "payload": {}} if handler.is_secret else done


def _put_back(row: Outbox, error: Exception) -> dict[str, Any]:
    is_dead = row.attempts >= MAX_ATTEMPTS
    return {
        "status": OutboxStatus.DEAD if is_dead else OutboxStatus.WAITING,
        "lease_until": None,
        "available_at": timezone.now() + _pause(row),
        "last_error": f"{type(error).__name__}: {error}"[:2000],
    }


def _note(row: Outbox, changes: Mapping[str, Any]) -> None:
    Outbox.objects.filter(pk=row.pk).update(**changes)


def _give_up(row: Outbox) -> None:
    _note(row, {"status": OutboxStatus.DEAD, "lease_until": None, "last_error": "the worker died each time"})


def _pause(row: Outbox) -> timedelta:
    return timedelta(seconds=min(10 * 2**row.attempts, 3600))
