"""A person's own data: take a copy along, or close the account."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.enums import ExportStatus
from portal.accounts.forms import CloseForm
from portal.accounts.models import DataExport
from portal.accounts.personal_data import KEEPERS
from portal.accounts.services import closing, exports
from portal.accounts.views.own import own
from portal.core import service


@own
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What can be done with one's own data, and the copies that are there or being made."""
    rows = DataExport.objects.visible_to(request.user).order_by("-pk")
    # While one is being made no other is asked for, so it is the newest.
    newest = rows.first()
    context = {
        "running": newest if newest and newest.status == ExportStatus.REQUESTED else None,
        "failed": newest if newest and newest.status == ExportStatus.FAILED else None,
        "ready": rows.downloadable(timezone.now()).first(),
        "sections": [section.title for keeper in KEEPERS for section in keeper.sections],
    }
    return render(request, "accounts/data.html", context)


@own
@require_POST
def export_request(request: HttpRequest) -> HttpResponse:
    service.require_spare()
    user: Any = request.user
    exports.request_export(user, actor=user)
    messages.success(request, _("Your copy is being made. You get a mail when it is ready."))
    return redirect("accounts:data")


@own
@require_safe
@reauthentication_required
def export(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The copy itself: for whom it is about, while it is kept."""
    rows = DataExport.objects.visible_to(request.user).select_related("user")
    found = get_object_or_404(rows, public_id=public_id)
    if request.method == "HEAD":
        return HttpResponse(content_type="application/zip")
    content = exports.open_export(found, actor=request.user)
    name = f"personal-data-{timezone.localtime(found.requested_at):%Y%m%d}.zip"
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")
    response["Content-Length"] = found.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@own
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(allow_get=True)
def close(request: HttpRequest) -> HttpResponse:
    """First what is deleted, what stays and why; then, confirmed by whoever owns the account, the end of it."""
    user: Any = request.user
    form = CloseForm(request.POST or None)
    duties, status = closing.open_duties(user), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                closing.close_account(user, actor=user)
            except closing.DutiesOpen as refusal:
                duties, status = list(refusal.duties), 409
            else:
                logout(request)
                return redirect("accounts:closed")
    context = {"form": form, "duties": duties, "kept": closing.what_stays(user)}
    return render(request, "accounts/close.html", context, status=status)


@never_cache
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/closed.html")
