import os
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache

from portal.core.catalogues import compile_catalogues
from tests.append_only import let_tests_flush

# Playwright runs an event loop in the test's own thread; Django would take every query for an async one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure() -> None:
    let_tests_flush()
    for folder in settings.LOCALE_PATHS:
        compile_catalogues(folder)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()
    if apps.ready:
        # Rolled back, a form's number is given again to another.
        import_module("submissions.asked").forget()
        if comparing := sys.modules.get("submissions.services.near_comparing"):
            comparing.forget()


def pytest_unconfigure() -> None:
    if settings.configured:
        shutil.rmtree(settings.VAR_DIR, ignore_errors=True)
