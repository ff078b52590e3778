from __future__ import annotations

from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from portal.accounts.lookup import owner_of
from portal.accounts.models import User
from portal.accounts.second_factor import ROLES, with_factor_asked_for
from portal.core.addresses import normal_address
from portal.core.prepared import Given, Prepared


class Backend(AuthenticationBackend):
    """allauth's, which hashes once whether there is an account or not; looking for one costs the same too."""

    def _authenticate(self, request: Any, **credentials: Any) -> Any:
        address = credentials.get("email") or credentials.get("username") or ""
        return self._check_password(owner_of(normal_address(address)), credentials["password"])

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, with what ``SecondFactorMiddleware`` asks about them."""
        user = _people(*ROLES, admins_too=settings.REQUIRE_ADMIN_SECOND_FACTOR).first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


@cache
def _people(*_roles: Any, admins_too: bool) -> Prepared[User]:
    """Put into words once for all that is asked of them: every request of somebody signed in asks it."""
    return Prepared(with_factor_asked_for(User.objects.filter(pk=Given("user")).order_by()))
