"""How long accounts keeps things."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import ExportStatus
from portal.accounts.models import ApiToken, DataExport, User
from portal.accounts.personal_data import KEEPERS
from portal.accounts.policies import Held, Policy, register
from portal.accounts.services.closing import DutiesOpen, close_account
from portal.core.models import IdempotencyKey


def expired_exports(cutoff: datetime) -> QuerySet[Any]:
    return DataExport.objects.filter(status__in=[ExportStatus.EXPIRED, ExportStatus.FAILED], requested_at__lt=cutoff)


def forget_export(export: DataExport) -> None:
    default_storage.delete(export.path)
    export.delete()


def unconfirmed(cutoff: datetime) -> QuerySet[Any]:
    """Registered, never confirmed an address, never been in."""
    confirmed = User.emailaddress_set.rel.related_model.objects.filter(user=OuterRef("pk"), verified=True)  # type: ignore[attr-defined]
    people = User.objects.filter(closed_at=None, is_staff=False, joined_at__lt=cutoff, last_login=None)
    return people.filter(~Exists(confirmed))


def inactive(cutoff: datetime) -> QuerySet[Any]:
    """Have not been in for long, nor a program of theirs."""
    unseen = Q(last_login__lt=cutoff) | Q(last_login=None, joined_at__lt=cutoff)
    open_now = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    sessions = UserSession.objects.filter(Q(last_seen_at__gte=cutoff) | Exists(open_now), user=OuterRef("pk"))
    tokens = ApiToken.objects.filter(last_used_at__gte=cutoff, user=OuterRef("pk"))
    return _unoccupied().filter(unseen, ~Exists(sessions), ~Exists(tokens))


def _unoccupied() -> QuerySet[Any]:
    """Who runs nothing and has no part in a competition that goes on."""
    now = timezone.now()
    people = User.objects.filter(closed_at=None, is_active=True, is_staff=False, is_superuser=False)
    for keeper in KEEPERS:
        for busy in keeper.occupied(now):
            people = people.exclude(pk__in=busy)
    return people


def close_unused(person: User) -> None:
    """Unless they signed in or got something to do while the run was on its way to them."""
    list(User.objects.select_for_update(no_key=True).filter(pk=person.pk))
    if not _unoccupied().filter(pk=person.pk, last_login=person.last_login).exists():
        raise Held
    close(person)


def close(person: User) -> None:
    try:
        close_account(person, actor=None, reason="retention")
    except DutiesOpen:
        raise Held from None


def ended_sessions(cutoff: datetime) -> QuerySet[Any]:
    """Where somebody was signed in from, and with what, once that session is over."""
    going_on = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    return UserSession.objects.filter(~Exists(going_on), last_seen_at__lt=cutoff)


def old_keys(cutoff: datetime) -> QuerySet[Any]:
    return IdempotencyKey.objects.filter(created_at__lt=cutoff)


def delete(row: Any) -> None:
    row.delete()


register(
    Policy(
        "data_exports",
        _("copies of personal data"),
        _("from the request. The file itself is gone after 72 hours; this deletes the record that there was one."),
        30,
        expired_exports,
        forget_export,
    )
)
register(
    Policy(
        "unconfirmed_accounts",
        _("accounts whose address was never confirmed"),
        _("from registration. The account is closed and made anonymous."),
        30,
        unconfirmed,
        close,
    )
)
register(
    Policy(
        "inactive_accounts",
        _("accounts that nobody uses"),
        _(
            "from the last sign-in or the last use of an API token, a year at least. The account is closed and made"
            " anonymous; a mail tells its owner. Spared: whoever may enter the administration, and members of teams,"
            " judges and organizers of a competition that isn't over."
        ),
        None,
        inactive,
        close_unused,
        least=365,
    )
)
register(
    Policy(
        "ended_sessions",
        _("addresses and browsers of sessions that are over"),
        _("from when it was seen last, once it is over. Cleared every night. The audit trail keeps its own lines."),
        0,
        ended_sessions,
        delete,
    )
)
register(
    Policy(
        "idempotency_keys",
        _("keys of forms that were sent"),
        _("from the request. They keep a form that is sent twice from acting twice."),
        30,
        old_keys,
        delete,
    )
)
