"""What a request carries along: its id for log and audit trail, who really acts, the site's name for templates."""

from __future__ import annotations

from contextvars import ContextVar
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")
# The key of the site admin who acts for whoever is signed in; None when people act for themselves.
current_real_actor: ContextVar[int | None] = ContextVar("current_real_actor", default=None)


def site(request: HttpRequest) -> dict[str, Any]:
    from portal.core import service  # models: they are not there yet when the settings name this file's variables

    return {
        "site_name": settings.SITE_NAME,
        "mail_sender": _address_in(settings.DEFAULT_FROM_EMAIL),
        "icp_number": settings.ICP_NUMBER,
        "police_number": settings.POLICE_NUMBER,
        "embedded": settings.EMBEDDED,
        "service": SimpleLazyObject(service.state),
        "real_actor": getattr(request, "real_actor", None),
        "mailbox_url": "/mailbox/" if settings.MAILBOX_DIR else "",
    }


@cache
def _address_in(sender: str) -> str:
    return parseaddr(sender)[1]
