"""What a request carries along: its id for the log and the audit trail, the site's name for templates."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "icp_number": settings.ICP_NUMBER,
        "police_number": settings.POLICE_NUMBER,
        "embedded": settings.EMBEDDED,
        "mailbox_url": "/mailbox/" if settings.MAILBOX_DIR else "",
    }
