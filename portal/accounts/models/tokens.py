from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken, get_digest_token
from knox.settings import CONSTANTS

from portal.core.people import Person
from portal.core.text import validate_plain_line


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, user: Person) -> Self:
        """One's own, and nobody else's."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def live(self, now: datetime) -> Self:
        return self.filter(revoked_at=None, expiry__gt=now)


class ApiTokenManager(models.Manager.from_queryset(ApiTokenQuerySet)):  # type: ignore[misc]
    def issue(self, user: Any, *, expiry: datetime, **facts: Any) -> tuple[ApiToken, str]:
        """The row and, this once, the token itself. What is kept is knox's hash of it."""
        digest, secret = get_digest_token()
        beginning = secret[: CONSTANTS.TOKEN_KEY_LENGTH]
        return self.create(user=user, digest=digest, token_key=beginning, expiry=expiry, **facts), secret


class ApiToken(AbstractAuthToken):
    """What a program signs in with for a person. It narrows what the person may do, and never widens it."""

    # The key of the row is the token's hash, which is nobody's to see.
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60, validators=[validate_plain_line])
    purpose = models.CharField(_("purpose"), max_length=200, validators=[validate_plain_line])
    can_write = models.BooleanField(_("may write"), default=False)
    # An id without a foreign key: competitions stand above accounts. None: all that the person sees.
    competition_id = models.BigIntegerField(_("competition"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiTokenManager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [models.CheckConstraint(condition=Q(expiry__isnull=False), name="api_token_expires")]

    def __str__(self) -> str:
        return self.name

    @property
    def beginning(self) -> str:
        """Enough to tell one's tokens apart."""
        return f"{self.token_key}…"

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and self.expiry > now


def revoke_all(user: Any, now: datetime) -> int:
    """The tokens that are in use, for whoever has a new password or may no longer sign in."""
    return ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
