"""Resumable uploads by tus 1.0: core, creation, termination, expiration, checksum. https://tus.io/protocols/resumable-upload

For the session of a person and for tokens that may write; everybody sees what they send themselves.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Never

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.core import parts
from portal.core.api_access import WithinToken, competition_of, narrowed
from portal.core.places import Places
from submissions import asking, services
from submissions.enums import UploadState
from submissions.models import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
SUMS: dict[str, Callable[[], Any]] = {"sha256": hashlib.sha256}
CHUNK_TYPE = "application/offset+octet-stream"
# Larger than any file that a form may ask for; a form's own limit is checked as well.
LARGEST = 500 * 1024**2
LONGEST_METADATA = 4096
MOST_SHOWN = 100
# Slow lines hold a thread as long as they send; some threads stay free for whoever submits.
PLACES = Places(settings.MOST_UPLOADS_AT_ONCE)


class Refusal(exceptions.APIException):
    def __init__(self, code: int, name: str, words: str):
        self.status_code = code
        super().__init__(words, name)


class StreamParser(BaseParser):
    """The body stays where it is until the view reads it."""

    media_type = CHUNK_TYPE

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return stream


class SignedIn(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated)


class TusView(APIView):
    """What every answer of the protocol carries, and every request has to."""

    permission_classes = [SignedIn, WithinToken]
    parser_classes = [StreamParser]
    competition_path = "submission__team__competition"
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        asks = request.method in {"POST", "HEAD", "PATCH", "DELETE"}
        if asks and request.headers.get("Tus-Resumable") != VERSION:
            words = _("This address speaks tus %(version)s.") % {"version": VERSION}
            raise Refusal(status.HTTP_412_PRECONDITION_FAILED, "tus_version", words)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        if response.status_code == status.HTTP_412_PRECONDITION_FAILED:
            response["Tus-Version"] = VERSION
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        told = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(LARGEST)}
        return Response(status=204, headers={**told, "Tus-Checksum-Algorithm": ",".join(SUMS)})


class UploadsView(TusView):
    def get(self, request: Request) -> Response:
        """What is on its way, and what became of it in the last day: of whoever asks."""
        rows = Upload.objects.visible_to(request.user).select_related("attachment").order_by("-pk")
        return Response({"results": [_told(each) for each in narrowed(rows, request, self)[:MOST_SHOWN]]})

    def post(self, request: Request) -> Response:
        """Begin one: ``Upload-Length``, and ``filename``, ``entry`` and ``slot`` in ``Upload-Metadata``."""
        size = _number(request, "Upload-Length")
        said = _metadata(request.headers.get("Upload-Metadata", ""))
        entry = asking.to_attach(request.user, _uuid(said.get("entry", "")), within=competition_of(request))
        if entry is None:
            raise Http404
        begun = services.begin_upload(
            entry, actor=request.user, slot=said.get("slot", ""), name=said.get("filename", ""), size=size,
            now=request.received_at,  # type: ignore[attr-defined]
        )  # fmt: skip
        at = request.build_absolute_uri(reverse("upload", args=[begun.public_id]))
        return Response(status=201, headers={"Location": at, "Upload-Offset": "0", **_expiry(begun)})


class UploadView(TusView):
    def head(self, request: Request, public_id: uuid.UUID) -> Response:
        upload = self._found(request, public_id)
        headers = {"Upload-Offset": str(_offset(upload)), "Upload-Length": str(upload.size)}
        return Response(status=200, headers={**headers, **_expiry(upload)})

    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """For pages: how far it is, what it became, or why it didn't."""
        rows = Upload.objects.visible_to(request.user).select_related("attachment")
        return Response(_told(get_object_or_404(narrowed(rows, request, self), public_id=public_id)))

    def patch(self, request: Request, public_id: uuid.UUID) -> Response:
        # Some clients leave the type away where there is no content.
        if request.content_type != CHUNK_TYPE and (request.content_type or request.stream is not None):
            raise exceptions.UnsupportedMediaType(request.content_type or "")
        offset = _number(request, "Upload-Offset")
        digest, expected = _sum(request.headers.get("Upload-Checksum"))
        upload = self._found(request, public_id)
        _require_alive(upload)
        end = upload.size
        if upload.state == UploadState.OPEN:
            with PLACES.taken(_("Many files are arriving just now. This one goes on in a few seconds."), retry_after=2):
                end = _taken(upload, request, offset, digest, expected)
        elif offset != end:
            _clash(end)
        return Response(status=204, headers={"Upload-Offset": str(end), **_expiry(upload)})

    def delete(self, request: Request, public_id: uuid.UUID) -> Response:
        upload = self._found(request, public_id)
        services.give_up(upload, actor=request.user)
        return Response(status=204)

    def _found(self, request: Request, public_id: uuid.UUID) -> Upload:
        found = asking.upload_of(request.user, public_id, within=competition_of(request))
        if found is None:
            raise Http404
        return found


def _taken(upload: Upload, request: Request, offset: int, digest: Any, expected: bytes) -> int:
    try:
        # Nothing follows the headers of an empty chunk: it asks to finish what has arrived.
        source: Any = request.stream or _Nothing()
        end = services.take_chunk(upload, source, offset=offset, digest=digest, expected=expected)
        if end == upload.size:
            # Whose last piece began to come in time is in time, however long it had to wait.
            services.finish_upload(upload, actor=request.user, now=request.received_at)  # type: ignore[attr-defined]
    except parts.Busy:
        raise Refusal(status.HTTP_423_LOCKED, "busy", _("Somebody is sending this file already.")) from None
    except parts.WrongOffset as error:
        _clash(error.offset)
    except parts.TooMuch:
        words = _("More was sent than the %(size)s bytes that were announced.") % {"size": upload.size}
        raise Refusal(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_much", words) from None
    except services.WrongSum:
        raise Refusal(460, "checksum", _("The chunk was damaged on its way. Please send it again.")) from None
    except (FileNotFoundError, Upload.DoesNotExist):
        # Given up, swept, or its sender has left the team meanwhile.
        raise Http404 from None
    return end


class _Nothing:
    def read(self, size: int = -1) -> bytes:
        return b""


def _clash(offset: int) -> Never:
    words = _("The file goes on at byte %(offset)s.") % {"offset": offset}
    raise Refusal(status.HTTP_409_CONFLICT, "offset", words)


def _offset(upload: Upload) -> int:
    if upload.state == UploadState.DONE:
        return upload.size
    _require_alive(upload)
    length = parts.length_of(upload.public_id)
    if length is None:
        raise Http404
    return length


def _told(upload: Upload) -> dict[str, Any]:
    arrived = {UploadState.DONE: upload.size, UploadState.REFUSED: 0}.get(UploadState(upload.state))
    return {
        "id": upload.public_id,
        "name": upload.name,
        "size": upload.size,
        "offset": (parts.length_of(upload.public_id) or 0) if arrived is None else arrived,
        "state": upload.state,
        "reason": upload.refusal,
        "file": upload.attachment.get_absolute_url() if upload.attachment else None,
    }


def _require_alive(upload: Upload) -> None:
    if upload.state == UploadState.REFUSED:
        raise Refusal(status.HTTP_410_GONE, "refused", upload.refusal)
    if upload.state == UploadState.OPEN and upload.expires_at <= timezone.now():
        raise Refusal(status.HTTP_410_GONE, "expired", _("This upload was begun too long ago. Please choose it again."))


def _expiry(upload: Upload) -> dict[str, str]:
    when: datetime = upload.expires_at.astimezone(UTC)
    return {"Upload-Expires": http_date(when.timestamp())}


def _number(request: Request, header: str) -> int:
    given = request.headers.get(header, "")
    if not (given.isascii() and given.isdigit() and len(given) <= 15):
        raise ValidationError({header: [_("A whole number of bytes is needed here.")]})
    return int(given)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _metadata(header: str) -> dict[str, str]:
    """``filename 5L2c5ZOB,entry …``: keys, and values in Base64."""
    if len(header) > LONGEST_METADATA:
        raise ValidationError({"Upload-Metadata": [_("This is too long.")]})
    said: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _space, value = pair.partition(" ")
        try:
            said[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            raise ValidationError({"Upload-Metadata": [_("Values are UTF-8 in Base64.")]}) from None
    return said


def _sum(header: str | None) -> tuple[Any, bytes]:
    if header is None:
        return None, b""
    name, _space, value = header.partition(" ")
    try:
        return SUMS[name](), base64.b64decode(value, validate=True)
    except (KeyError, ValueError):
        raise ValidationError({"Upload-Checksum": [_("A SHA-256 in Base64 is needed here.")]}) from None
