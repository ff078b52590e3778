"""The world is built once for all tests, in a transaction that is rolled back; each test in one of its own inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from tests.visibility.world import World, build
from tests.visibility.world.building import NOW

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[Any]) -> None:
    """In whatever order modules come, these come one after the other: building a world takes longer than to ask it."""
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="package")
def built(django_db_setup: None, django_db_blocker: pytest.DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        world = build()
        # Once for all: what is still to be checked here would be checked again at the end of each test, because the
        # end of a test undoes that it was.
        connection.check_constraints()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield built
