from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from judging.enums import CertificateStatus
from judging.models import Certificate
from judging.services.certificates import is_delayed, retry_certificate
from portal.core.serving import serve_stored
from portal.core.text import tidy_file_name

RETRY_SECONDS = 10


@require_safe
@never_cache
def verify_certificate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Anyone who holds a certificate may ask whether it is genuine; its random id is what the QR code carries."""
    handed_out = Certificate.objects.exclude(status=CertificateStatus.REQUESTED)
    certificate = (
        handed_out.filter(public_id=public_id).select_related("award__publication__round__competition").first()
    )
    context = {
        "certificate": certificate,
        "award": certificate.award if certificate else None,
        "competition": certificate.award.publication.round.competition if certificate else None,
        "is_genuine": certificate is not None and certificate.status == CertificateStatus.ISSUED,
    }
    response = render(request, "judging/verify.html", context, status=200 if certificate else 404)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@login_required
def certificate(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The PDF for those who may have it, or where it has got to."""
    found = _find(request, public_id)
    if found.status == CertificateStatus.ISSUED and found.file is not None:
        name = tidy_file_name(f"{found.serial} {found.award.project.replace('/', '-')}.pdf")
        return serve_stored(found.file, name)
    is_revoked = found.status == CertificateStatus.REVOKED
    context = {
        "certificate": found,
        "award": found.award,
        "competition": found.award.publication.round.competition,
        "is_revoked": is_revoked,
        "is_delayed": is_delayed(found),
    }
    response = render(request, "judging/certificate.html", context, status=410 if is_revoked else 202)
    response["Cache-Control"] = "private, no-store"
    if not is_revoked:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


@require_POST
@login_required
def retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    retry_certificate(_find(request, public_id), actor=request.user)
    return redirect("judging:certificate", public_id)


def _find(request: HttpRequest, public_id: UUID) -> Certificate:
    visible = Certificate.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("file", "award__publication__round__competition"), public_id=public_id
    )
