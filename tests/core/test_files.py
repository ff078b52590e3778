import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.utils import timezone

from portal.core import files, scrub
from portal.core.models import StoredFile

CONTENT = "作品".encode() * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def folder(db, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None},
        },
    }
    return tmp_path


def keep(content=CONTENT, **options):
    return files.store(ContentFile(content), **options)


def test_a_file_is_found_under_its_hash(folder):
    keep()

    assert (folder / "sha256" / SHA256[:2] / SHA256[2:4] / SHA256).read_bytes() == CONTENT


def test_the_row_holds_hash_and_size():
    stored = keep()

    assert (stored.sha256, stored.size) == (SHA256, len(CONTENT))


def test_the_same_bytes_are_kept_once():
    keep()
    keep()

    assert StoredFile.objects.count() == 1


def test_what_was_stored_is_read_back():
    with files.open_stored(keep()) as content:
        assert content.read() == CONTENT


def adopted(tmp_path):
    path = tmp_path / "arrived.part"
    path.write_bytes(CONTENT)
    return files.adopt(path)


def test_bytes_that_are_adopted_lie_in_their_place_before_there_is_a_row(folder):
    adopted(folder)

    placed = (folder / "sha256" / SHA256[:2] / SHA256[2:4] / SHA256).read_bytes()
    assert (placed, StoredFile.objects.count()) == (CONTENT, 0)


def test_what_was_adopted_counts_as_new_until_it_is_entered(folder):
    """However long it lay among the parts: whoever sweeps what has no row goes by its age."""
    path = folder / "arrived.part"
    path.write_bytes(CONTENT)
    os.utime(path, (0, 0))
    files.adopt(path)

    assert scrub.sweep_left_behind() == 0


def test_bytes_that_come_again_while_they_are_swept_stay(folder, monkeypatch):
    """They were listed as old and without a row; whoever brings them anew has found none either."""
    again = old_orphan(folder)
    listed = list(scrub._stored())
    files.adopt(folder / "arrived.part")
    monkeypatch.setattr(scrub, "_stored", lambda: listed)
    scrub.sweep_left_behind()

    assert files.is_intact(files.enter(again))


def test_the_sweep_after_that_takes_what_nobody_entered(folder):
    path = folder / old_orphan(folder).path
    scrub.sweep_left_behind()
    scrub.sweep_files(now=timezone.now() + timedelta(hours=25))

    assert (path.exists(), StoredFile.objects.count()) == (False, 0)


@pytest.mark.parametrize("left", [0, 10])
def test_bytes_that_were_cut_short_and_are_sent_again_have_their_whole_size(folder, left):
    orphan = folder / old_orphan(folder).path
    os.truncate(orphan, left)
    os.utime(orphan, (0, 0))
    scrub.sweep_left_behind()
    keep()

    assert StoredFile.objects.get().size == len(CONTENT)


def old_orphan(folder):
    stored = adopted(folder)
    os.utime(folder / stored.path, (0, 0))
    return stored


def test_the_same_bytes_entered_twice_have_one_row(folder):
    """Two who send the same have both found no row."""
    both = [adopted(folder), adopted(folder)]

    assert len({files.enter(each).pk for each in both} | {StoredFile.objects.get().pk}) == 1


def test_bytes_that_have_a_row_are_entered_as_they_are(folder):
    kept = keep()

    assert files.enter(adopted(folder)) == kept


def test_an_empty_file_is_refused():
    with pytest.raises(ValidationError):
        keep(b"")


def test_a_file_of_exactly_the_limit_is_kept():
    assert keep(limit=len(CONTENT)).size == len(CONTENT)


def test_one_byte_more_than_the_limit_is_refused():
    with pytest.raises(ValidationError):
        keep(limit=len(CONTENT) - 1)


def test_a_refused_file_leaves_nothing_behind(folder):
    with pytest.raises(ValidationError):
        keep(limit=1)

    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_file_whose_upload_breaks_off_leaves_nothing_behind(folder):
    class Broken(ContentFile):
        def chunks(self, chunk_size=None):
            yield CONTENT
            raise ConnectionError

    with pytest.raises(ConnectionError):
        files.store(Broken(CONTENT))

    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_an_untouched_file_is_intact():
    assert files.is_intact(keep())


def test_a_flipped_byte_is_noticed(folder):
    stored = keep()
    path = Path(default_storage.path(stored.path))
    path.write_bytes(b"!" + CONTENT[1:])

    assert not files.is_intact(stored)


def test_a_lost_file_says_so():
    stored = keep()
    default_storage.delete(stored.path)

    with pytest.raises(files.DamagedFile):
        files.open_stored(stored)


def test_a_storage_without_folders_holds_the_same_bytes(monkeypatch):
    remote = InMemoryStorage()
    monkeypatch.setattr(files, "default_storage", remote)

    stored = keep()

    with remote.open(stored.path) as content:
        assert content.read() == CONTENT
