"""How often somebody may try. Throttled, never locked out: each window slides, and nobody fills another's.

One counter is for this account from this place: a known browser, or the IP address. Strange browsers have two more:
one an IP address, and one for the account from everywhere. So whoever guesses from a thousand machines, or from the
same hall, keeps the owner from nothing in the browser that the owner has used before, nor with a passkey.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from portal.accounts.devices import known_device


def place(request: HttpRequest, address: str) -> str:
    """The counter of ``address`` for whoever asks from here."""
    return f"{address}:{known_device(request, address) or get_adapter().get_client_ip(request)}"


def take(request: HttpRequest, action: str, address: str) -> list[Any] | None:
    """Count one try; None when there were too many. What is returned can be given back."""
    taken = []
    counters = [(action, place(request, address))]
    if not known_device(request, address):
        counters += [(f"{action}_from_one_address", ""), (f"{action}_anywhere", address)]
    for name, key in counters:
        usage = ratelimit.consume(request, app="allauth.account", action=name, key=key)
        if usage is None:
            return None
        taken.append(usage)
    return taken


def give_back(taken: list[Any] | None) -> None:
    for usage in taken or ():
        usage.rollback()


def forgive(request: HttpRequest, action: str, address: str) -> None:
    """Forget the tries: whoever asks has proved to own the address."""
    for name, key in ((action, place(request, address)), (f"{action}_anywhere", address)):
        ratelimit.clear(request, app="allauth.account", action=name, key=key)
