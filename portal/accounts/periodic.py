"""What beat asks for, and what takes a worker long."""

from __future__ import annotations

import logging

from celery import shared_task

from portal.accounts import policies, sessions
from portal.accounts.services import exports

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def sweep_exports() -> None:
    """Also begins what no worker has begun, or one that died."""
    exports.sweep_exports()
    make_next()


# A team's files are up to 5 GB, somebody in several teams has more, and the slowest storage gives 10 MB a second.
@shared_task(acks_late=True, ignore_result=True, soft_time_limit=3000, time_limit=3300)
def make_export(export_id: int) -> None:
    try:
        exports.make_export(export_id)
    finally:
        make_next()


def order(export_id: int) -> None:
    """Have a worker make it; raises when the broker can't be reached."""
    make_export.apply_async([export_id], retry=False)


def make_next() -> None:
    if (waiting := exports.next_export()) is not None:
        try:
            order(waiting)
        except Exception as error:  # noqa: BLE001 - each transport raises its own kind
            logger.warning("the broker can't be reached, the next sweep will do it: %s", error)


@shared_task(acks_late=True, ignore_result=True, soft_time_limit=3000, time_limit=3300)
def run_retention() -> None:
    for outcome in policies.run():
        if outcome.done or outcome.held:
            logger.warning("retention %s: %s ended, %s held", outcome.policy.name, outcome.done, outcome.held)


@shared_task(acks_late=True, ignore_result=True)
def clear_sessions() -> None:
    """Sessions that are over, and who had them from which address: of no use to anybody, whatever else is kept."""
    sessions.clear_expired()
    policies.run(only="ended_sessions")
