"""Nothing is forgotten: every route has a line in the matrix, every model is guarded, every word has its readers."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from django.apps import apps

from tests.visibility.matrix import FAMILIES, LINES
from tests.visibility.matrix.models import UNGUARDED
from tests.visibility.matrix.readers import READERS, readers_of
from tests.visibility.routes import ROUTES

HOW = """These routes have no line in tests/visibility/matrix/, so nobody has said who may use them:

{routes}

Add a line to the table of their app, such as
    get("app:name", "submitted.public_id", "submitted.title", shown=TEAM_A | RUN_1)
    post("app:name", "submitted.public_id", let_in=TEAM_A, refused=RUN_1 - TEAM_A)
    *admin("app.model", "row_of_the_world", "a.canary", see=RUN)
or, for pages of a library about nobody but whoever asks, a Family("prefix_*", "why"). docs/visibility.md says more."""


def test_every_route_is_in_the_matrix():
    named = {line.route for line in LINES}
    patterns = [family.pattern for family in FAMILIES]

    forgotten = [
        f"    {route.name}  ({route.pattern})"
        for route in ROUTES.all
        if route.name not in named and not any(fnmatchcase(route.name, pattern) for pattern in patterns)
    ]
    assert not forgotten, HOW.format(routes="\n".join(forgotten))


def test_the_matrix_speaks_of_no_route_that_is_gone():
    assert sorted({line.route for line in LINES} - ROUTES.by_name.keys()) == []


def test_every_family_has_a_member():
    names = ROUTES.by_name
    assert [each.pattern for each in FAMILIES if not any(fnmatchcase(name, each.pattern) for name in names)] == []


def test_every_model_is_guarded():
    """With ``visible_to``, or listed in ``matrix/models.py`` with the reason why it needs none."""
    unguarded = [
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if not hasattr(model._default_manager.all(), "visible_to")
    ]
    assert sorted(unguarded) == sorted(UNGUARDED)


@pytest.mark.database
def test_every_word_has_its_readers(world):
    for label in world.canaries.labels.values():
        readers_of(label)


@pytest.mark.database
def test_every_line_about_readers_is_about_a_word(world):
    labels = set(world.canaries.labels.values())
    assert [pattern for pattern, _who in READERS if not any(fnmatchcase(label, pattern) for label in labels)] == []
