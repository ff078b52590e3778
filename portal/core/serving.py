"""How stored files leave: as downloads that no browser mistakes for a page of ours."""

from __future__ import annotations

import logging

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from portal.core.files import DamagedFile, open_stored
from portal.core.models import StoredFile

logger = logging.getLogger(__name__)

BLOCK = 64 * 1024
PDF = "application/pdf"
DOWNLOAD_POLICY = "sandbox; default-src 'none'"
# Not every browser shows a PDF in a sandbox. A PDF is no page of ours either way: its type is fixed, not sniffed.
INLINE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


def serve_stored(stored: StoredFile, name: str, *, inline: bool = False) -> HttpResponseBase:
    """Stream ``stored`` under ``name``, as a download; ``inline`` shows a PDF inside one of our own pages.

    Whoever calls has already checked that the viewer may have it.
    """
    is_pdf = name.lower().endswith(".pdf")
    try:
        content = open_stored(stored)
    except DamagedFile:
        logger.exception("stored file %s can't be read", stored.sha256)
        return HttpResponse(_("This file can't be read at present."), status=503, content_type="text/plain")
    shown = inline and is_pdf
    response = FileResponse(
        content,
        as_attachment=not shown,
        filename=name,
        content_type=PDF if is_pdf else "application/octet-stream",
    )
    response.block_size = BLOCK
    response["Content-Length"] = stored.size
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = INLINE_POLICY if shown else DOWNLOAD_POLICY
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response
