"""Pages about one's own account that allauth has none for: the hub, the way to a second factor, another mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_at_login
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

WAITING_PAGE = "second_factor_waiting_page"


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Everything about one's account, each with what it stands at."""
    user: Any = request.user
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "address_count": EmailAddress.objects.filter(user=user).count(),
        "has_app": Authenticator.Type.TOTP in kinds,
        "passkey_count": kinds.count(Authenticator.Type.WEBAUTHN),
        "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "session_count": UserSession.objects.filter(user=user).count(),
    }
    return render(request, "accounts/security.html", context)


@never_cache
@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why a second factor is asked for, and the two ways to one. What was asked for waits in the session."""
    page = _own_page(request.GET.get("next"))
    if page:
        request.session[WAITING_PAGE] = page
    if not getattr(request.user, "lacks_second_factor", False):
        return go_on(request)
    return render(request, "accounts/second_factor.html", {"page": page})


@login_required
@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """Back to the page that asked for a second factor."""
    page = _own_page(request.session.pop(WAITING_PAGE, ""))
    return HttpResponseRedirect(page) if page else redirect("accounts:security")


@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Another mail to whoever has just registered in this browser; limited as the first one is."""
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    if stage is None:
        return redirect("account_login")
    if not send_verification_email_at_login(request, stage.login):
        messages.warning(request, _("A mail has just been sent. Please wait a minute before you ask for another."))
    return redirect("account_email_verification_sent")


def _own_page(url: str | None) -> str:
    return url if url and get_adapter().is_safe_url(url) else ""
