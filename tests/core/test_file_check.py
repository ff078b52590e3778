"""Stored files are read again at night, step by step; what is damaged is told at once."""

from __future__ import annotations

import errno
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal.core import file_check
from portal.core.file_check import NothingReadable
from portal.core.files import store
from portal.core.models import FileCheck, StoredFile
from portal.core.trouble import StorageDown
from tests.race import race

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NIGHT = datetime(2026, 7, 1, 1, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def stored():
    return [store(ContentFile(f"文件 {number}".encode())) for number in range(3)]


def path_of(stored):
    return Path(default_storage.path(stored.path))


def step(at=NIGHT, *, seconds=60):
    """How many files have been read by then, and which of them were told now."""
    told = []
    check = file_check.step(lambda _check, found: told.extend(found), now=at, seconds=seconds)
    return check and check.files, told


@pytest.fixture
def unreadable(monkeypatch):
    """Names the files that the disk refuses."""
    refused = set()
    opened = default_storage.open

    def refuse(path, *mode):
        if path.rpartition("/")[2] in refused:
            raise OSError(errno.EIO, "Input/output error")
        return opened(path, *mode)

    monkeypatch.setattr(default_storage, "open", refuse)
    return lambda *files: refused.update(file.sha256 for file in files)


def test_each_step_goes_on_where_the_last_one_stopped(stored):
    found = [step(NIGHT + 5 * number * MINUTE, seconds=0)[0] for number in range(3)]

    assert found == [1, 2, 3]


def test_what_one_night_is_too_short_for_goes_on_in_the_next(stored):
    step(seconds=0)

    assert step(NIGHT + DAY)[0] == 3


@pytest.mark.parametrize(
    ("span", "is_read"),
    [(-timedelta(seconds=1), False), (timedelta(), True), (339 * MINUTE, True), (340 * MINUTE, False)],
)
def test_they_are_read_at_night(stored, span, is_read):
    assert (step(NIGHT + span)[0] is not None) == is_read


def test_once_a_night(stored):
    assert [step(NIGHT + after)[0] for after in (timedelta(), 10 * MINUTE, DAY)] == [3, None, 3]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one(stored):
    outcomes = race([step] * 4)

    assert sorted(str(read) for read, _told in outcomes) == ["3", "None", "None", "None"]


def test_a_worker_that_died_leaves_the_rest_to_the_next(stored):
    step(seconds=0)
    FileCheck.objects.update(lease_until=NIGHT + 9 * MINUTE)

    assert [step(NIGHT + minutes * MINUTE)[0] for minutes in (8, 9)] == [None, 3]


def test_damage_is_told_in_its_step(stored):
    path_of(stored[0]).write_bytes(b"changed")
    path_of(stored[1]).unlink()

    assert [step(NIGHT + 5 * number * MINUTE, seconds=0)[1] for number in range(3)] == [[stored[0]], [stored[1]], []]


def test_one_file_that_cannot_be_read_is_told_and_the_others_are_read(stored, unreadable):
    path_of(stored[2]).write_bytes(b"changed")
    unreadable(stored[1])

    assert step() == (3, [stored[1], stored[2]])


def test_the_only_file_there_is_told(stored):
    StoredFile.objects.exclude(pk=stored[0].pk).delete()
    path_of(stored[0]).unlink()

    assert step()[1] == [stored[0]]


def test_a_storage_that_is_down_says_nothing_about_its_files(stored, unreadable):
    unreadable(*stored)

    with pytest.raises(NothingReadable):
        step()


def test_nor_does_one_that_is_empty(stored):
    for each in stored:
        path_of(each).unlink()

    with pytest.raises(NothingReadable):
        step()


def test_once_it_is_back_the_same_file_is_read(stored, monkeypatch):
    with monkeypatch.context() as down:
        down.setattr(default_storage, "open", lambda *_given: (_ for _ in ()).throw(StorageDown()))
        with pytest.raises(NothingReadable):
            step()

    assert step(NIGHT + 5 * MINUTE) == (3, [])


def test_what_is_taken_away_meanwhile_is_not_damaged(stored, monkeypatch):
    def swept(each):
        StoredFile.objects.filter(pk=each.pk).delete()
        return False

    monkeypatch.setattr(file_check, "is_intact", swept)

    assert step()[1] == []
