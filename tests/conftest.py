import os
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from portal.core.catalogues import compile_catalogues
from tests.append_only import let_tests_flush
from tests.invariants import broken_now, is_asked_about
from tests.migrated import let_sqlite_copy

# Playwright runs an event loop in the test's own thread; Django would take every query for an async one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A busy machine is no counterexample. The examples are the same ones in each run of the suite, so that a rare one does
# not hold up whoever has changed something else; --hypothesis-profile=explore looks at others.
hypothesis_settings.register_profile("same", deadline=None, derandomize=True)
hypothesis_settings.register_profile("explore", deadline=None)
hypothesis_settings.load_profile("same")


def pytest_configure() -> None:
    let_tests_flush()
    let_sqlite_copy()
    for folder in settings.LOCALE_PATHS:
        compile_catalogues(folder)


@pytest.fixture(autouse=True)
def _as_it_was_spoken() -> Iterator[None]:
    """A request leaves its language behind in its thread, where the next test would find it."""
    spoken = translation.get_language()
    yield
    translation.activate(spoken or settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()
    if apps.ready:
        # Rolled back, a form's number is given again to another.
        import_module("submissions.asked").forget()
        import_module("submissions.services.receipts").forget()
        if comparing := sys.modules.get("submissions.services.near_comparing"):
            comparing.forget()


@pytest.fixture(autouse=True)
def _books_hold(request: pytest.FixtureRequest, _django_db_helper: None) -> Iterator[None]:
    """What a test leaves behind keeps every invariant that can be asked of it, before it is rolled back.

    ``makeshift("why")`` spares a test, or a file of them, whose rows were put together such that they can't.
    """
    yield
    if is_asked_about(request):
        assert broken_now() == []


def pytest_unconfigure() -> None:
    if settings.configured:
        shutil.rmtree(settings.VAR_DIR, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when in {"setup", "call"} and not report.passed:
        item.has_failed = True
    return report
