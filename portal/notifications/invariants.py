"""What holds of whatever has to leave the process."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from portal.core.invariants import invariant
from portal.notifications.models import Outbox
from portal.notifications.registry import HANDLERS


@invariant("notifications")
def somebody_carries_out_each_outgoing_item() -> QuerySet[Any]:
    return Outbox.objects.exclude(kind__in=sorted(HANDLERS))


@invariant("notifications")
def what_is_done_is_carried_out_by_nobody() -> QuerySet[Any]:
    return Outbox.objects.filter(done_at__isnull=False, lease_until__isnull=False)
