"""Rubrics are the organizers' to write until a round that uses one has opened; from then on they are fixed."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from judging.enums import RoundStatus
from judging.models import Criterion, Round, Rubric
from judging.services.locking import lock_rubric
from portal.core import audit
from portal.core.errors import Conflict
from portal.core.people import Person
from portal.core.permissions import require
from tracks.models import Competition
from tracks.rules import is_organizer

MOST_TOTAL = Decimal(1000)


def is_in_use(rubric: Rubric) -> bool:
    """Some round that measures by it has opened."""
    return Round.objects.filter(rubric=rubric).exclude(status=RoundStatus.PLANNED).exists()


@transaction.atomic
def add_rubric(competition: Competition, *, actor: Person | None, name: str) -> Rubric:
    require(is_organizer, actor, competition)
    rubric = Rubric(competition=competition, name=name)
    rubric.full_clean()
    rubric.save()
    audit.record("add", rubric, actor=actor, after={"name": name})
    return rubric


@transaction.atomic
def rename_rubric(rubric: Rubric, *, actor: Person | None, name: str) -> Rubric:
    before = rubric.name
    rubric = _editable(rubric, actor)
    rubric.name = name
    rubric.full_clean()
    rubric.save(update_fields=["name"])
    audit.record("rename", rubric, actor=actor, before={"name": before}, after={"name": name})
    return rubric


@transaction.atomic
def save_criterion(criterion: Criterion, *, actor: Person | None) -> Criterion:
    """Add or change a line of a rubric."""
    rubric = _editable(criterion.rubric, actor)
    criterion.full_clean()
    criterion.save()
    _refuse_too_much(rubric)
    audit.record("save_criterion", rubric, actor=actor, after=_facts(criterion))
    return criterion


@transaction.atomic
def remove_criterion(criterion: Criterion, *, actor: Person | None) -> Rubric:
    rubric = _editable(criterion.rubric, actor)
    audit.record("remove_criterion", rubric, actor=actor, before=_facts(criterion))
    criterion.delete()
    return rubric


def _editable(rubric: Rubric, actor: Person | None) -> Rubric:
    require(is_organizer, actor, rubric.competition)
    rubric = lock_rubric(rubric.pk)
    if is_in_use(rubric):
        raise Conflict(_("A round that uses this rubric has opened. It can no longer be changed."))
    return rubric


def _refuse_too_much(rubric: Rubric) -> None:
    if sum(each.max_points * each.weight for each in rubric.criteria.all()) > MOST_TOTAL:
        raise ValidationError(_("A rubric may add up to %(most)s points at most."), params={"most": MOST_TOTAL})


def _facts(criterion: Criterion) -> dict[str, object]:
    return {
        "position": criterion.position,
        "name": criterion.name,
        "max_points": str(criterion.max_points),
        "weight": str(criterion.weight),
    }
