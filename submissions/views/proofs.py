"""What a team has given and got: its files, its receipts."""

from __future__ import annotations

import uuid
from threading import BoundedSemaphore
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.core import service
from portal.core.pdf import PdfUnavailable
from portal.core.reading import note_reading
from portal.core.serving import serve_stored
from portal.notifications import mail
from submissions import asking, documents
from submissions.models import Attachment, Receipt
from submissions.reading import note_outsider

DRAWING = BoundedSemaphore(1)


@login_required
@never_cache
@require_safe
def receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    found: Any = asking.receipt_to_show(request.user, public_id)
    if found is None:
        raise Http404
    version, entry = found.version, found.version.submission
    if not found.is_own:
        note_reading(entry, actor=request.user)
    context = {
        "receipt": found,
        "verify_address": mail.address(reverse("submissions:verify_receipt")),
        "version": version,
        "followed": version.registered.exclude(attachment=None).order_by("pk") if found.registered else [],
        "submission": entry,
        "competition": entry.team.competition,
        "topic": found.topic,
        "receipts": asking.receipts_of(entry),
    }
    return render(request, "submissions/receipt.html", context)


@login_required
@never_cache
@require_safe
def receipt_pdf(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The receipt on paper, drawn when it is asked for; one at a time in a process, so that no rush fills them all."""
    found = get_object_or_404(_receipts(request.user), public_id=public_id)
    version = found.version
    service.require_spare()
    note_outsider(request.user, version.submission, version.submission.team)
    if not DRAWING.acquire(blocking=False):
        return _not_now(request, _("Many receipts are being drawn just now. Please try again in a few seconds."))
    try:
        drawn = documents.receipt_pdf(found)
    except PdfUnavailable as error:
        return _not_now(request, str(error))
    finally:
        DRAWING.release()
    response = HttpResponse(drawn, content_type="application/pdf")
    name = f"receipt-{version.submission.number}-v{version.number}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_safe
def attachment(request: HttpRequest, public_id: uuid.UUID, name: str) -> HttpResponseBase:
    """The gate: a file leaves only through here, under the name it has and to whom it is visible."""
    rows = Attachment.objects.visible_to(request.user).select_related("file", "submission__team")
    found = get_object_or_404(rows, public_id=public_id)
    if name != found.name:
        raise Http404
    note_outsider(request.user, found.submission, found.submission.team, "download")
    return serve_stored(found.file, found.name, asked=request)


def _receipts(user: Any) -> Any:
    entry = "version__submission"
    return Receipt.objects.visible_to(user).select_related(
        f"{entry}__team__organization",
        f"{entry}__team__competition",
        "version__submitted_by",
    )


def _not_now(request: HttpRequest, message: str) -> HttpResponse:
    response = render(request, "503.html", {"message": message}, status=503)
    response["Retry-After"] = "5"
    return response
