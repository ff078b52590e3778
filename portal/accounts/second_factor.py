"""Whose roles ask for a second factor, and which pages begin only with one.

Upper apps say so when they are ready (``asked_of``, ``guard``); this app knows none of their roles. What they say is
answered in the very query that loads the person of a session, so it costs no query of its own, and visitors none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

# Each gives the roles, of the user that OuterRef("pk") stands for, that ask for one.
ROLES: list[Callable[[], QuerySet[Any]]] = []
# Views by name, or all of a namespace as "name:".
GUARDED = {"admin:"}
OPEN = {"admin:login", "admin:logout", "admin:jsi18n"}
API = "/api/"
API_FOR_PEOPLE = {"schema", "docs"}


def asked_of(roles: Callable[[], QuerySet[Any]]) -> Callable[[], QuerySet[Any]]:
    """Register roles that ask for a second factor."""
    ROLES.append(roles)
    return roles


def guard(*names: str, but: Iterable[str] = ()) -> None:
    """Register pages that begin only with one."""
    GUARDED.update(names)
    OPEN.update(but)


def with_factor_asked_for(users: QuerySet[Any]) -> QuerySet[Any]:
    """``lacks_second_factor``: one of their roles asks for a second factor, and there is none."""
    return users.annotate(lacks_second_factor=_lacks(*ROLES, admins_too=settings.REQUIRE_ADMIN_SECOND_FACTOR))


@cache
def _lacks(*roles: Callable[[], QuerySet[Any]], admins_too: bool) -> Case:
    """Put together once: every request of a person signed in asks it."""
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    asked = Q(is_superuser=True) if admins_too else Q(pk__in=[])
    for role in roles:
        asked |= Q(Exists(role()))
    return Case(
        When(Exists(factors), then=Value(False)),
        When(asked, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def is_guarded(view_name: str, path: str) -> bool:
    if path.startswith(API):
        return view_name not in API_FOR_PEOPLE
    namespace = view_name.rpartition(":")[0]
    return view_name not in OPEN and (view_name in GUARDED or f"{namespace}:" in GUARDED)
