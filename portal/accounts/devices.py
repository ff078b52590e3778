"""Browsers that somebody has signed in with before. Strangers' wrong guesses don't count against them.

A browser keeps a signed cookie with an id of its own and a mark for each address that signed in there. The mark
follows from the address alone, so looking whether a browser is known asks no database and tells nothing about who
has an account.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

SALT = "portal.accounts.device"
KEPT = timedelta(days=365)
MOST_PEOPLE = 8


def known_device(request: HttpRequest, address: str) -> str:
    """The id of this browser if ``address`` has signed in with it; otherwise nothing."""
    device = _read(request)
    return str(device["id"]) if _mark(address) in device["marks"] else ""


def remember_device(request: HttpRequest, response: HttpResponse, *addresses: str) -> None:
    device = _read(request)
    marks = list(dict.fromkeys([*(_mark(address) for address in addresses), *device["marks"]]))[:MOST_PEOPLE]
    if marks == device["marks"]:
        return
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"id": device["id"], "marks": marks}, salt=SALT),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        device: dict[str, Any] = signing.loads(request.COOKIES[settings.DEVICE_COOKIE_NAME], salt=SALT, max_age=KEPT)
    except (KeyError, signing.BadSignature):
        return {"id": secrets.token_hex(8), "marks": []}
    return device


def _mark(address: str) -> str:
    return salted_hmac(SALT, address, algorithm="sha256").hexdigest()[:20]
