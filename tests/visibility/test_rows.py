"""Each queryset that hides rows, asked by itself as everybody: it gives the rows of matrix/rows.py, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from tests.visibility.actors import ACTORS
from tests.visibility.matrix.rows import ALL, VISIBLE

pytestmark = pytest.mark.django_db
# Their rows are made by their own apps' tests.
NOT_IN_THE_WORLD = {
    *("submissions.AnswerRevision", "submissions.FormSlot", "submissions.EntryFormVersion"),
    *("submissions.Inspection", "tracks.FormerAddress", "accounts.Agreement"),
}


def row(world, path: str) -> Any:
    found = world.find(path)
    return found() if callable(found) else found


@pytest.mark.parametrize(("model", "method"), list(ALL), ids=str)
def test_rows_are_given_to_whom_they_are_meant_for(world, model, method):
    expected = ALL[model, method]
    rows = {row(world, path).pk: path for path in expected}
    manager = apps.get_model(model)._default_manager

    given: dict[str, set[str]] = {path: set() for path in expected}
    for actor in ACTORS:
        found = getattr(manager.all(), method)(world.person(actor)).filter(pk__in=rows)
        for pk in found.values_list("pk", flat=True):
            given[rows[pk]].add(actor)

    assert given == {path: set(who) for path, who in expected.items()}


def test_every_model_that_hides_rows_is_asked():
    hiding = {model._meta.label for model in apps.get_models() if hasattr(model._default_manager.all(), "visible_to")}
    assert hiding - NOT_IN_THE_WORLD == set(VISIBLE)
