"""What a token lets through: one place for every view, so that none has to think of it.

A token narrows what its person may do. Who they are decides what there is (``visible_to``); then the token cuts that
down to its competition, and to reading. Views say by ``competition_path`` how their rows lead to the competition;
one that doesn't say answers no token that is bound to one.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class WithinToken(BasePermission):
    """For everybody; whoever comes with a token, within what it allows."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token: Any = request.auth
        if token is None:
            return True
        if not token.can_write and not _reads(request, view):
            raise PermissionDenied(_("This token may only read."))
        if token.competition_id is not None and not (_path(view) or getattr(view, "holds_no_rows", False)):
            raise PermissionDenied(_("This token is for one competition only, and this address is not about one."))
        return True


def competition_of(request: Request) -> int | None:
    """The one that the token of ``request`` is for; None where it is for all, or there is none."""
    found: int | None = getattr(request.auth, "competition_id", None)
    return found


def narrowed(rows: QuerySet[Any], request: Request, view: Any) -> QuerySet[Any]:
    """The rows that the token of ``request`` is for; all of them where there is none. Every queryset passes here."""
    competition = competition_of(request)
    return rows if competition is None else rows.filter(**{_path(view): competition})


def _path(view: Any) -> str:
    return getattr(view, "competition_path", "")


def _reads(request: Request, view: Any) -> bool:
    """Some reading comes as a POST, because what it asks with is too long for an address."""
    action = getattr(view, "action", None)
    return request.method in SAFE_METHODS or action in getattr(view, "reading_actions", ())
