from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from portal.accounts.models import Consent, PrivacyNotice, User
from portal.core import audit


def current_notice() -> PrivacyNotice | None:
    """The latest version that is in force."""
    return PrivacyNotice.objects.filter(published_at__lte=timezone.now()).order_by("-version").first()


@transaction.atomic
def accept_current_notice(user: User) -> Consent | None:
    """Keep that ``user`` accepted the notice as it reads today; a second time changes nothing."""
    notice = current_notice()
    if notice is None:
        return None
    consent, is_new = Consent.objects.get_or_create(user=user, notice=notice)
    if is_new:
        audit.record("accept_notice", user, actor=user, after={"version": notice.version})
    return consent
