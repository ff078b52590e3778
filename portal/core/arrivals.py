"""When a request arrived: what our own proxy saw, not when its turn came here."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)

STAMP = re.compile(r"t=([0-9]{10})\.([0-9]{3})")
# A clock that is this much ahead of ours, or a stamp that is this old, is wrong and counts for nothing.
AHEAD, OLDEST = timedelta(seconds=2), timedelta(minutes=30)


def arrived_at(request: HttpRequest, now: datetime) -> datetime:
    """The proxy's stamp where one of ours stands in front, else ``now``; never later than ``now``.

    The proxy writes it over whatever the client says (deploy/nginx.conf), before the body has come.
    """
    found = STAMP.fullmatch(request.headers.get("X-Request-Start", "")) if settings.TRUSTED_PROXY_COUNT else None
    if found is None:
        return now
    stamp = datetime.fromtimestamp(int(found[1]), UTC) + timedelta(milliseconds=int(found[2]))
    if stamp - now > AHEAD or now - stamp > OLDEST:
        logger.warning("the proxy's clock says %s, ours %s: ours counts", stamp, now)
        return now
    return min(stamp, now)
