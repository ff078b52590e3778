"""Files on a storage that speaks S3: acknowledged is what is there, and nothing else."""

import hashlib
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from portal import env
from portal.core import file_check, files
from portal.core.models import StoredFile
from portal.core.scrub import sweep_files, sweep_left_behind
from portal.core.serving import serve_stored
from portal.core.trouble import StorageDown

moto = pytest.importorskip("moto")
pytestmark = pytest.mark.django_db
BUCKET = "portal-files"
CONTENT = "作品".encode() * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PATH = f"sha256/{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"
LATER = timedelta(hours=25)
NIGHT = datetime(2026, 7, 1, 2, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def bucket(settings, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("STORAGE_URL", f"s3://{BUCKET}?region=us-east-1")
    storage = env.storage()
    # One try is enough to see what becomes of a failure.
    once = Config(retries={"total_max_attempts": 1})
    storage["OPTIONS"]["client_config"] = storage["OPTIONS"]["client_config"].merge(once)
    with moto.mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        settings.STORAGES = {**settings.STORAGES, "default": storage}
        yield client


@pytest.fixture
def on_the_line():
    """``on_the_line("PutObject", answer)``: the storage answers so from now on."""

    def answer(operation, make):
        events = default_storage.connection.meta.client.meta.events
        events.register_first(f"before-send.s3.{operation}", make)

    return answer


def answered(status, body=b"", **headers):
    class Raw:
        def stream(self, **options):
            yield body

        def read(self, *args):
            return body

    def make(request, **more):
        return AWSResponse(request.url, status, headers, Raw())

    return make


def failing(error):
    def make(request, **more):
        raise error

    return make


def slow():
    return failing(ReadTimeoutError(endpoint_url="https://storage"))


def refused():
    return failing(EndpointConnectionError(endpoint_url="https://storage"))


def keep(content=CONTENT):
    return files.store(ContentFile(content))


def test_a_file_is_found_under_its_hash(bucket):
    keep()

    assert bucket.get_object(Bucket=BUCKET, Key=PATH)["Body"].read() == CONTENT


def test_nobody_else_may_read_it(bucket):
    keep()

    grants = bucket.get_object_acl(Bucket=BUCKET, Key=PATH)["Grants"]
    assert [each["Grantee"]["Type"] for each in grants] == ["CanonicalUser"]


def test_a_file_that_goes_in_several_pieces_is_known_by_its_checksum(bucket, monkeypatch):
    monkeypatch.setattr(files.remote, "_is_same", lambda content, stored: False)
    content = bytes(9 * 1024**2)

    assert files.default_storage.size(keep(content).path) == len(content)


def test_it_is_read_back():
    with files.open_stored(keep()) as content:
        assert content.read() == CONTENT


def test_a_part_of_it_is_read_without_the_rest(bucket):
    with files.open_stored(keep()) as content:
        content.seek(6)

        assert content.read(6) == CONTENT[6:12]


def test_the_same_bytes_are_sent_once(bucket, on_the_line):
    keep()
    on_the_line("PutObject", failing(AssertionError("sent again")))
    keep()

    assert StoredFile.objects.count() == 1


def test_bytes_that_were_damaged_there_are_sent_again(bucket):
    keep()
    bucket.put_object(Bucket=BUCKET, Key=PATH, Body=b"!" + CONTENT[1:])
    keep()

    assert files.is_intact(StoredFile.objects.get())


FAULTS = {
    "an error when it is sent": ("PutObject", lambda: answered(503)),
    "no answer when it is sent": ("PutObject", slow),
    "nobody there": ("PutObject", refused),
    "an error when it is looked for": ("HeadObject", lambda: answered(500)),
    "no answer when it is looked for": ("HeadObject", slow),
    "another size": ("HeadObject", lambda: answered(200, **{"Content-Length": "5", "ETag": '"0"'})),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_what_is_not_there_is_not_acknowledged(on_the_line, fault):
    operation, make = FAULTS[fault]
    on_the_line(operation, make())

    with pytest.raises(StorageDown):
        keep()
    assert StoredFile.objects.count() == 0


def lose(bucket):
    bucket.delete_object(Bucket=BUCKET, Key=PATH)


def spoil(bucket):
    """The right number of wrong bytes."""
    bucket.put_object(Bucket=BUCKET, Key=PATH, Body=b"!" + CONTENT[1:])


@pytest.mark.parametrize("deed", [lose, spoil])
def test_what_was_acknowledged_there_and_is_not_there_is_not_acknowledged_here(bucket, deed):
    events = default_storage.connection.meta.client.meta.events
    events.register("after-call.s3.PutObject", lambda **_more: deed(bucket))

    with pytest.raises(StorageDown):
        keep()
    assert StoredFile.objects.count() == 0


def test_a_checksum_that_nobody_can_work_out_is_no_failure(monkeypatch):
    """Encrypted by the storage, an object has a checksum of its own: its bytes are read again."""
    monkeypatch.setattr(files.remote, "_tags", lambda storage, source: set())

    assert files.is_intact(keep())


def test_a_lost_file_says_so(bucket):
    stored = keep()
    bucket.delete_object(Bucket=BUCKET, Key=PATH)

    with pytest.raises(files.DamagedFile):
        files.open_stored(stored)


def test_a_storage_that_is_away_is_no_damage(on_the_line):
    stored = keep()
    on_the_line("HeadObject", refused())

    with pytest.raises(StorageDown):
        files.is_intact(stored)


def test_reading_again_finds_what_has_changed(bucket):
    keep()
    bucket.put_object(Bucket=BUCKET, Key=PATH, Body=b"!" + CONTENT[1:])

    found = []
    file_check.step(lambda _check, damaged: found.extend(damaged), now=NIGHT)
    assert [each.sha256 for each in found] == [SHA256]


def test_what_nothing_refers_to_is_gone_after_a_day(bucket):
    keep()
    sweep_files(now=timezone.now() + LATER)

    assert (StoredFile.objects.count(), default_storage.exists(PATH)) == (0, False)


@pytest.mark.parametrize(("age", "left"), [(timedelta(), True), (LATER, False)])
def test_bytes_without_a_row_are_gone_after_a_day(bucket, age, left):
    bucket.put_object(Bucket=BUCKET, Key=PATH, Body=CONTENT)
    for _sweep in range(2):
        sweep_files(now=timezone.now() + age)
        sweep_left_behind(now=timezone.now() + age)

    assert default_storage.exists(PATH) == left


def test_bytes_with_a_row_stay(bucket):
    keep()
    sweep_left_behind(now=timezone.now() + LATER)

    assert default_storage.exists(PATH)


def test_it_is_streamed_by_the_portal(rf):
    answer = serve_stored(keep(), "作品.mp4", asked=rf.get("/", headers={"Range": "bytes=6-11"}))

    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes 6-11/{len(CONTENT)}")
    assert b"".join(answer.streaming_content) == CONTENT[6:12]


@pytest.fixture
def link(rf, settings):
    settings.FILES_SENT_BY = "storage"
    return urlsplit(serve_stored(keep(), "作\u202e品.pdf", asked=rf.get("/"))["Location"])


def test_a_link_opens_it_for_five_minutes_at_most(link):
    query = parse_qs(link.query)

    assert (link.path.endswith(PATH), int(query["X-Amz-Expires"][0]) <= 300) == (True, True)


def test_the_link_makes_it_a_download_under_its_name(link):
    query = parse_qs(link.query)

    assert query["response-content-disposition"] == ["attachment; filename*=utf-8''%E4%BD%9C%E5%93%81.pdf"]
    assert query["response-content-type"] == ["application/pdf"]


def test_what_is_streamed_and_away_is_told(on_the_line, rf):
    stored = keep()
    on_the_line("HeadObject", slow())

    with pytest.raises(StorageDown):
        serve_stored(stored, "a.pdf", asked=rf.get("/"))
