"""How long each kind of data is kept: apps register policies, site admins set the days, a nightly run keeps to them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.models import RetentionRule
from portal.accounts.models.retention import LONGEST
from portal.core import audit
from portal.core.people import Person, is_site_admin
from portal.core.permissions import require

logger = logging.getLogger(__name__)

BATCH = 200


@dataclass(frozen=True)
class Policy:
    """``due(cutoff)`` are the rows that have been kept for too long; ``end(row)`` ends one of them."""

    name: str
    title: Any
    # From when the days are counted, and what then happens.
    explanation: Any
    # ``None`` keeps for ever until a site admin says otherwise.
    days: int | None
    due: Callable[[datetime], QuerySet[Any]]
    end: Callable[[Any], None]
    # No site admin can set fewer days.
    least: int = 0

    def days_under(self, rule: RetentionRule) -> int | None:
        """How long these rows are kept; a rule from before there was a least period keeps to it as well."""
        return None if rule.days is None else max(rule.days, self.least)


@dataclass(frozen=True)
class Outcome:
    policy: Policy
    days: int | None
    due: int
    done: int = 0
    # Rows that something else still needs, or that could not be ended; the log says of those why.
    held: int = 0


POLICIES: dict[str, Policy] = {}


def register(policy: Policy) -> None:
    POLICIES[policy.name] = policy


def rules() -> dict[str, RetentionRule]:
    """Each policy's row, made with its default where there is none yet."""
    missing = POLICIES.keys() - set(RetentionRule.objects.values_list("name", flat=True))
    RetentionRule.objects.bulk_create(
        [RetentionRule(name=name, days=POLICIES[name].days) for name in sorted(missing)], ignore_conflicts=True
    )
    return {rule.name: rule for rule in RetentionRule.objects.filter(name__in=POLICIES)}


@transaction.atomic
def set_days(name: str, days: int | None, *, actor: Person | None) -> RetentionRule:
    require(is_site_admin, actor)
    least = POLICIES[name].least
    if days is not None and not least <= days <= LONGEST:
        words = _("Please write a number of days from %(least)s to %(most)s.")
        raise ValidationError({name: words % {"least": least, "most": LONGEST}})
    rule = RetentionRule.objects.select_for_update(no_key=True).get(pk=rules()[name].pk)
    if rule.days == days:
        return rule
    before, rule.days = rule.days, days
    rule.save(update_fields=["days"])
    audit.record("set_retention", rule, actor=actor, before={"days": before}, after={"name": name, "days": days})
    return rule


def report(now: datetime | None = None) -> list[tuple[RetentionRule, Outcome]]:
    """What a run would do now."""
    now, known = now or timezone.now(), rules()
    return [(known[name], _count(policy, known[name], now)) for name, policy in POLICIES.items()]


def run(now: datetime | None = None, *, only: str = "") -> list[Outcome]:
    """End what has been kept for too long, row by row: a run that is cut short has done what it has done.

    ``only`` names one policy; the others have another time.
    """
    now, known = now or timezone.now(), rules()
    return [_run(policy, known[name], now) for name, policy in POLICIES.items() if only in {"", name}]


def _count(policy: Policy, rule: RetentionRule, now: datetime) -> Outcome:
    days = policy.days_under(rule)
    due = 0 if days is None else policy.due(now - timedelta(days=days)).count()
    return Outcome(policy, days, due)


def _run(policy: Policy, rule: RetentionRule, now: datetime) -> Outcome:
    days = policy.days_under(rule)
    if days is None:
        return Outcome(policy, None, 0)
    cutoff, after, done, held = now - timedelta(days=days), 0, 0, 0
    while batch := list(policy.due(cutoff).filter(pk__gt=after).order_by("pk")[:BATCH]):
        # Before they are deleted, which takes their keys from them.
        after = batch[-1].pk
        for row in batch:
            ended = _end(policy, row)
            done, held = done + ended, held + (not ended)
    changes = {"last_run_at": now, "last_count": done}
    RetentionRule.objects.filter(pk=rule.pk).update(**changes)
    if done:
        audit.record("retention", rule, actor=None, after={"name": policy.name, "count": done, "days": days})
    return Outcome(policy, days, done + held, done, held)


def _end(policy: Policy, row: Any) -> bool:
    try:
        with transaction.atomic():
            policy.end(row)
    except (ProtectedError, Held):
        return False
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        # Whatever ails this row, those behind it and the other policies have their turn.
        logger.exception("retention %s: row %s could not be ended", policy.name, row.pk)
        return False
    return True


class Held(Exception):
    """Something still needs this row."""
