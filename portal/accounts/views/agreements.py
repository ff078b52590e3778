"""The texts themselves, what somebody has accepted, and the page that asks for what is new."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.enums import AgreementKind
from portal.accounts.models import Agreement, Consent
from portal.accounts.services import agreements
from portal.accounts.views.own import own

# What stands at /privacy/… .
ADDRESSES = {
    "notice": AgreementKind.PRIVACY_NOTICE,
    "agreement": AgreementKind.USER_AGREEMENT,
    "document-number": AgreementKind.DOCUMENT_NUMBER,
}


@require_safe
def text(request: HttpRequest, name: str = "notice") -> HttpResponse:
    """One of the portal's own texts, in the version that holds, with the way to earlier ones."""
    kind = ADDRESSES[name]
    shown = agreements.current(kind)
    earlier = Agreement.objects.visible_to(request.user, now=timezone.now()).filter(series__kind=kind)
    context = {
        "agreement": shown,
        "kind": kind,
        "versions": earlier.defer("body", "body_en", "changes", "changes_en").order_by("-version") if shown else [],
        "is_current": True,
    }
    return render(request, "accounts/agreement.html", context)


@require_safe
def version(request: HttpRequest, series: str, number: int) -> HttpResponse:
    """A certain version: a public one, or one that whoever asks has accepted."""
    rows = Agreement.objects.visible_to(request.user, now=timezone.now()).select_related("series")
    shown = get_object_or_404(rows, series__slug=series, version=number)
    newest = agreements.current_of(shown.series)
    context = {"agreement": shown, "kind": AgreementKind(shown.series.kind), "is_current": newest == shown}
    return render(request, "accounts/agreement.html", context)


@own
@require_safe
def accepted(request: HttpRequest) -> HttpResponse:
    """What this person has accepted and when, and what withdrawing means."""
    user: Any = request.user
    rows = Consent.objects.filter(user=user).select_related("agreement__series").order_by("-accepted_at", "-pk")
    return render(request, "accounts/consents.html", {"consents": rows})


@own
@require_http_methods(["GET", "HEAD", "POST"])
def due(request: HttpRequest) -> HttpResponse:
    """Between two pages: what is new, to be read and accepted; then on to where the person was going."""
    user: Any = request.user
    next_url = get_next_redirect_url(request) or "/"
    asked = agreements.due_for(user)
    missing = False
    if request.method == "POST":
        ticked = agreements.chosen(asked, request.POST.getlist("accept"))
        agreements.accept(user, ticked)
        # What came into force while the page was open is asked for as well.
        asked = agreements.due_for(user)
        missing = bool(asked)
        if not missing:
            messages.success(request, _("Thank you. You can look up what you have accepted under “Personal data”."))
    if not asked:
        return redirect(next_url)
    context = {
        "agreements": Agreement.objects.filter(pk__in=[each.pk for each in asked]).select_related("series"),
        "known": set(user.consents.values_list("agreement__series", flat=True)),
        "next": next_url,
        "missing": missing,
    }
    return render(request, "accounts/agreements_due.html", context, status=400 if missing else 200)
