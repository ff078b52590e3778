"""Who an address belongs to, once somebody has proved it."""

from __future__ import annotations

import secrets

from allauth.account.models import EmailAddress
from django.db import transaction

from portal.accounts.models import User
from portal.core import audit
from portal.core.audit import ACCESS

# No mail can be sent there, and ``validate_address`` lets nobody register it.
NOWHERE = "taken.invalid"


@transaction.atomic
def free_address(proven: EmailAddress) -> None:
    """Take the address of ``proven`` from an account that was registered with it by somebody who never proved it.

    That account keeps what it has; it goes by another address of its own, or by one that is nobody's.
    """
    others = User.objects.select_for_update(no_key=True).filter(email=proven.email).exclude(pk=proven.user_id)
    for person in others:
        own = EmailAddress.objects.filter(user=person, verified=True).order_by("-primary", "pk").first()
        EmailAddress.objects.filter(user=person, email=proven.email).delete()
        person.email = own.email if own else f"{secrets.token_hex(16)}@{NOWHERE}"
        person.save(update_fields=["email"])
        audit.record("free_address", person, actor=None, scope=ACCESS)
