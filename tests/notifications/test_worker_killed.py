"""A worker that dies between submit and mail: on the broker at hand, Redis or the one without a server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.core.processes import die_with_parent
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from portal.notifications.tasks import drain_outbox
from submissions.services import submit
from tests.factories.submissions import AttachmentFactory, SubmissionFactory, TeamMemberFactory, captain_of
from tests.notifications.post_office import PostOffice, post_office

pytestmark = pytest.mark.database

PATIENCE = 60


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def start_worker(transactional_db, office) -> Iterator[Callable[[], subprocess.Popen]]:
    """Starts real Celery workers on this test's database and broker; all are gone afterwards."""
    started: list[subprocess.Popen] = []
    command = ["-W", "ignore", "-m", "celery", "--app", "portal", "worker", "--concurrency", "1", "--loglevel", "ERROR"]

    def start() -> subprocess.Popen:
        worker = subprocess.Popen(
            [sys.executable, *command, "--without-gossip", "--without-mingle"],
            cwd=settings.BASE_DIR,
            env={**os.environ, **environment(office)},
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        started.append(worker)
        return worker

    yield start
    for worker in started:
        kill(worker)


def environment(office: PostOffice) -> dict[str, str]:
    database = connection.settings_dict
    where = f"{database['USER']}:{database['PASSWORD']}@{database['HOST'] or 'localhost'}:{database['PORT']}"
    is_sqlite = connection.vendor == "sqlite"
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": f"sqlite:///{database['NAME']}" if is_sqlite else f"postgres://{where}/{database['NAME']}",
        "PORTAL_VAR": str(settings.VAR_DIR),
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "CACHE_URL": f"filecache://{settings.VAR_DIR}/cache",
        "EMAIL_URL": office.url,
    }


def kill(worker: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def let_leases_run_out() -> None:
    """As if two minutes had gone by; then the sweep comes, as beat sends it."""
    Outbox.objects.filter(status=OutboxStatus.WAITING).update(lease_until=timezone.now(), available_at=timezone.now())
    drain_outbox.delay()


@pytest.fixture
def entry(transactional_db):
    """A complete draft of a team of three."""
    submission = SubmissionFactory()
    AttachmentFactory(submission=submission)
    TeamMemberFactory.create_batch(2, team=submission.team)
    return submission


def addresses(submission) -> list[str]:
    return sorted(submission.team.members.values_list("user__email", flat=True))


def test_a_killed_worker_loses_no_mail(entry, office, start_worker):
    worker = start_worker()
    submit(entry, actor=captain_of(entry.team), expected_version=entry.draft_version)
    office.callers.get(timeout=PATIENCE)
    kill(worker)
    office.is_open.set()

    start_worker()
    let_leases_run_out()
    arrived = sorted(office.letters.get(timeout=PATIENCE) for _each in addresses(entry))

    assert arrived == addresses(entry)


def test_what_was_submitted_while_no_worker_ran_is_mailed_later(entry, office, start_worker):
    office.is_open.set()
    submit(entry, actor=captain_of(entry.team), expected_version=entry.draft_version)
    start_worker()

    arrived = sorted(office.letters.get(timeout=PATIENCE) for _each in addresses(entry))

    assert arrived == addresses(entry)
