"""What beat asks for, beside the sweep of the outbox."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from portal.core import audit_nightly
from portal.core.invariants import Breach, breaches
from portal.core.models import AuditVerification
from portal.notifications import mail, services

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def verify_trail() -> None:
    """A step of today's verification; those who run the site are told by mail when the trail doesn't hold."""
    done = audit_nightly.step()
    if done is not None and done.breaks:
        tell(done)


@shared_task(acks_late=True, ignore_result=True)
def check_invariants() -> None:
    """Once a night; those who run the site are told by mail what doesn't hold, with the rows that break it."""
    if found := list(breaches()):
        for breach in found:
            logger.error("an invariant doesn't hold: %s", breach)
        tell_broken(found)


def tell(done: AuditVerification) -> None:
    context = {"done": done, "first": done.breaks[0], "address": mail.address("/organize/trail/")}
    _tell("notifications/emails/trail_broken.txt", context, key=f"trail-broken:{done.day}")


def tell_broken(found: list[Breach]) -> None:
    day = timezone.localdate()
    _tell("notifications/emails/invariants_broken.txt", {"day": day, "found": found}, key=f"invariants-broken:{day}")


def _tell(template: str, context: dict[str, Any], *, key: str) -> None:
    """Whoever runs the site, once for each ``key``."""
    admins = get_user_model().objects.filter(is_superuser=True, is_active=True).values_list("email", flat=True)
    subject, body = mail.render(template, context)
    for address in sorted({*admins, *(address for _name, address in settings.ADMINS)}):
        services.enqueue_mail(key=f"{key}:{address}", to=address, subject=subject, body=body)
