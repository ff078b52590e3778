"""Members who send files at the same moment, with twins that have no lock."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from portal.core import parts
from submissions.models import Attachment, Upload
from submissions.services import uploads
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
    monkeypatch.setattr(uploads, "used_by", then_wait(uploads.used_by, meeting_point(RIVALS)))
    begin_all(entry)

    assert Upload.objects.count() == RIVALS


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
