from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from tests.factories.tracks import CompetitionFactory
from tracks.models import Competition

migration = import_module("tracks.migrations.0005_certificate_prefix_once")


@pytest.fixture
def _shared_prefixes(transactional_db):
    """As they could be before the constraint."""
    options = Competition._meta
    kept = options.constraints
    (constraint,) = (each for each in kept if each.name == "competition_certificate_prefix_once")
    # SQLite makes the table anew with what the model says.
    options.constraints = [each for each in kept if each is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Competition, constraint)
    yield
    options.constraints = kept
    Competition.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Competition, constraint)


@pytest.mark.usefixtures("_shared_prefixes")
def test_competitions_that_shared_a_prefix_get_one_each():
    for prefix in ("SC-2026", "SC-2026", "SC-2026-2", "SC-2026"):
        CompetitionFactory(certificate_prefix=prefix)

    migration.give_each_its_own(apps, SimpleNamespace(connection=connection))

    prefixes = Competition.objects.order_by("pk").values_list("certificate_prefix", flat=True)
    assert list(prefixes) == ["SC-2026", "SC-2026-3", "SC-2026-2", "SC-2026-4"]
