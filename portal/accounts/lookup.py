"""Whose account an address stands for. Two queries whether there is one or not: the cost tells nobody."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from portal.accounts.models import User


def owner_of(address: str) -> User | None:
    """Who has proved that mail to ``address`` reaches them; failing that, who has registered with it.

    That somebody has merely added it to an account of theirs makes it nobody's.
    """
    proven = EmailAddress.objects.filter(email=address, verified=True).select_related("user").first()
    registered = User.objects.filter(email=address).first()
    return proven.user if proven is not None else registered


def look_for_nobody(times: int) -> None:
    """The same work as for somebody who is there."""
    for _time in range(times):
        User.objects.filter(pk=0).first()
