"""The trail is verified once a day, in steps short enough to let a small machine's worker do its other work."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from portal.core.audit_check import Break, Walk
from portal.core.models import AuditVerification

logger = logging.getLogger(__name__)

STARTS = time(3)
# Some seconds.
LINES_A_STEP = 50_000
LEASE = timedelta(minutes=9)
# After two days without a verification that came to its end, something is wrong with the worker or with beat.
OVERDUE = timedelta(days=2)


def step(*, now: datetime | None = None, most: int = LINES_A_STEP) -> AuditVerification | None:
    """Go on with today's verification; returns it when this step was its last."""
    now = now or timezone.now()
    todays = _taken(now)
    if todays is None:
        return None
    walk = _resumed(todays)
    is_done = walk.go_on(most)
    todays.lines, todays.position = walk.lines, walk.position
    todays.ends = {scope: list(end) for scope, end in walk.ends.items()}
    todays.breaks = [asdict(found) for found in walk.breaks]
    todays.lease_until, todays.finished_at = None, timezone.now() if is_done else None
    todays.save()
    if is_done:
        _log(todays)
    return todays if is_done else None


def latest() -> AuditVerification | None:
    """The last one that came to its end."""
    return AuditVerification.objects.filter(finished_at__isnull=False).order_by("-day").first()


def is_overdue(done: AuditVerification | None, now: datetime | None = None) -> bool:
    """None has come to its end for days although some were begun. ``done`` is the latest that has."""
    known = done or AuditVerification.objects.order_by("day").first()
    return known is not None and (now or timezone.now()) - known.started_at > OVERDUE


def _taken(now: datetime) -> AuditVerification | None:
    """Today's, unless it is done, somebody is at it, or it isn't time yet."""
    local = timezone.localtime(now)
    if local.time() < STARTS:
        return None
    todays, _is_new = AuditVerification.objects.get_or_create(day=local.date(), defaults={"started_at": now})
    free = AuditVerification.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), finished_at=None)
    if free.filter(pk=todays.pk).update(lease_until=now + LEASE) != 1:
        return None
    todays.refresh_from_db()
    return todays


def _resumed(todays: AuditVerification) -> Walk:
    held = AuditVerification.objects.filter(finished_at__isnull=False, breaks=[], day__lt=todays.day)
    earlier = held.order_by("-day").first()
    scope, sequence, head = todays.position or Walk().position
    return Walk(
        earlier={name: (end[0], end[1]) for name, end in (earlier.ends if earlier else {}).items()},
        scope=scope,
        sequence=sequence,
        hash=head,
        lines=todays.lines,
        ends={name: (end[0], end[1]) for name, end in todays.ends.items()},
        breaks=[Break(**found) for found in todays.breaks],
    )


def _log(done: AuditVerification) -> None:
    """The ends go to the log as well: who can rewrite the database can't rewrite what was logged elsewhere."""
    if done.breaks:
        logger.error("the audit trail is broken: %s", done.breaks[:10])
    else:
        logger.info("the audit trail holds, %s lines, ends %s", done.lines, done.ends)
