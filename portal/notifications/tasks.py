from __future__ import annotations

import logging

from celery import shared_task

from portal.notifications import relay
from portal.notifications.bell import Bell

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True, soft_time_limit=90, time_limit=110)
def drain_outbox() -> None:
    if relay.drain():
        ring()


def ring() -> None:
    """Tell a worker that the outbox has something. If the broker is away, the sweep finds it later."""
    _bell.ring()


def _pull() -> None:
    try:
        drain_outbox.apply_async(retry=False)
    except Exception as error:  # noqa: BLE001 - each transport raises its own kind
        logger.warning("the broker can't be reached, the sweep will do it: %s", error)


_bell = Bell(_pull)
