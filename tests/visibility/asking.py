"""To ask a question as somebody, and to read the answer as the matrix counts it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

from django.conf import settings
from django.http.request import HttpHeaders
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, ClientHandler, encode_multipart

from tests.visibility.lines import ASKED, AWAY, EMPTY, LET_IN, MISSING, REFUSED, SHOWN

NOT_OFFERED = "not offered"
LOGIN = re.compile(r"(?:https?://[^/]+)?/(?:accounts|admin)/login/")
# What each response has of its own.
OWN = re.compile(
    rb'name="(?:csrfmiddlewaretoken|idempotency_key|key)" value="[^"]*"|nonce="[^"]*"|data-token="[^"]*"'
    rb'|"(?:csrfToken|token)": ?"[0-9A-Za-z]{64}"'
)
OWN_HEADERS = {"X-Request-Id", "Content-Security-Policy", "ETag", "Content-Length"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: bytes

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    def comparable(self, *sent: str) -> tuple[Any, ...]:
        """The same for two answers that nobody can tell apart. ``sent``: what the question itself brought along."""
        headers = {
            name: _without(value.encode(), sent) for name, value in self.headers.items() if name not in OWN_HEADERS
        }
        body = _unpacked(self.body) if self.body.startswith(b"PK") else OWN.sub(b"", self.body)
        return self.status, headers, self.cookies, "ETag" in self.headers, _without(body, sent)


def _unpacked(archive: bytes) -> bytes:
    """What is in it, but for when a workbook was saved."""
    with ZipFile(BytesIO(archive)) as found:
        return b"\n".join(
            name.encode() + b"\n" + found.read(name) for name in found.namelist() if name != "docProps/core.xml"
        )


class Door:
    """The portal's own chain of middleware and views, entered without the test client's book-keeping.

    It is asked tens of thousands of times: a client each, with copies of every template's context, would take
    longer than the answers.
    """

    def __init__(self) -> None:
        self.factory = RequestFactory()
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def ask(self, session: str, method: str, address: str, data: Any = None, **headers: str) -> Answer:
        path, _mark, query = address.partition("?")
        extra: dict[str, Any] = {"QUERY_STRING": quote(query, safe="=&%+"), **HttpHeaders.to_wsgi_names(headers)}
        if session:
            extra["HTTP_COOKIE"] = f"{settings.SESSION_COOKIE_NAME}={session}"
        content, kind = b"", "application/octet-stream"
        if method == "POST":
            content, kind = _encoded(path, data or {})
        request = self.factory.generic(method, path, content, kind, **extra)
        return _answer(self.handler(request.environ))


def _encoded(path: str, data: Any) -> tuple[bytes, str]:
    if path.startswith("/api/"):
        return json.dumps(data).encode(), "application/json"
    return encode_multipart(BOUNDARY, data), MULTIPART_CONTENT


def _answer(response: Any) -> Answer:
    body = response.getvalue()
    for close in response._resource_closers:
        close()
    return Answer(response.status_code, dict(response.items()), tuple(sorted(response.cookies)), body)


def outcome_of(answer: Answer, *, method: str, is_told: bool) -> str:
    """``is_told``: the answer has what the line is about."""
    if answer.status in {301, 302}:
        if LOGIN.match(answer.location):
            return ASKED
        return LET_IN if method == "POST" else AWAY
    known = {401: ASKED, 403: REFUSED, 404: MISSING, 405: NOT_OFFERED}
    if answer.status in known:
        return known[answer.status]
    if answer.status >= 500:
        return f"broken ({answer.status})"
    if method == "POST":
        return LET_IN
    return SHOWN if is_told else EMPTY


def _without(text: bytes, sent: tuple[str, ...]) -> bytes:
    for each in sorted(sent, key=len, reverse=True):
        for form in {each, quote(each), quote(each, safe=""), each.replace("&", "&amp;")}:
            text = text.replace(form.encode(), b"(sent)")
    return text
