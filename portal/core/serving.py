"""How stored files leave: as downloads that no browser mistakes for a page of ours."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from portal.core.files import DamagedFile, open_stored
from portal.core.models import StoredFile
from portal.core.ranges import Unsatisfiable, asked_range
from portal.core.text import tidy_file_name

logger = logging.getLogger(__name__)

BLOCK = 64 * 1024
SIGNED_SECONDS = 300
# Where nginx, and nobody else, finds the stored files; see deploy/nginx.conf.
INTERNAL = "/stored-files/"
PDF = "application/pdf"
DOWNLOAD_POLICY = "sandbox; default-src 'none'"
# Not every browser shows a PDF in a sandbox. A PDF is no page of ours either way: its type is fixed, not sniffed.
INLINE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


def serve_stored(
    stored: StoredFile, name: str, *, inline: bool = False, asked: HttpRequest | None = None
) -> HttpResponseBase:
    """Send ``stored`` under ``name``, as a download; ``inline`` shows a PDF inside one of our own pages.

    Whoever calls has already checked that the viewer may have it. With ``asked`` a part of it may be asked for, and
    the bytes may be left to whoever stands in front, a download's to the storage too (FILES_SENT_BY).
    """
    name = tidy_file_name(name)
    shown = inline and name.lower().endswith(".pdf")
    try:
        response = _response(stored, name, asked, shown=shown)
    except DamagedFile:
        logger.exception("stored file %s can't be read", stored.sha256)
        return HttpResponse(_("This file can't be read at present."), status=503, content_type="text/plain")
    response["Content-Disposition"] = content_disposition_header(as_attachment=not shown, filename=name) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = INLINE_POLICY if shown else DOWNLOAD_POLICY
    if shown:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _response(stored: StoredFile, name: str, asked: HttpRequest | None, *, shown: bool) -> HttpResponseBase:
    content_type = _type_of(name)
    if asked is not None and settings.FILES_SENT_BY == "nginx":
        return HttpResponse(headers={"X-Accel-Redirect": f"{INTERNAL}{stored.path}", "Content-Type": content_type})
    # A frame of ours shows nothing from another host (frame-src), and the storage would send none of our headers.
    if asked is not None and settings.FILES_SENT_BY == "storage" and not shown:
        return _signed(stored, name, content_type)
    try:
        span = asked_range(asked.headers.get("Range"), stored.size) if asked is not None else None
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    content = _opened(stored)
    source: Any = content if span is None else Piece(content, *span)
    response = FileResponse(source, content_type=content_type)
    response.block_size = BLOCK
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = stored.size
    if span is not None:
        response.status_code = 206
        response["Content-Length"] = span[1] - span[0] + 1
        response["Content-Range"] = f"bytes {span[0]}-{span[1]}/{stored.size}"
    return response


def _opened(stored: StoredFile) -> File[Any]:
    content = open_stored(stored)
    if content.size != stored.size:
        content.close()
        raise DamagedFile(stored.sha256)
    return content


def _signed(stored: StoredFile, name: str, content_type: str) -> HttpResponseBase:
    """An address at the storage that opens this one file, as a download, for a short time."""
    told = {
        "ResponseContentDisposition": content_disposition_header(as_attachment=True, filename=name),
        "ResponseContentType": content_type,
    }
    storage: Any = default_storage
    return HttpResponseRedirect(storage.url(stored.path, parameters=told, expire=SIGNED_SECONDS))


def _type_of(name: str) -> str:
    """Of what a browser shows or plays without running anything; everything else is bytes."""
    ending = name.lower().rpartition(".")[2]
    return {"pdf": PDF, "mp4": "video/mp4"}.get(ending, "application/octet-stream")


class Piece:
    """The bytes from ``first`` to ``last`` of an open file."""

    def __init__(self, content: File[Any], first: int, last: int):
        self.content, self.left = content, last - first + 1
        content.seek(first)

    def read(self, size: int = -1) -> bytes:
        block: bytes = self.content.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(block)
        return block

    def close(self) -> None:
        self.content.close()


def serve_chunks(chunks: Iterable[bytes], name: str, *, content_type: str) -> HttpResponseBase:
    """Send what is made while it is sent, as a download."""
    response = StreamingHttpResponse(chunks, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response
