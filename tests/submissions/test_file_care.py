"""Files that nothing needs go; those that are kept are read again."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from portal.core import file_check
from portal.core.files import store
from portal.core.models import StoredFile
from portal.core.scrub import sweep_files
from portal.notifications.models import Outbox
from submissions import periodic
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import OrganizerFactory

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=25)
NIGHT = datetime(2026, 7, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def unused():
    return store(ContentFile(b"nobody refers to this"))


@pytest.fixture
def broken():
    entry = SubmissionFactory(submitted=True)
    stored = entry.attachments.get().file
    Path(default_storage.path(stored.path)).write_bytes(b"changed")
    return entry


def test_what_nothing_refers_to_is_gone_after_a_day(unused):
    sweep_files(now=timezone.now() + LATER)

    assert (StoredFile.objects.count(), default_storage.exists(unused.path)) == (0, False)


def test_what_was_stored_today_stays(unused):
    assert sweep_files() == 0


def test_what_an_entry_needs_stays():
    SubmissionFactory(submitted=True)

    assert sweep_files(now=timezone.now() + LATER) == 0


def test_what_is_stored_again_counts_as_new(unused):
    StoredFile.objects.update(created_at=timezone.now() - LATER)
    store(ContentFile(b"nobody refers to this"))

    assert sweep_files() == 0


@pytest.fixture
def night(time_machine):
    time_machine.move_to(NIGHT, tick=False)


@pytest.mark.usefixtures("night")
def test_those_who_run_the_contest_are_told_of_damage(broken):
    organizer = OrganizerFactory(competition=broken.team.competition)
    periodic.check_files()

    assert Outbox.objects.filter(payload__to=organizer.user.email, kind="mail").count() == 1


@pytest.mark.usefixtures("night")
def test_those_who_run_the_site_are_told_of_damage(broken):
    admin = UserFactory(is_superuser=True, is_staff=True)
    periodic.check_files()

    assert Outbox.objects.filter(payload__to=admin.email, kind="mail").count() == 1


@pytest.mark.usefixtures("night")
def test_what_is_found_later_in_the_night_is_told_as_well(broken, monkeypatch):
    Path(default_storage.path(store(ContentFile("另一个".encode())).path)).write_bytes(b"changed")
    admin = UserFactory(is_superuser=True, is_staff=True)
    monkeypatch.setattr(file_check, "SECONDS", 0)
    for _step in range(2):
        periodic.check_files()

    assert Outbox.objects.filter(payload__to=admin.email, kind="mail").count() == 2


@pytest.mark.usefixtures("night", "broken")
def test_that_nothing_can_be_read_is_told_once(unused):
    admin = UserFactory(is_superuser=True, is_staff=True)
    shutil.rmtree(Path(default_storage.location) / "sha256")
    for _step in range(2):
        periodic.check_files()

    assert [each.payload["subject"] for each in Outbox.objects.filter(payload__to=admin.email)] == ["文件存储无法读取"]
