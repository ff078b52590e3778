"""What beat asks for, beside the sweep of the outbox."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.contrib.auth import get_user_model

from portal.core import audit_nightly
from portal.core.models import AuditVerification
from portal.notifications import mail, services


@shared_task(acks_late=True, ignore_result=True)
def verify_trail() -> None:
    """A step of today's verification; those who run the site are told by mail when the trail doesn't hold."""
    done = audit_nightly.step()
    if done is not None and done.breaks:
        tell(done)


def tell(done: AuditVerification) -> None:
    admins = get_user_model().objects.filter(is_superuser=True, is_active=True).values_list("email", flat=True)
    context = {"done": done, "first": done.breaks[0], "address": mail.address("/organize/trail/")}
    subject, body = mail.render("notifications/emails/trail_broken.txt", context)
    for address in sorted({*admins, *(address for _name, address in settings.ADMINS)}):
        services.enqueue_mail(key=f"trail-broken:{done.day}:{address}", to=address, subject=subject, body=body)
