"""What beat asks for."""

from __future__ import annotations

import logging

from celery import shared_task

from portal.accounts import policies
from portal.accounts.services import exports

logger = logging.getLogger(__name__)


@shared_task(acks_late=True, ignore_result=True)
def sweep_exports() -> None:
    exports.sweep_exports()


@shared_task(acks_late=True, ignore_result=True, soft_time_limit=3000, time_limit=3300)
def run_retention() -> None:
    for outcome in policies.run():
        if outcome.done or outcome.held:
            logger.warning("retention %s: %s ended, %s held", outcome.policy.name, outcome.done, outcome.held)
