"""What people are told about their own data: accounts stands below, so its news arrives here by signal."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse

from portal.accounts.models import DataExport, User
from portal.accounts.periodic import order
from portal.accounts.services.exports import KEPT_FOR
from portal.accounts.signals import account_closed, export_ready, export_requested, standing_changed
from portal.notifications import mail
from portal.notifications.registry import handles
from portal.notifications.services import enqueue, enqueue_mail

EXPORT = "accounts.export"


@receiver(export_requested, sender=DataExport, dispatch_uid="notifications.export_requested")
def order_export(sender: type, export: DataExport, **kwargs: Any) -> None:
    enqueue(EXPORT, key=f"export:{export.pk}", payload={"export": export.pk})


@handles(EXPORT)
def carry_out_export(*, key: str, export: int) -> None:
    """Only begun here: the files of a large team take longer than everything else in the outbox may."""
    order(export)


@receiver(export_ready, sender=DataExport, dispatch_uid="notifications.export_ready")
def tell_of_export(sender: type, export: DataExport, **kwargs: Any) -> None:
    context = {
        "person": export.user,
        "url": mail.address(reverse("accounts:data")),
        "hours": int(KEPT_FOR.total_seconds() // 3600),
        "expires_at": export.expires_at,
    }
    subject, body = mail.render("accounts/emails/export_ready.txt", context)
    enqueue_mail(key=f"export-ready:{export.pk}", to=export.user.email, subject=subject, body=body)


@receiver(account_closed, sender=User, dispatch_uid="notifications.account_closed")
def tell_of_closing(sender: type, user: User, email: str, **kwargs: Any) -> None:
    """To the address that was; nothing of it is kept once it is sent."""
    if email:
        subject, body = mail.render("accounts/emails/account_closed.txt", {"url": settings.CANONICAL_URL})
        enqueue_mail(key=f"account-closed:{user.pk}", to=email, subject=subject, body=body, is_secret=True)


@receiver(standing_changed, sender=User, dispatch_uid="notifications.standing_changed")
def tell_of_standing(sender: type, user: Any, deed: str, reason: str, **kwargs: Any) -> None:
    if user.emailaddress_set.filter(email=user.email, verified=True).exists():
        context = {"person": user, "reason": reason, "url": mail.address(reverse("accounts:security"))}
        subject, body = mail.render(f"accounts/emails/{deed}.txt", context)
        enqueue_mail(key=f"standing:{secrets.token_hex(16)}", to=user.email, subject=subject, body=body)
