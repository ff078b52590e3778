"""Anybody may ask whether a receipt is genuine. The answer tells what the receipt itself says, and no more."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.core.reading import note_reading
from submissions import asking
from submissions.enums import ReceiptRule, Verdict
from submissions.forms import ReceiptCheckForm
from submissions.services.receipts import check_receipt


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify_receipt(request: HttpRequest) -> HttpResponse:
    """Paste or upload the document; nothing of it is kept."""
    form, found = ReceiptCheckForm(request.POST or None, request.FILES or None), None
    if form.is_bound and form.is_valid():
        found = check_receipt(form.cleaned_data["given"])
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "is_genuine": found is not None and found.verdict == Verdict.GENUINE,
    }
    if found is not None and found.receipt:
        said = found.receipt
        context |= {
            "receipt": said,
            "rule": ReceiptRule(said["rule"]).label,
            "received_at": parse_datetime(said["received_at"]),
            "registered": [{**each, "until": parse_datetime(each["until"])} for each in said.get("registered", [])],
            "committed_at": parse_datetime(said["committed_at"]),
        }
    status = 400 if form.errors else 200
    return render(request, "submissions/verify_receipt.html", context, status=status)


@login_required
@never_cache
@require_safe
def receipt_document(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The signed receipt, to keep and to show to anybody."""
    found: Any = asking.receipt_of(request.user, public_id)
    if found is None or found.document is None:
        raise Http404
    version = found.version
    if not found.is_own:
        note_reading(version.submission, actor=request.user)
    body = json.dumps(found.document, ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    name = f"receipt-{version.submission.number}-v{version.number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
