"""How a competition screens: what is looked at, which reasons come up, whether a rejection takes two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from portal.core import audit
from portal.core.permissions import require
from submissions.models import ChecklistItem, ScreeningPlan, ScreeningReason
from tracks.models import Competition
from tracks.rules import is_organizer


@transaction.atomic
def save_plan(plan: ScreeningPlan, *, actor: Any) -> ScreeningPlan:
    """Begin one, or change what it says itself."""
    require(is_organizer, actor, plan.competition)
    plan.full_clean()
    is_new = plan.pk is None
    before = {} if is_new else _said(ScreeningPlan.objects.select_for_update(no_key=True).get(pk=plan.pk))
    plan.save()
    if is_new or before != _said(plan):
        audit.record("begin_plan" if is_new else "edit_plan", plan, actor=actor, before=before, after=_said(plan))
    return plan


@transaction.atomic
def edit_plan(
    plan: ScreeningPlan, *, actor: Any, saved: Iterable[Any] = (), removed: Iterable[Any] = ()
) -> ScreeningPlan:
    """Keep items and reasons as they are given. What was decided before keeps the words that it had."""
    require(is_organizer, actor, plan.competition)
    gone = [str(row) for row in removed if row.delete()]
    kept = list(saved)
    for row in kept:
        row.plan = plan
        row.full_clean()
        row.save()
    if kept or gone:
        audit.record("edit_plan", plan, actor=actor, after={"saved": [str(row) for row in kept], "removed": gone})
    return plan


def clone_plan(source: Competition, copy: Competition, *, actor: Any) -> None:
    """In the transaction in which the competition is copied."""
    plan = ScreeningPlan.objects.filter(competition=source).first()
    if plan is None:
        return
    items, reasons = list(plan.items.all()), list(plan.reasons.all())
    made = ScreeningPlan.objects.create(competition=copy, **_said(plan))
    for row in (*items, *reasons):
        row.pk, row.plan = None, made
    ChecklistItem.objects.bulk_create(items)
    ScreeningReason.objects.bulk_create(reasons)
    audit.record("begin_plan", made, actor=actor, after=_said(made))


def _said(plan: ScreeningPlan) -> dict[str, Any]:
    return {"needs_second_look": plan.needs_second_look, "correction_days": plan.correction_days}
