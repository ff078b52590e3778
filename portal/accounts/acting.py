"""A site admin acts for somebody else: to see what they see and to help. Both persons stand in the audit trail.

The session is django-hijack's. It lasts an hour, ends with the admin's own right, and leaves alone what is a person's
very own: their account, and their judgement as a judge.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core import audit
from portal.core.audit import ACCESS
from portal.core.context import current_real_actor
from portal.core.people import is_site_admin

HISTORY, SINCE = "hijack_history", "acting_since"
LONGEST = timedelta(hours=1)
ACCOUNT = "/accounts/"
# What one may open below that address all the same.
ALLOWED = {"account_logout", "dashboards:stop_acting", "dashboards:activity"}


# Apps above say when the first of two must not see what the second does.
CONFLICTS: list[Callable[[Any, Any], bool]] = []


def may_act_for(*, hijacker: Any, hijacked: Any) -> bool:
    """A site admin for anybody but another site admin, and whom a conflict of interest keeps them from."""
    return may_be_acted_for(hijacker, hijacked) and not has_conflict(hijacker, hijacked)


def may_be_acted_for(hijacker: Any, hijacked: Any) -> bool:
    """But for conflicts of interest."""
    return bool(is_site_admin(hijacker) and hijacked and hijacked.is_active and not hijacked.is_superuser)


def has_conflict(hijacker: Any, hijacked: Any) -> bool:
    return any(conflicts(hijacker, hijacked) for conflicts in CONFLICTS)


def begun(person: User, *, real_actor: User, reason: str) -> None:
    audit.record("act_for", person, actor=real_actor, reason=reason, scope=ACCESS)


def ended(person: User, *, real_actor_id: int) -> None:
    real_actor = User.objects.filter(pk=real_actor_id).first()
    audit.record("stop_acting", person, actor=real_actor, scope=ACCESS)


class ActingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        history = request.session.get(HISTORY) if has_session else None
        if not history:
            return self.get_response(request)
        token = current_real_actor.set(int(history[0]))
        try:
            real_actor = User.objects.filter(pk=history[0], is_active=True, is_superuser=True).first()
            # Asked each time: since it began, one may have joined a team, the other been appointed.
            if real_actor is None or not _is_fresh(request) or has_conflict(real_actor, request.user):
                logout(request)
                return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
            request.real_actor = real_actor  # type: ignore[attr-defined]
            return self.get_response(request)
        finally:
            current_real_actor.reset(token)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not hasattr(request, "real_actor") or not _is_about_account(request):
            return None
        message = _("While you act for somebody, their account is not yours to look at or to change.")
        return render(request, "403.html", {"message": message}, status=403)


def _is_fresh(request: HttpRequest) -> bool:
    since = request.session.setdefault(SINCE, timezone.now().timestamp())
    return bool(timezone.now().timestamp() - since < LONGEST.total_seconds())


def _is_about_account(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None or match.view_name in ALLOWED:
        return False
    is_own_page = match.view_name.startswith("accounts:") and request.method not in {"GET", "HEAD", "OPTIONS"}
    return request.path.startswith(ACCOUNT) or is_own_page
