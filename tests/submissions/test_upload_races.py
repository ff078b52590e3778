"""Members who send files at the same moment, with twins that have no lock."""

from threading import Barrier, get_ident

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from portal.core import files, parts
from portal.core.models import StoredFile
from submissions.models import Attachment, Upload
from submissions.services import attach_file, quota, uploads
from submissions.services import files as attaching
from tests.factories.files import pdf
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.race import race
from tests.submissions.test_races import meeting_point, then_wait

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
CONTENT = pdf("race")
RIVALS = 4


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"


@pytest.fixture
def entry(settings):
    settings.TEAM_QUOTA = 1500
    return SubmissionFactory()


def begin_all(entry):
    def begin():
        return uploads.begin_upload(entry, actor=captain_of(entry.team), slot="proposal", name="a.pdf", size=1000)

    return race([begin] * RIVALS)


def test_however_many_begin_at_once_the_quota_holds(entry):
    refused = [each for each in begin_all(entry) if isinstance(each, ValidationError)]

    assert (Upload.objects.count(), len(refused)) == (1, RIVALS - 1)


def test_without_the_lock_each_would_find_the_same_room(entry, monkeypatch):
    if not connection.features.has_select_for_update:
        pytest.skip("a transaction that writes is alone here")
    monkeypatch.setattr(uploads, "lock_team", lambda team: None)
    monkeypatch.setattr(quota, "used_by", then_wait(quota.used_by, meeting_point(RIVALS)))
    begin_all(entry)

    assert Upload.objects.count() == RIVALS


def send_all(entry, monkeypatch):
    """By the form, other bytes each; every one has found room at the first look."""
    keep = then_wait(attaching.keep_upload, Barrier(RIVALS, timeout=60))
    monkeypatch.setattr(attaching, "keep_upload", keep)

    def send(number):
        content = SimpleUploadedFile("a.pdf", pdf(f"{number}").ljust(1000))
        return attach_file(entry, actor=captain_of(entry.team), upload=content)

    return race([lambda number=number: send(number) for number in range(RIVALS)])


def test_however_many_send_by_the_form_at_once_the_quota_holds(entry, monkeypatch):
    refused = [each for each in send_all(entry, monkeypatch) if isinstance(each, ValidationError)]

    assert (Attachment.objects.count(), len(refused)) == (1, RIVALS - 1)


def test_without_a_look_under_the_lock_more_lies_there_than_may(entry, monkeypatch):
    look = attaching.require_room
    looked = []

    def first_look(team, size, **how):
        if get_ident() not in looked:
            looked.append(get_ident())
            look(team, size, **how)

    monkeypatch.setattr(attaching, "require_room", first_look)
    send_all(entry, monkeypatch)

    assert Attachment.objects.count() == RIVALS


@pytest.fixture
def arrived(settings):
    entry = SubmissionFactory()
    made = uploads.begin_upload(entry, actor=captain_of(entry.team), slot="proposal", name="a.pdf", size=len(CONTENT))
    parts.path_of(made.public_id).write_bytes(CONTENT)
    return made


def test_however_many_finish_at_once_it_becomes_one_file(arrived):
    def finish():
        own = Upload.objects.get(pk=arrived.pk)
        return uploads.finish_upload(own, actor=own.user)

    race([finish] * RIVALS)
    assert Attachment.objects.count() == 1


def test_who_has_the_part_is_alone(arrived):
    with parts.locked(arrived.public_id), pytest.raises(parts.Busy), parts.locked(arrived.public_id):
        pass


@pytest.fixture
def alike(settings, monkeypatch):
    """Uploads of the same bytes by as many teams, of whom each finds that no row has them yet."""
    begun = []
    for _each in range(RIVALS):
        own = SubmissionFactory()
        upload = uploads.begin_upload(own, actor=captain_of(own.team), slot="proposal", name="a.pdf", size=len(CONTENT))
        parts.path_of(upload.public_id).write_bytes(CONTENT)
        begun.append(upload)
    monkeypatch.setattr(files, "_held", then_wait(files._held, Barrier(RIVALS, timeout=60)))
    return begun


def finish_all(begun):
    return race([lambda upload=upload: uploads.finish_upload(upload, actor=upload.user) for upload in begun])


def test_however_many_teams_send_the_same_bytes_at_once_they_are_kept_once(alike):
    finish_all(alike)

    assert (StoredFile.objects.count(), Attachment.objects.count()) == (1, RIVALS)


def test_with_a_row_that_each_adds_for_itself_one_team_would_have_its_file(alike, monkeypatch):
    def add(stored):
        stored.save()
        return stored

    monkeypatch.setattr(files, "enter", add)
    finish_all(alike)

    assert Attachment.objects.count() == 1
