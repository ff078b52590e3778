from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.policies import Policy, register
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox


def old_payloads(cutoff: datetime) -> QuerySet[Any]:
    settled = Outbox.objects.exclude(status=OutboxStatus.WAITING).exclude(payload={})
    return settled.filter(created_at__lt=cutoff)


def forget(row: Outbox) -> None:
    """The key stays: it keeps the same thing from going out again."""
    Outbox.objects.filter(pk=row.pk).exclude(status=OutboxStatus.WAITING).update(payload={})


register(
    Policy(
        "sent_mail",
        _("contents of mails that were sent or given up"),
        _("from the day they were written. That there was a mail stays on record."),
        90,
        old_payloads,
        forget,
    )
)
