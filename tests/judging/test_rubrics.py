from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from judging.models import Criterion
from judging.services import add_rubric, remove_criterion, rename_rubric, save_criterion
from portal.core.errors import Conflict
from tests.factories.judging import CriterionFactory, RoundFactory, RubricFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.judging.people import deeds_of

pytestmark = pytest.mark.django_db

CHANGES = {
    "rename": lambda rubric: rename_rubric(rubric, actor=None, name="新的"),
    "add": lambda rubric: save_criterion(CriterionFactory.build(rubric=rubric, position=9, name="新的"), actor=None),
    "change": lambda rubric: save_criterion(rubric.criteria.first(), actor=None),
    "remove": lambda rubric: remove_criterion(rubric.criteria.first(), actor=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("state", ["open", "closed", "published"])
def test_a_rubric_is_fixed_once_a_round_that_uses_it_has_opened(change, state):
    rubric = RoundFactory(**{state: True}).rubric

    with pytest.raises(Conflict):
        change(rubric)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_rubric_of_a_round_in_preparation_may_change(change):
    rubric = RoundFactory().rubric

    change(rubric)

    assert len(deeds_of(rubric)) == 1


def test_a_rubric_belongs_to_whoever_runs_its_competition():
    rubric = RubricFactory()

    with pytest.raises(PermissionDenied):
        rename_rubric(rubric, actor=OrganizerFactory().user, name="别人的")


def test_a_new_rubric_is_added():
    organizer = OrganizerFactory()

    rubric = add_rubric(organizer.competition, actor=organizer.user, name="决赛评分标准")

    assert (rubric.competition, rubric.name) == (organizer.competition, "决赛评分标准")


def test_a_rubric_without_a_name_is_refused():
    with pytest.raises(ValidationError):
        add_rubric(CompetitionFactory(), actor=None, name=" ")


@pytest.mark.parametrize("most", ["0", "-1"])
def test_a_criterion_gives_something(most):
    rubric = RubricFactory(criteria=[])

    with pytest.raises(ValidationError):
        save_criterion(Criterion(rubric=rubric, position=1, name="创新性", max_points=Decimal(most)), actor=None)


def test_a_total_that_no_column_could_hold_is_refused():
    rubric = RubricFactory(criteria=[])
    line = Criterion(rubric=rubric, position=1, name="创新性", max_points=Decimal("999.99"), weight=Decimal("999.99"))

    with pytest.raises(ValidationError):
        save_criterion(line, actor=None)
