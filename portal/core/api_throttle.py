"""How many requests a minute the API answers: counted for each token, person or address, by all processes together."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.core.clients import client_address

logger = logging.getLogger(__name__)

WINDOW = 60


class MinuteThrottle(BaseThrottle):
    """Whole minutes, so that counting is one step that no two requests can take at once.

    When the cache is away nobody is turned back: what the API shows is public or the person's own, and a contest that
    can't count is better than one that can't be read. Sign-ins are limited elsewhere, and there it is the other way.
    """

    remaining = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        most = settings.API_REQUESTS_A_MINUTE
        now = time.time()
        self.remaining = WINDOW - now % WINDOW
        return most == 0 or self._count(f"api:{_whose(request)}:{int(now // WINDOW)}") <= most

    def wait(self) -> float:
        # Rounded up by one: who comes at the very second that was told finds the next minute begun.
        return self.remaining + 1

    def _count(self, key: str) -> int:
        try:
            cache.add(key, 0, timeout=2 * WINDOW)
            return int(cache.incr(key))
        except ValueError:
            # It was thrown out between the two steps.
            return 1
        except Exception as error:  # noqa: BLE001 - each cache raises its own kind
            logger.warning("requests can't be counted: %s", type(error).__name__)
            return 0


def _whose(request: Request) -> str:
    token: Any = request.auth
    if token is not None:
        return f"token:{token.public_id}"
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    return f"address:{client_address(request._request)}"  # noqa: SLF001 - DRF's own request wraps Django's
