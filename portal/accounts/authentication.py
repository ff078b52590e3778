"""How programs sign in: a token in the ``Authorization`` header, nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta
from hmac import compare_digest
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox import auth
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from portal.accounts.backends import Backend
from portal.accounts.models import ApiToken
from portal.core.secrecy import names_a_secret

TOKEN = re.compile(r"portal_[0-9a-f]{64}")
USED = timedelta(minutes=1)


class TokenInAddress(AuthenticationFailed):
    default_code = "token_in_address"


class SecondFactorRequired(PermissionDenied):
    default_code = "second_factor_required"
    default_detail = _lazy("Your role asks for a second factor. Please set one up on the page “Account and security”.")


class TokenAuthentication(auth.TokenAuthentication):
    """knox's tokens, but ended ones are kept for their person to see, and their person is loaded as a session's is."""

    def authenticate(self, request: Request) -> Any:
        query = request.query_params
        if names_a_secret(query) or any(TOKEN.search(str(value)) for value in query.values()):
            # Addresses are logged on the way here, and stay in histories.
            raise TokenInAddress(_("A token belongs into the Authorization header. Revoke it: addresses are logged."))
        return super().authenticate(request)

    def authenticate_credentials(self, token: bytes) -> Any:
        given = token.decode("ascii", "replace")
        found = _found(given) if TOKEN.fullmatch(given) else None
        now = timezone.now()
        user = Backend().get_user(found.user_id) if found is not None and found.is_live(now) else None
        if found is None or user is None:
            raise AuthenticationFailed(_("This token is not valid, or not any more."), code="invalid_token")
        if getattr(user, "lacks_second_factor", False):
            # What the session of the same person could not open, a token doesn't either.
            raise SecondFactorRequired
        _touch(found)
        return user, found


def _found(given: str) -> ApiToken | None:
    alike = ApiToken.objects.filter(token_key=given[: CONSTANTS.TOKEN_KEY_LENGTH])
    digest = hash_token(given)
    return next((each for each in alike if compare_digest(each.digest, digest)), None)


def _touch(token: ApiToken) -> None:
    """Once a minute, however many requests come: of those that read it as old at once, one writes."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at <= now - USED:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USED)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "portal.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token of your account, as `Authorization: Bearer portal_…`. "
            "It narrows what you may do, and never widens it.",
        }
