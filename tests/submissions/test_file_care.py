"""Files that nothing needs go; those that are kept are read again."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from portal.core import file_check
from portal.core.files import store
from portal.core.models import StoredFile
from portal.core.scrub import sweep_files
from portal.notifications.models import Outbox
from submissions import asking, periodic
from submissions.services.files import attach_file, sweep_given_up
from submissions.services.quota import used_by
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf, upload
from tests.factories.submissions import LateAttemptFactory, SubmissionFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import submit
from tests.submissions.test_registered_files import CONTENT, allow, register

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


# Files of drafts


def replace(entry, *, by):
    return attach_file(entry, actor=captain_of(entry.team), upload=upload(f"{by}.pdf", pdf(by)))


def swept(entry):
    """Which files of the entry are there after a day."""
    sweep_given_up(now=timezone.now() + LATER)
    return [file.name for file in entry.attachments.order_by("pk")]


def test_a_file_that_was_replaced_before_it_was_handed_in_goes_with_its_bytes():
    entry = SubmissionFactory()
    first = replace(entry, by="v1")
    replace(entry, by="v2")

    assert swept(entry) == ["v2.pdf"]
    sweep_files(now=timezone.now() + LATER)
    assert (StoredFile.objects.count(), default_storage.exists(first.file.path)) == (1, False)


def test_it_stays_for_a_day():
    entry = SubmissionFactory()
    replace(entry, by="v1")
    replace(entry, by="v2")

    assert sweep_given_up(now=timezone.now() + timedelta(hours=23)) == 0


def test_what_a_version_has_stays():
    entry = SubmissionFactory()
    replace(entry, by="v1")
    submit(entry)
    replace(entry, by="v2")

    assert swept(entry) == ["v1.pdf", "v2.pdf"]


def test_what_was_handed_in_late_stays():
    entry = SubmissionFactory()
    attachment = replace(entry, by="v1")
    LateAttemptFactory(submission=entry).attachments.add(attachment)
    replace(entry, by="v2")

    assert swept(entry) == ["v1.pdf", "v2.pdf"]


def test_what_came_in_the_place_of_a_registered_file_stays():
    entry = allow(SubmissionFactory())
    register(entry)
    attach_file(entry, actor=captain_of(entry.team), upload=upload("v1.pdf", CONTENT))
    replace(entry, by="v2")

    assert swept(entry) == ["v1.pdf", "v2.pdf"]


@pytest.mark.makeshift("a version gets a file that its receipt doesn't name")
def test_what_is_handed_in_at_the_same_moment_stays(monkeypatch):
    """It had been taken out, and came back into something that was handed in before the sweep got hold of the entry."""
    entry = SubmissionFactory(submitted=True)
    gone = replace(entry, by="v1")
    replace(entry, by="v2")
    look = asking.locked_draft()
    counted = mock.Mock()
    counted.first.side_effect = lambda **given: (entry.versions.get().attachments.add(gone), look.first(**given))
    monkeypatch.setattr(asking, "locked_draft", lambda: counted)

    assert gone.name in swept(entry)


def test_what_was_replaced_leaves_room_for_others(settings):
    entry = SubmissionFactory()
    size = len(pdf("v1"))
    settings.TEAM_QUOTA = 2 * size
    for by in ("v1", "v2", "v3"):
        replace(entry, by=by)

    assert used_by(entry.team_id, besides=(entry, "proposal")) == size


def test_sending_and_taking_out_again_fills_no_disk(settings):
    entry = SubmissionFactory()
    settings.TEAM_QUOTA = 2 * len(pdf("v1"))
    for by in ("v1", "v2", "v3", "v4"):
        replace(entry, by=by)

    with pytest.raises(ValidationError):
        replace(entry, by="v5")
