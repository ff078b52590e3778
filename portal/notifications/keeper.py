"""Mails to a person: in the copy without links that open something; forgotten with the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.personal_data import Keeper, Row, Section, read
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox

READABLE = "mail"


class NotificationKeeper(Keeper):
    covers = frozenset({"notifications.Outbox"})

    @property
    def sections(self) -> list[Section]:  # type: ignore[override]
        return [Section("mails", _("mails to you"), mails)]

    def erase(self, user: Any, *, now: datetime) -> None:
        """What waits is not sent any more, what was sent keeps its key, which says nothing."""
        addressed(user).filter(status=OutboxStatus.WAITING).delete()
        addressed(user).update(payload={})


def addressed(user: Any) -> QuerySet[Outbox]:
    return Outbox.objects.filter(payload__to__in=_addresses(user))


def mails(user: Any) -> Iterator[Row]:
    rows = addressed(user).filter(kind=READABLE, status=OutboxStatus.DONE).order_by("pk")
    return read(rows, lambda row: {"sent_at": row.done_at, **_letter(row.payload)})


def _letter(payload: dict[str, Any]) -> Row:
    return {name: payload.get(name, "") for name in ("to", "subject", "body")}


def _addresses(user: Any) -> list[str]:
    return sorted({user.email, *user.emailaddress_set.values_list("email", flat=True)})
