"""The world is built once a module, in a transaction that is rolled back; each test in one of its own inside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction

from tests.visibility.world import World, build
from tests.visibility.world.building import NOW


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield built
