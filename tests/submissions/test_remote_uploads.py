"""Uploads in pieces where the files lie on a storage that speaks S3."""

import pytest
from django.core.files.storage import default_storage

from portal.core import parts
from portal.core.models import StoredFile
from submissions.models import Attachment
from tests.core.test_remote import BUCKET, FAULTS, bucket, on_the_line  # noqa: F401 - fixtures
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.submissions.people import client_for
from tests.submissions.test_uploads import CONTENT, begin, offset_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def captain(settings, tmp_path, bucket):  # noqa: F811
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"
    entry = SubmissionFactory()
    client = client_for(captain_of(entry.team))
    client.at = begin(client, entry)["Location"]
    return client


def stored():
    return [(each.name, each.file.size, default_storage.exists(each.file.path)) for each in Attachment.objects.all()]


def test_what_comes_in_pieces_lies_there(captain):
    send(captain, captain.at, CONTENT[:100])
    send(captain, captain.at, CONTENT[100:], offset=100)

    assert stored() == [("申报书.pdf", len(CONTENT), True)]


def test_a_member_reads_it_back(captain):
    send(captain, captain.at, CONTENT)

    answer = captain.get(Attachment.objects.get().get_absolute_url())
    assert b"".join(answer.streaming_content) == CONTENT


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_storage_that_fails_acknowledges_nothing_and_keeps_what_arrived(captain, on_the_line, fault):  # noqa: F811
    operation, make = FAULTS[fault]
    on_the_line(operation, make())
    answer = send(captain, captain.at, CONTENT)

    assert (answer.status_code, offset_of(captain, captain.at)) == (503, str(len(CONTENT)))
    assert (StoredFile.objects.count(), stored()) == (0, [])


def test_asked_again_it_goes_on_where_it_stopped(captain, on_the_line):  # noqa: F811
    failures = [FAULTS["no answer when it is sent"][1]()]
    on_the_line("PutObject", lambda request, **more: failures.pop()(request) if failures else None)
    send(captain, captain.at, CONTENT)
    answer = send(captain, captain.at, b"", offset=len(CONTENT))

    assert (answer.status_code, stored(), list(parts.older_than(-60))) == (
        204,
        [("申报书.pdf", len(CONTENT), True)],
        [],
    )
