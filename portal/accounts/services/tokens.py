"""Making and revoking API tokens. Each stands in the trail of its person's account, never with the token itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import ApiToken, User
from portal.core import audit
from portal.core.audit import ACCESS
from portal.core.errors import Conflict
from portal.core.idempotency import once
from portal.core.permissions import require_in_person

MOST_LIVE = 20
LONGEST_DAYS, USUAL_DAYS = 365, 90


@dataclass(frozen=True)
class Issued:
    token: ApiToken
    # To be shown once: nothing that is kept leads back to it.
    secret: str


def issue_token(
    user: Any,
    *,
    name: str,
    purpose: str,
    days: int = USUAL_DAYS,
    can_write: bool = False,
    competition_id: int | None = None,
    key: str,
) -> Issued:
    """A new token for ``user``. Whether they see the competition it is for, whoever calls has checked.

    The same ``key`` again makes no other one, and can't show the first: Conflict.
    """
    require_in_person()
    if not 1 <= days <= LONGEST_DAYS:
        message = _("Please choose 1 to %(most)s days.") % {"most": LONGEST_DAYS}
        raise ValidationError({"days": message})
    body = {"name": name, "purpose": purpose, "days": days, "write": can_write, "competition": competition_id}
    made: list[Issued] = []

    def perform() -> User:
        facts = {"name": name, "purpose": purpose, "can_write": can_write, "competition_id": competition_id}
        made.append(_made(user, days, facts))
        return user

    once("issue_token", key=key, actor=user, body=body, find=lambda pk: user, perform=perform)
    if not made:
        raise Conflict(_("This token has been made already, and was shown once. Revoke it and make another one."))
    return made[0]


def _made(user: Any, days: int, facts: dict[str, Any]) -> Issued:
    # Whoever makes tokens of the same person at once queues here, and is counted.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    now = timezone.now()
    if ApiToken.objects.filter(user=user).live(now).count() >= MOST_LIVE:
        raise Conflict(_("You have %(most)s tokens in use. Please revoke one first.") % {"most": MOST_LIVE})
    ApiToken(user=user, **facts).clean_fields(exclude=["user", "digest", "token_key", "expiry"])
    token, secret = ApiToken.objects.issue(user, expiry=now + timedelta(days=days), **facts)
    after = {
        "token": str(token.public_id),
        "can_write": token.can_write,
        "competition": token.competition_id,
        "expires_at": token.expiry.isoformat(),
    }
    audit.record("create_token", user, actor=user, after=after, scope=ACCESS)
    return Issued(token, secret)


@transaction.atomic
def revoke_token(token: ApiToken, *, actor: Any, now: datetime | None = None) -> ApiToken:
    """From now on nobody gets in with it; a second time changes nothing."""
    require_in_person()
    live = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
    if live.update(revoked_at=now or timezone.now()):
        audit.record("revoke_token", token.user, actor=actor, after={"token": str(token.public_id)}, scope=ACCESS)
    token.refresh_from_db()
    return token
