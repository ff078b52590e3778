"""A full disk, one that can no longer be written, or a cut line: nothing half-stored, and it goes on afterwards."""

import errno
import io
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, transaction

from portal.core import files, parts
from portal.core.models import StoredFile
from submissions.models import Answer, Attachment, Upload
from submissions.services import uploads
from tests.factories.files import pdf, upload
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.submissions.people import client_for, said, typed
from tests.submissions.test_uploads import begin, offset_of, send

pytestmark = pytest.mark.django_db
CONTENT = pdf("full", pages=3)
WORDS = "磁盘满的时候也要存下来。"


@pytest.fixture
def entry(settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files"), "base_url": None},
        },
    }
    return SubmissionFactory()


@pytest.fixture
def captain(entry):
    return client_for(captain_of(entry.team))


@pytest.fixture
def begun(captain, entry):
    return begin(captain, entry, size=len(CONTENT))["Location"]


def refusing(number):
    def refuse(*_args, **_options):
        raise OSError(number, "refused")

    return refuse


@contextmanager
def room_for(size):
    """No file grows beyond this: the kernel refuses, as it does on a full disk, after writing what it can."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def full_disk(monkeypatch):
    """A place where files find room for a hundred bytes."""
    write = parts._write

    def limited(part, block):
        with room_for(100):
            write(part, block)

    @contextmanager
    def full():
        with monkeypatch.context() as patched:
            patched.setattr(parts, "_write", limited)
            yield

    return full


def test_a_disk_that_fills_up_in_the_middle_of_a_chunk_is_told(captain, begun, full_disk):
    with full_disk():
        assert send(captain, begun, CONTENT).status_code == 507


def test_what_found_room_is_kept_and_the_rest_follows_when_there_is_some(captain, entry, begun, full_disk):
    with full_disk():
        send(captain, begun, CONTENT)
    offset = int(offset_of(captain, begun))
    send(captain, begun, CONTENT[offset:], offset=offset)

    assert (offset, files.is_intact(Attachment.objects.get(submission=entry).file)) == (100, True)


@pytest.mark.parametrize("step", ["hardlink_to", "replace"])
def test_a_disk_that_fills_up_in_the_last_step_leaves_no_file_by_halves(captain, entry, begun, monkeypatch, step):
    with monkeypatch.context() as full:
        full.setattr(Path, step, refusing(errno.ENOSPC))
        answer = send(captain, begun, CONTENT)

    stored = [path for path in Path(files.default_storage.location).rglob("*") if path.is_file()]
    assert (answer.status_code, stored, Attachment.objects.count(), StoredFile.objects.count()) == (507, [], 0, 0)


@pytest.mark.parametrize("step", ["hardlink_to", "replace"])
def test_the_last_step_can_be_done_again(captain, begun, monkeypatch, step):
    with monkeypatch.context() as full:
        full.setattr(Path, step, refusing(errno.ENOSPC))
        send(captain, begun, CONTENT)

    assert send(captain, begun, b"", offset=len(CONTENT)).status_code == 204
    assert files.is_intact(Attachment.objects.get().file)


def test_a_disk_without_reserve_takes_no_new_file(captain, entry, monkeypatch):
    monkeypatch.setattr(parts, "free", lambda: parts.RESERVE + len(CONTENT) - 1)
    answer = begin(captain, entry, size=len(CONTENT))

    assert (answer.status_code, Upload.objects.count()) == (507, 0)


def test_where_no_part_can_be_made_no_row_is_left(captain, entry, monkeypatch):
    monkeypatch.setattr(parts, "create", refusing(errno.ENOSPC))
    answer = begin(captain, entry, size=len(CONTENT))

    assert (answer.status_code, Upload.objects.count()) == (507, 0)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EIO])
def test_a_folder_that_can_no_longer_be_written_is_a_503(captain, begun, monkeypatch, number):
    monkeypatch.setattr(parts, "_write", refusing(number))
    answer = send(captain, begun, CONTENT)

    assert (answer.status_code, "草稿" in answer.json()["error"]["message"]) == (503, True)


def save_by_page(captain, entry):
    return captain.post(entry.get_absolute_url(), typed(entry, abstract=WORDS, file=upload()))


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EACCES, 503)])
def test_the_page_says_it_at_the_slot(captain, entry, monkeypatch, number, status):
    monkeypatch.setattr(files.Path, "replace", refusing(number))
    answer = save_by_page(captain, entry)

    assert (answer.status_code, ["草稿" in words for words in answer.context["page"].slots[0].errors]) == (
        status,
        [True],
    )


def test_the_words_that_came_with_the_file_are_saved(captain, entry, monkeypatch):
    monkeypatch.setattr(files.Path, "replace", refusing(errno.ENOSPC))
    save_by_page(captain, entry)

    assert (said(entry), Answer.objects.filter(submission=entry, key="abstract").count()) == (WORDS, 1)


def test_not_ready_where_no_part_can_be_written(client, settings, tmp_path):
    (tmp_path / "a file").touch()
    settings.UPLOAD_PARTS_DIR = tmp_path / "a file" / "parts"
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["uploads"]) == (503, False)


def test_a_disk_that_fills_up_is_told_to_whoever_watches(client, monkeypatch):
    monkeypatch.setattr("portal.core.views.free", lambda: parts.RESERVE)
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["room"]) == (200, False)


def test_a_part_whose_file_could_not_be_committed_is_there_to_be_finished_again(begun, monkeypatch):
    finish = uploads._finish

    def cut_off(*args, **how):
        with transaction.atomic():
            finish(*args, **how)
            raise OperationalError

    monkeypatch.setattr(uploads, "_finish", cut_off)
    arrived = Upload.objects.get()
    parts.path_of(arrived.public_id).write_bytes(CONTENT)
    with pytest.raises(OperationalError):
        uploads.finish_upload(arrived, actor=arrived.user)

    assert parts.length_of(arrived.public_id) == len(CONTENT)


def test_a_full_disk_says_so_and_keeps_what_is_there(captain, entry, begun, monkeypatch):
    send(captain, begun, CONTENT[:60])

    def full(part, block):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parts, "_write", full)
    answer = send(captain, begun, CONTENT[60:], offset=60)
    assert (answer.status_code, offset_of(captain, begun)) == (507, "60")


class Cut(io.BytesIO):
    """A line that is cut after so many bytes."""

    def read(self, size=-1):
        if self.tell() >= 30:
            raise ConnectionResetError
        return super().read(30)


def test_a_line_that_is_cut_keeps_what_has_arrived(begun):
    arrived = Upload.objects.get()
    with pytest.raises(ConnectionResetError):
        uploads.take_chunk(arrived, Cut(CONTENT), offset=0)

    assert parts.length_of(arrived.public_id) == 30
