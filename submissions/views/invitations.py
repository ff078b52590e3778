from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.lookup import owner_of
from portal.accounts.proofs import remember_proof
from portal.core.addresses import normal_address
from portal.core.errors import Conflict
from submissions import rules, services
from submissions.links import is_signed
from submissions.models import Invitation
from submissions.texts import masked


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, public_id: uuid.UUID, signature: str = "") -> HttpResponse:
    """Who invites into what. Looking at it accepts nothing: that takes a POST by whoever owns the address."""
    has_link = bool(signature) and is_signed(public_id, signature)
    if not has_link and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    # Whoever holds the mailed link may read it, whoever they are.
    visible = Invitation.objects.all() if has_link else Invitation.objects.visible_to(request.user)
    rows = visible.select_related("team__competition", "team__organization", "invited_by")
    found = get_object_or_404(rows, public_id=public_id)
    if request.method == "POST" and "register" in request.POST and has_link:
        return _register(request, found)
    if request.method == "POST":
        return _accept(request, found)
    return _show(request, found)


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int, public_id: uuid.UUID) -> HttpResponse:
    rows = Invitation.objects.visible_to(request.user).select_related("team").filter(team=pk)
    revoked = services.revoke_invitation(get_object_or_404(rows, public_id=public_id), actor=request.user)
    messages.success(request, _("The invitation to %(email)s has been revoked.") % {"email": revoked.email})
    return redirect(revoked.team)


def _register(request: HttpRequest, found: Invitation) -> HttpResponse:
    """To the form, with the address filled in: the link went there, so whoever holds it has proved to own it."""
    if request.user.is_authenticated or _state(found, request.received_at) != "pending":  # type: ignore[attr-defined]
        return _show(request, found, status=409)
    here, address = request.get_full_path(), normal_address(found.email)
    if owner_of(address) is not None:
        messages.info(request, _("This address has an account already. Please sign in with it."))
        return redirect_to_login(here)
    remember_proof(request, address, page=here)
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': here})}")


def _accept(request: HttpRequest, found: Invitation) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    try:
        now = request.received_at  # type: ignore[attr-defined]
        member = services.accept_invitation(found, actor=request.user, now=now)
    except Conflict as error:
        found.refresh_from_db()
        return _show(request, found, status=409, conflict=error.message)
    except PermissionDenied as error:
        # Whoever doesn't own the address reads that on the page anyway.
        is_acting = hasattr(request, "real_actor")
        return _show(request, found, status=403, conflict=str(error) if is_acting else None)
    messages.success(request, _("You are now a member of “%(team)s”.") % {"team": member.team})
    return redirect(member.team)


def _show(request: HttpRequest, found: Invitation, *, status: int = 200, conflict: object = None) -> HttpResponse:
    user: Any = request.user
    context = {
        "invitation": found,
        "competition": found.team.competition,
        "state": _state(found, request.received_at),  # type: ignore[attr-defined]
        "is_mine": user.is_authenticated and rules.owns_address(user, found.email),
        "is_member": user.is_authenticated and rules.is_member(user, found.team),
        "address": masked(found.email),
        "here": request.get_full_path(),
        "conflict": conflict,
    }
    return render(request, "submissions/invitation.html", context, status=status)


def _state(found: Invitation, now: datetime) -> str:
    if found.accepted_at:
        return "accepted"
    if found.revoked_at or not found.invited_by.is_active:
        return "revoked"
    return "pending" if found.is_pending(now) else "expired"
