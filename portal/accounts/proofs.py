"""An address that a mailed link has proved before there is an account: whoever registers by it need not prove it again.

The proof counts on the way back to the page that gave it and nowhere else, for an hour, in one session.
"""

from __future__ import annotations

import time

from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest

KEY = "proven_address"
VALID_FOR = 3600


def remember_proof(request: HttpRequest, address: str, *, page: str) -> None:
    """``address`` got the mail whose link leads to ``page``, and whoever holds this session has opened it."""
    request.session[KEY] = {"address": address, "page": page, "until": time.time() + VALID_FOR}


def proven_address(request: HttpRequest) -> str:
    proof = request.session.get(KEY)
    if not proof or proof["until"] < time.time() or get_next_redirect_url(request) != proof["page"]:
        return ""
    return str(proof["address"])


def use_proof(request: HttpRequest) -> str:
    """The proven address, once."""
    address = proven_address(request)
    request.session.pop(KEY, None)
    return address
