"""Lines of the audit trail about getting in and out: who, when, from which network, with which browser. No secrets."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from portal.accounts.models import User
from portal.core import audit
from portal.core.audit import ACCESS, Limit, Thing
from portal.core.clients import trace_of
from portal.core.models import AuditEntry
from portal.core.people import Person

# Guessing goes on for long; the trail is told enough of it and not flooded by it.
FAILURES = Limit(20)
FAILURES_OF_STRANGERS = 500
REFUSALS = Limit(20)
WAYS = "account_authentication_methods"  # where allauth keeps how somebody has signed in


def note(action: str, user: User, *, request: HttpRequest | None, actor: Person | None, **after: Any) -> None:
    """Something happened to the account of ``user``; ``actor`` is None where nobody was signed in."""
    audit.record(action, user, actor=actor, after={**trace_of(request), **after}, scope=ACCESS)


def signed_in(request: HttpRequest, user: User) -> None:
    ways = [way.get("type") or way.get("method") for way in request.session.get(WAYS, [])]
    note("sign_in", user, request=request, actor=user, **({"ways": ways} if ways else {}))


def failed(request: HttpRequest | None, address: str) -> None:
    """Somebody gave a wrong password or code. Of an address that nobody has, only a keyed hash is kept.

    It costs as many queries whether there is such an account or not: of strangers too many, lines are made and undone.
    """
    user = User.objects.filter(Q(email=address) | Q(emailaddress__email=address)).first()
    since = timezone.now() - FAILURES.within
    recent = AuditEntry.objects.filter(action="sign_in_failed", at__gt=since)[:FAILURES_OF_STRANGERS].count()
    about: Any = user or Thing("accounts.address", address_hash(address))
    with transaction.atomic():
        audit.record_sparingly(FAILURES, "sign_in_failed", about, actor=None, after=trace_of(request), scope=ACCESS)
        if user is None and recent >= FAILURES_OF_STRANGERS:
            transaction.set_rollback(True)


def failed_at(action: str, request: HttpRequest | None, user: User) -> None:
    """The person is known, what they had to prove was wrong."""
    audit.record_sparingly(FAILURES, action, user, actor=None, after=trace_of(request), scope=ACCESS)


def refused(request: HttpRequest, user: Any) -> None:
    """Somebody was told that they may not: which page, never its whole address, which may hold a secret."""
    match = request.resolver_match
    view = match.view_name if match else ""
    known = {name: str(value)[:64] for name, value in match.kwargs.items() if name in PLAIN_PARTS} if match else {}
    after = {"view": view or "", "method": request.method, **known}
    audit.record_sparingly(REFUSALS, "refused", user, actor=user, after=after, scope=ACCESS)


# Parts of an address that say what it is about; others, such as a signature, open something.
PLAIN_PARTS = {"pk", "public_id", "competition", "number", "track", "track_number", "topic", "object_id"}


def address_hash(address: str) -> str:
    """Tells that it was the same address again, and to nobody which."""
    return salted_hmac("portal.accounts.access", address.casefold(), algorithm="sha256").hexdigest()[:32]
