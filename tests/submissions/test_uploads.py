"""Uploads in pieces, as a program and as a page of the portal send them."""

import base64
import errno
import hashlib
import io
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.services.closing import close_account
from portal.core import parts
from portal.core.models import StoredFile
from portal.core.places import Places
from submissions import api
from submissions.models import Attachment, Upload
from submissions.services import attach_file, leave_team, remove_member, uploads
from tests.api.programs import program
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.submissions.people import client_for
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
URL = "/api/v1/uploads/"
CONTENT = pdf("upload", pages=3)
SIZE = len(CONTENT)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"


@pytest.fixture
def entry():
    return SubmissionFactory()


@pytest.fixture
def captain(entry):
    return client_for(captain_of(entry.team))


def coded(text):
    return base64.b64encode(str(text).encode()).decode()


def begin(client, entry, *, size=SIZE, name="申报书.pdf", slot="proposal", **headers):
    said = f"filename {coded(name)},entry {coded(entry.public_id)},slot {coded(slot)}"
    wanted = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": said, **headers}
    return client.post(URL, headers=wanted, content_type="application/offset+octet-stream")


def send(client, at, content, *, offset=0, **headers):
    wanted = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **headers}
    return client.patch(at, content, content_type="application/offset+octet-stream", headers=wanted)


def offset_of(client, at):
    return client.head(at, headers={"Tus-Resumable": "1.0.0"}).get("Upload-Offset")


@pytest.fixture
def begun(captain, entry):
    return begin(captain, entry)["Location"]


def test_what_comes_in_pieces_becomes_a_file_of_the_entry(captain, entry, begun):
    send(captain, begun, CONTENT[:100])
    send(captain, begun, CONTENT[100:], offset=100)

    attachment = Attachment.objects.get(submission=entry)
    assert (attachment.name, attachment.file.sha256) == ("申报书.pdf", hashlib.sha256(CONTENT).hexdigest())


def test_the_part_is_gone_once_the_file_is_stored(captain, begun):
    send(captain, begun, CONTENT)

    assert parts.length_of(Upload.objects.get().public_id) is None


def test_a_program_may_send_files(entry):
    client = program(captain_of(entry.team), can_write=True)
    send(client, begin(client, entry)["Location"], CONTENT)

    assert Attachment.objects.filter(submission=entry).count() == 1


def test_a_program_that_may_only_read_sends_none(entry):
    assert begin(program(captain_of(entry.team)), entry).status_code == 403


def test_a_page_of_somebody_else_begins_nothing_in_a_session(entry):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(captain_of(entry.team))

    assert begin(strict, entry).status_code == 403


@pytest.mark.parametrize("ask", [offset_of, lambda client, at: send(client, at, b"x").get("Upload-Offset")])
def test_nobody_else_reaches_an_upload(begun, ask):
    assert ask(client_for(UserFactory()), begun) is None


def test_nobody_begins_one_for_another_teams_entry(entry):
    assert begin(client_for(UserFactory()), entry).status_code == 404


def test_a_chunk_at_another_place_is_refused(captain, begun):
    assert send(captain, begun, CONTENT, offset=5).status_code == 409


def test_two_who_send_at_once_are_refused(captain, begun):
    with parts.locked(Upload.objects.get().public_id):
        assert send(captain, begun, CONTENT).status_code == 423


def test_what_arrived_before_the_server_was_killed_stays(captain, begun):
    parts.path_of(Upload.objects.get().public_id).write_bytes(CONTENT[:77])

    assert offset_of(captain, begun) == "77"


def test_a_server_that_was_killed_before_the_last_step_does_it_when_asked_again(captain, entry, begun):
    parts.path_of(Upload.objects.get().public_id).write_bytes(CONTENT)
    send(captain, begun, b"", offset=len(CONTENT))

    assert Attachment.objects.filter(submission=entry).count() == 1


def test_finishing_twice_makes_one_file(captain, entry, begun):
    send(captain, begun, CONTENT)
    again = send(captain, begun, b"", offset=len(CONTENT))

    assert (again.status_code, Attachment.objects.filter(submission=entry).count()) == (204, 1)


def test_more_than_was_announced_is_refused_whole(captain, begun):
    answer = send(captain, begun, CONTENT + b"!")

    assert (answer.status_code, offset_of(captain, begun)) == (413, "0")


def test_a_chunk_with_another_sum_is_not_kept(captain, begun):
    answer = send(captain, begun, CONTENT[:50], **{"Upload-Checksum": f"sha256 {coded('wrong')}"})

    assert (answer.status_code, offset_of(captain, begun)) == (460, "0")


def test_a_chunk_with_its_sum_is_kept(captain, begun):
    right = base64.b64encode(hashlib.sha256(CONTENT[:50]).digest()).decode()

    assert send(captain, begun, CONTENT[:50], **{"Upload-Checksum": f"sha256 {right}"}).status_code == 204


def test_an_upload_can_be_given_up(captain, begun):
    captain.delete(begun, headers={"Tus-Resumable": "1.0.0"})

    assert (Upload.objects.count(), offset_of(captain, begun)) == (0, None)


@pytest.mark.parametrize(("seconds", "files"), [(-1, 1), (1, 0)], ids=["in time", "too late"])
def test_whether_a_file_is_in_time_goes_by_the_first_byte_of_its_last_piece(
    captain, entry, begun, settings, seconds, files
):
    """However long it had to wait for its turn."""
    settings.TRUSTED_PROXY_COUNT = 1
    end = timezone.now() - timedelta(minutes=5)
    entry.team.competition.stages.filter(kind=StageKind.SUBMISSION).update(closes_at=end, grace=0)
    stamp = end + timedelta(seconds=seconds)

    send(captain, begun, CONTENT, **{"X-Request-Start": f"t={stamp.timestamp():.3f}"})

    assert Attachment.objects.filter(submission=entry).count() == files


def test_another_version_of_the_protocol_is_refused(captain, begun):
    assert captain.head(begun, headers={"Tus-Resumable": "0.2.0"}).status_code == 412


REFUSED = {
    "exe": ({"name": "a.pdf.exe"}, "exe"),
    "empty": ({"size": 0}, "空"),
    "large": ({"size": 501 * 1024**2}, "501"),
    "quota": ({"size": 2000}, "2"),
}


@pytest.mark.parametrize("case", ["exe", "empty", "large", "quota"])
def test_what_would_be_refused_in_the_end_is_refused_before_it_is_sent(captain, entry, settings, case):
    settings.TEAM_QUOTA = 1000 if case == "quota" else settings.TEAM_QUOTA
    answer = begin(captain, entry, **REFUSED[case][0])

    assert (answer.status_code, list(answer.json()["error"]["fields"]), Upload.objects.count()) == (400, ["file"], 0)


def test_a_slot_that_the_form_has_not_is_refused(captain, entry):
    assert begin(captain, entry, slot="other").status_code == 404


HOSTILE = {
    "html": b"<html><script>alert(1)</script>",
    "exe": b"MZ\x90\x00" + bytes(100),
    "zip": b"PK\x03\x04" + bytes(40),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_what_only_its_name_makes_a_pdf_is_refused_with_a_reason(captain, entry, kind):
    content = HOSTILE[kind]
    answer = send(captain, begin(captain, entry, size=len(content))["Location"], content)

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, ["file"])


def test_of_a_refused_file_nothing_is_stored(captain, entry):
    content = HOSTILE["exe"]
    send(captain, begin(captain, entry, size=len(content))["Location"], content)

    left = parts.length_of(Upload.objects.get().public_id)
    assert (left, StoredFile.objects.count(), Attachment.objects.count()) == (None, 0, 0)


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
    upload = Upload.objects.get()
    with pytest.raises(ConnectionResetError):
        uploads.take_chunk(upload, Cut(CONTENT), offset=0)

    assert parts.length_of(upload.public_id) == 30


def test_a_chunk_costs_three_queries(captain, begun):
    with CaptureQueriesContext(connection) as queries:
        send(captain, begun, CONTENT[:10])

    assert len(queries) <= 3


def asked(deed):
    """How often the database is asked something."""
    with CaptureQueriesContext(connection) as queries:
        assert deed().status_code in {201, 204}
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not each["sql"].startswith(frames) for each in queries)


def test_to_begin_asks_no_more_than_it_has_to(captain, entry):
    """docs/deadline.md says what each is for."""
    begin(captain, entry)  # what is remembered in a process is read by the first

    assert asked(lambda: begin(captain, entry)) <= (6 if connection.features.has_select_for_update else 5)


def test_the_last_piece_asks_no_more_than_it_has_to(captain, entry, begun):
    """Of a file that takes another one's place."""
    send(captain, begun, CONTENT)
    other = pdf("another", pages=3)
    at = begin(captain, entry, size=len(other))["Location"]

    assert asked(lambda: send(captain, at, other)) <= 18


def killed_before_it_was_gone(at):
    """The part of a finished upload, as it is when the server is killed between the commit and the removal."""
    part = parts.path_of(at.rstrip("/").rpartition("/")[2])
    part.write_bytes(CONTENT)
    return part


def test_the_part_of_a_finished_upload_goes_with_the_next_sweep(captain, begun):
    send(captain, begun, CONTENT)
    part = killed_before_it_was_gone(begun)
    uploads.sweep_uploads()

    assert (part.exists(), Upload.objects.count()) == (False, 1)


def test_the_part_of_a_refused_upload_goes_with_the_next_sweep(captain, entry):
    at = begin(captain, entry, size=len(HOSTILE["exe"]))["Location"]
    send(captain, at, HOSTILE["exe"])
    part = killed_before_it_was_gone(at)
    uploads.sweep_uploads()

    assert not part.exists()


def test_what_finds_no_room_by_the_form_is_refused_before_a_byte_is_kept(entry, settings):
    settings.TEAM_QUOTA = SIZE - 1
    with pytest.raises(ValidationError, match="file"):
        attach_file(entry, actor=captain_of(entry.team), upload=SimpleUploadedFile("a.pdf", CONTENT))

    assert StoredFile.objects.count() == 0


def test_a_part_whose_file_could_not_be_committed_is_there_to_be_finished_again(captain, begun, monkeypatch):
    finish = uploads._finish

    def cut_off(*args, **how):
        with transaction.atomic():
            finish(*args, **how)
            raise OperationalError

    monkeypatch.setattr(uploads, "_finish", cut_off)
    upload = Upload.objects.get()
    parts.path_of(upload.public_id).write_bytes(CONTENT)
    with pytest.raises(OperationalError):
        uploads.finish_upload(upload, actor=upload.user)

    assert parts.length_of(upload.public_id) == SIZE


def test_what_is_still_arriving_is_not_swept(captain, begun):
    send(captain, begun, CONTENT[:50])
    uploads.sweep_uploads()

    assert offset_of(captain, begun) == "50"


def test_the_other_name_of_a_part_goes_with_it(captain, begun):
    """Whoever was bringing the file to its place was killed over it."""
    part = parts.path_of(Upload.objects.get().public_id)
    parts.second_of(part).hardlink_to(part)
    captain.delete(begun, headers={"Tus-Resumable": "1.0.0"})

    assert list(part.parent.iterdir()) == []


def test_a_file_is_finished_although_its_other_name_was_left_behind(captain, entry, begun):
    part = parts.path_of(Upload.objects.get().public_id)
    parts.second_of(part).hardlink_to(part)
    send(captain, begun, CONTENT)

    assert (Attachment.objects.count(), list(part.parent.iterdir())) == (1, [])


def test_what_nobody_goes_on_with_is_swept(begun):
    upload = Upload.objects.get()
    uploads.sweep_uploads(now=upload.expires_at)

    assert (Upload.objects.count(), parts.length_of(upload.public_id)) == (0, None)


def leave(entry, user):
    leave_team(entry.team, actor=user)


def close(entry, user):
    close_account(user, actor=user)


def be_taken_out(entry, user):
    remove_member(entry.team.members.get(user=user), actor=captain_of(entry.team))


@pytest.mark.parametrize("go", [leave, close, be_taken_out])
def test_what_somebody_was_sending_goes_with_them(entry, go, django_capture_on_commit_callbacks):
    member = TeamMemberFactory(team=entry.team).user
    at = begin(client_for(member), entry)["Location"]
    name = Upload.objects.get().public_id
    send(client_for(member), at, CONTENT[:50])
    with django_capture_on_commit_callbacks(execute=True):
        go(entry, member)

    assert (Upload.objects.count(), parts.length_of(name)) == (0, None)


def test_what_others_send_stays(entry, captain, begun):
    member = TeamMemberFactory(team=entry.team).user
    leave(entry, member)

    assert offset_of(captain, begun) == "0"


def test_an_upload_whose_sender_goes_before_the_last_step_is_gone(captain, begun, monkeypatch):
    """The chunk was on its way already."""
    take = uploads.take_chunk

    def take_and_go(upload, *args, **options):
        end = take(upload, *args, **options)
        Upload.objects.all().delete()
        return end

    monkeypatch.setattr("submissions.services.take_chunk", take_and_go)

    assert (send(captain, begun, CONTENT).status_code, Attachment.objects.count()) == (404, 0)


@pytest.fixture
def one_place(monkeypatch):
    places = Places(1)
    monkeypatch.setattr(api, "PLACES", places)
    return places


def test_where_all_places_are_taken_a_piece_comes_again_later(captain, begun, one_place):
    with one_place.taken("", retry_after=1):
        answer = send(captain, begun, CONTENT)

    assert (answer.status_code, answer["Retry-After"], offset_of(captain, begun)) == (503, "2", "0")
    assert send(captain, begun, CONTENT).status_code == 204


def test_a_piece_that_fails_gives_its_place_back(captain, begun, one_place):
    send(captain, begun, CONTENT, offset=7)

    assert send(captain, begun, CONTENT).status_code == 204


def test_no_place_is_needed_to_submit_while_pieces_arrive(captain, entry, one_place):
    with one_place.taken("", retry_after=1):
        assert captain.get(f"{entry.get_absolute_url()}submit/").status_code == 200
