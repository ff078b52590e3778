"""Closing an account: what stands against it, what is deleted, what stays and why."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.personal_data import KEEPERS, Duty, Kept
from portal.accounts.services.people import is_self
from portal.accounts.signals import account_closed
from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require

# No mail can be sent there, and ``validate_address`` lets nobody register it.
NOWHERE = "closed.invalid"


class DutiesOpen(Conflict):
    """Something has to be handed over first."""

    def __init__(self, duties: Sequence[Duty]):
        super().__init__(" ".join(duty.reason for duty in duties))
        self.duties = duties


def open_duties(user: Any, *, now: datetime | None = None) -> list[Duty]:
    return [duty for keeper in KEEPERS for duty in keeper.duties(user, now=now or timezone.now())]


def what_stays(user: Any) -> list[Kept]:
    return [kept for keeper in KEEPERS for kept in keeper.kept(user)]


@transaction.atomic
def close_account(user: Any, *, actor: Any, reason: str = "", now: datetime | None = None) -> User:
    """Make the account nobody's; a second time changes nothing. Raises DutiesOpen. ``actor=None`` is retention.

    What others still need (entries, reviews, awards, the audit trail) goes on pointing to a row that no longer
    tells who it was.
    """
    require(is_self, actor, user)
    now = now or timezone.now()
    # With all administrators, in one order: two who close at once would each see the other stay.
    together = Q(pk=user.pk) | (Q(is_superuser=True) if user.is_superuser else Q())
    rows = User.objects.select_for_update(no_key=True).filter(together).order_by("pk")
    person = next(row for row in rows if row.pk == user.pk)
    if person.closed_at:
        return person
    for keeper in KEEPERS:
        keeper.hold(person)
    if duties := open_duties(person, now=now):
        raise DutiesOpen(duties)
    reachable = person.emailaddress_set.filter(email=person.email, verified=True).exists()  # type: ignore[attr-defined]
    email = person.email if reachable else ""
    for keeper in KEEPERS:
        keeper.erase(person, now=now)
    _make_nobody(person, now=now)
    audit.record("close_account", person, actor=actor, reason=reason)
    account_closed.send(User, user=person, email=email)
    return person


def _make_nobody(person: User, *, now: datetime) -> None:
    # The portal's own language, whoever closes: the name is read by others.
    with translation.override(settings.LANGUAGE_CODE):
        person.full_name = _("Closed account")
    # At random: an address that could be foretold could be taken, and the account would never close.
    person.email, person.phone, person.affiliation = f"{secrets.token_hex(16)}@{NOWHERE}", "", ""
    person.is_active = person.is_staff = person.is_superuser = False
    person.last_login, person.closed_at = None, now
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
