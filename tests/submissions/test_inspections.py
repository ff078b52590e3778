"""What is found in files that teams hand in, by a program of its own that may be killed."""

import io
import socketserver
import threading

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from portal.core.files import store
from portal.notifications.models import Outbox
from submissions import inspecting
from submissions.findings import in_words
from submissions.models import Inspection
from submissions.receivers import look_into_file
from submissions.services import attach_file
from submissions.services.inspections import AGAIN_AFTER, inspect
from tests.factories import hostile
from tests.factories.files import pdf, upload
from tests.factories.hostile import DOCUMENT, package
from tests.factories.submissions import SubmissionFactory, captain_of

pytestmark = pytest.mark.django_db


def looked_into(content, kind):
    row = inspect(store(ContentFile(content)), kind)
    return row.state, [code for code, _value in row.findings]


def written(change=None):
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_script(writer):
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")}
    action = DictionaryObject({NameObject(name): value for name, value in script.items()})
    writer.root_object[NameObject("/OpenAction")] = action


CASES = {
    "plain": ("pdf", pdf(pages=3), "clear", ["pages"]),
    "javascript": ("pdf", written(with_script), "notice", "javascript"),
    "embedded": ("pdf", written(lambda made: made.add_attachment("a.exe", b"MZ")), "notice", "embedded"),
    "password": ("pdf", written(lambda made: made.encrypt("secret", algorithm="RC4-128")), "notice", "encrypted"),
    "broken": ("pdf", b"%PDF-1.7 and nothing else", "unchecked", "unreadable"),
    "and a ZIP": ("pdf", hostile.pdf_and_zip(), "notice", "mixed"),
    "and a page": ("pdf", hostile.pdf_and_page(), "notice", "mixed"),
    "test string": ("pdf", pdf() + hostile.EICAR, "notice", "test_virus"),
    "document": ("document", package(DOCUMENT), "clear", []),
    "macros": ("document", package(DOCUMENT, ("word/vbaProject.bin", "x")), "notice", "macros"),
    "packed test string": ("document", package(DOCUMENT, ("a.txt", hostile.EICAR)), "notice", "test_virus"),
    "bomb": ("document", hostile.zip_bomb(), "refused", "bomb"),
    "bomb that lies": ("document", hostile.lying_bomb(), "refused", "bomb"),
    "crowd": ("document", hostile.crowded(), "refused", "bomb"),
    "table in slides in a document": ("document", hostile.nested(2), "notice", "embedded"),
    "nested": ("document", hostile.nested(3), "refused", "nested"),
    "slip": ("document", package(DOCUMENT, ("../../etc/passwd", "x")), "notice", "paths"),
    "image": ("image", hostile.png(8, 8), "clear", "pixels"),
    "pixels": ("image", hostile.png(50_000, 50_000), "refused", "bomb"),
    "video": ("video", hostile.mp4(b"moov", b"mdat"), "clear", []),
    "no video": ("video", hostile.mp4(b"mdat"), "notice", "type"),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_in_a_file_is_found(name):
    kind, content, state, expected = CASES[name]
    found_state, found = looked_into(content, kind)

    assert found_state == state
    assert found == expected if isinstance(expected, list) else expected in found


def test_a_look_that_takes_too_long_is_ended_and_said_so(monkeypatch, tmp_path):
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(inspecting, "CHILD", endless)
    monkeypatch.setattr(inspecting, "WALL_SECONDS", 0.3)

    assert looked_into(pdf(), "pdf") == ("unchecked", ["unreadable"])


def test_a_file_is_looked_into_after_it_is_stored():
    entry = SubmissionFactory()
    attach_file(entry, actor=captain_of(entry.team), upload=upload())

    assert Outbox.objects.filter(kind="submissions.inspect").count() == 1


class Scanner(socketserver.BaseRequestHandler):
    def handle(self):
        received = b""
        while not received.endswith(b"\0\0\0\0"):
            received += self.request.recv(65536)
        self.request.sendall(b"stream: Eicar-Test FOUND\0" if b"EICAR" in received else b"stream: OK\0")


@pytest.fixture
def scanner(settings):
    with socketserver.TCPServer(("127.0.0.1", 0), Scanner) as server:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


@pytest.mark.usefixtures("scanner")
@pytest.mark.parametrize(("text", "state"), [("EICAR", "notice"), ("harmless", "clear")])
def test_a_scanner_is_asked_where_there_is_one(text, state):
    assert looked_into(pdf(text), "pdf")[0] == state


def test_a_scanner_that_is_away_is_said(settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"

    assert looked_into(pdf(), "pdf") == ("notice", ["pages", "unscanned"])


FINDINGS = [["pages", 3], ["pixels", [8, 8]], ["mixed", ["ZIP", "HTML"]], ["virus", "Eicar"], ["bomb", None]]


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding[0])
def test_each_finding_can_be_said(finding):
    code, _value = finding

    assert in_words(finding) not in {"", code}


def waiting():
    rows = Outbox.objects.filter(kind="submissions.inspect").order_by("pk")
    return [row.payload.get("again") for row in rows]


def test_a_scanner_that_is_away_is_asked_again_so_many_times(settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    stored = store(ContentFile(pdf()))
    for again in range(len(AGAIN_AFTER) + 1):
        inspect(stored, "pdf", again=again)

    assert waiting() == [1, 2, 3, 4, 5]


def test_it_is_asked_again_later_and_once(settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    stored, now = store(ContentFile(pdf())), timezone.now()
    inspect(stored, "pdf", now=now)
    inspect(stored, "pdf", now=now)

    assert Outbox.objects.get(kind="submissions.inspect").available_at == now + AGAIN_AFTER[0]


@pytest.mark.usefixtures("scanner")
def test_a_scanner_that_is_back_has_the_last_word():
    stored = store(ContentFile(pdf("harmless")))
    look_into_file(key="x", file=stored.pk, as_kind="pdf", again=1)

    assert (Inspection.objects.get().state, waiting()) == ("clear", [])
