"""What tests of the account pages share: people, their mails, and the cost of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.contrib.auth.hashers import get_hasher
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.notifications import relay
from tests.factories.accounts import PASSWORD

LOGIN, SIGNUP = reverse("account_login"), reverse("account_signup")
LINK = re.compile(r"http://localhost:8000(\S+)")
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@dataclass(frozen=True)
class Answer:
    """All of an answer that a stranger can measure."""

    status: int
    place: str
    body: bytes
    queries: int
    hashes: int


def letters() -> list[Any]:
    relay.drain()
    return mail.outbox


def link_in(letter: Any) -> str:
    return LINK.search(letter.body)[1]


def sign_in(client: Client, user: Any, password: str = PASSWORD, **extra: Any) -> HttpResponse:
    return client.post(LOGIN, {"login": user.email, "password": password}, **extra)


def signed_in(user: Any, **defaults: Any) -> Client:
    """Through the page itself, so that the session knows how and when."""
    client = Client(**defaults)
    sign_in(client, user)
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session and client.get(reverse("accounts:security")).status_code == 200


def answer_to(send: Callable[[], HttpResponse], *, known: str) -> Answer:
    """``known`` is the address that was sent: pages may repeat it, so it is left out of the comparison."""
    hasher = type(get_hasher())
    with (
        CaptureQueriesContext(connection) as queries,
        patch.object(hasher, "encode", autospec=True, side_effect=hasher.encode) as encode,
    ):
        response = send()
    body = TOKEN.sub(b"", response.content).replace(known.encode(), b"")
    return Answer(response.status_code, response.get("Location", ""), body, len(queries), encode.call_count)
