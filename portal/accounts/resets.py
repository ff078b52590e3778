from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.utils import translation

from portal.accounts.models import User
from portal.core import audit
from portal.core.people import is_site_admin
from portal.core.permissions import require


@transaction.atomic
def reset_second_factor(user: User, *, actor: Any) -> int:
    """For whoever has lost phone and codes: no factor is asked for, no session goes on. Returns how many there were."""
    require(is_site_admin, actor)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    factors = Authenticator.objects.filter(user=user)
    kinds = sorted(factors.values_list("type", flat=True))
    if not kinds:
        return 0
    factors.delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    # In the portal's own language: that of this request is the site admin's.
    with translation.override(settings.LANGUAGE_CODE):
        get_adapter().send_mail("account/email/factors_reset", user.email, {"user": user})
    audit.record("reset_second_factor", user, actor=actor, before={"factors": kinds})
    return len(kinds)
