from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest


def arrived(request: HttpRequest) -> datetime:
    """When the request came in, by the server's clock; middleware has stamped it."""
    return request.received_at  # type: ignore[attr-defined]
