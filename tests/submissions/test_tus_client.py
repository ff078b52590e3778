"""The public client of the protocol against a running server."""

import hashlib
import io

import pytest

from submissions.models import Attachment, Upload
from tests.api.programs import issue
from tests.factories.files import pdf
from tests.factories.submissions import SubmissionFactory, captain_of

tus = pytest.importorskip("tusclient.client")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
CONTENT = pdf("tus", pages=400)


@pytest.fixture
def entry():
    return SubmissionFactory()


@pytest.fixture
def uploader(entry, live_server, settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"
    secret = issue(captain_of(entry.team), can_write=True).secret
    client = tus.TusClient(f"{live_server}/api/v1/uploads/", headers={"Authorization": f"Bearer {secret}"})
    said = {"filename": "作品.pdf", "entry": str(entry.public_id), "slot": "proposal"}

    def made(**facts):
        return client.uploader(file_stream=io.BytesIO(CONTENT), chunk_size=8192, metadata=said, **facts)

    return made


def stored(entry):
    return Attachment.objects.get(submission=entry).file.sha256


def test_the_public_client_sends_a_file(entry, uploader):
    uploader().upload()

    assert stored(entry) == hashlib.sha256(CONTENT).hexdigest()


def test_the_public_client_goes_on_where_another_stopped(entry, uploader):
    first = uploader()
    first.upload_chunk()
    uploader(url=first.url).upload()

    assert (stored(entry), Upload.objects.count()) == (hashlib.sha256(CONTENT).hexdigest(), 1)
