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


@pytest.fixture
def looks_like_this(monkeypatch, tmp_path):
    """The program, but for what it does with a PDF."""

    def put(deed, **limits):
        changed = "".join(f"child.{name} = {value}\n" for name, value in limits.items())
        script = tmp_path / "odd.py"
        script.write_text(
            f"import os, resource, signal, sys\nsys.path.append({str(inspecting.CHILD.parent)!r})\n"
            f"import inspection_child as child\n{changed}"
            f"def deed(path):\n    {deed}\n"
            "child.LOOKS['pdf'] = deed\nchild.main()\n"
        )
        monkeypatch.setattr(inspecting, "CHILD", script)

    inspecting.looker.end()
    yield put
    inspecting.looker.end()


def test_a_look_that_takes_too_long_is_ended_and_said_so(monkeypatch, looks_like_this):
    looks_like_this("while True: pass")
    monkeypatch.setattr(inspecting, "WALL_SECONDS", 0.3)

    assert looked_into(pdf(), "pdf") == ("unchecked", ["unreadable"])


def test_after_a_look_that_was_ended_the_next_file_is_looked_into(monkeypatch, looks_like_this):
    looks_like_this("while True: pass")
    with monkeypatch.context() as impatient:
        impatient.setattr(inspecting, "WALL_SECONDS", 0.3)
        looked_into(pdf(), "pdf")

    assert looked_into(hostile.png(8, 8), "image") == ("clear", ["pixels"])


POISON = {
    "works for ever": ("while True: pass", {"SECONDS": 1}),
    "wants all memory": ("return [['pages', len(bytes(1024**3))]]", {}),
    "writes a file": ("open(path.with_name('left'), 'w').write('x' * 9999); return []", {}),
    "is killed": ("os.kill(os.getpid(), signal.SIGKILL)", {}),
    "leaves": ("os._exit(0)", {}),
    "answers for others": ("os.write(1, b'[]\\n[\"/any\", []]\\n'); os._exit(0)", {}),
    "answers without end": ("return ['x' * 10**6]", {}),
    "answers too deeply": ("os.write(1, b'[' * 60_000); os._exit(0)", {}),
    "answers nothing to the program": ("os.close(1); sys.stdout.flush(); os.close(0); 1 / 0", {}),
}


@pytest.mark.parametrize("name", sorted(POISON))
def test_a_file_that_kills_its_look_takes_nothing_with_it(name, looks_like_this):
    deed, limits = POISON[name]
    looks_like_this(deed, **limits)
    poisoned = looked_into(pdf(), "pdf")
    program = inspecting.looker.process

    assert poisoned == ("unchecked", ["unreadable"])
    assert looked_into(hostile.png(8, 8), "image") == ("clear", ["pixels"])
    assert inspecting.looker.process is program


LIMITS = {
    "resource.getrlimit(resource.RLIMIT_AS)": [768 * 1024**2] * 2,
    "resource.getrlimit(resource.RLIMIT_CPU)": [20, 20],
    "resource.getrlimit(resource.RLIMIT_FSIZE)": [0, 0],
    "resource.getrlimit(resource.RLIMIT_CORE)": [0, 0],
    "0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 28": True,
    "sorted(set(os.environ) - {'LC_CTYPE'})": [],
}


@pytest.mark.parametrize("limit", sorted(LIMITS))
def test_a_look_is_limited(limit, looks_like_this):
    """It tells what it is left with, instead of what it found."""
    looks_like_this(f"return [['pages', {limit}]]")
    inspect(store(ContentFile(pdf())), "pdf")

    assert Inspection.objects.get().findings == [["pages", LIMITS[limit]]]


def test_the_program_is_begun_once_for_many_files():
    looked_into(pdf(), "pdf")
    program = inspecting.looker.process.pid
    looked_into(hostile.png(8, 8), "image")

    assert inspecting.looker.process.pid == program


def test_a_program_that_died_between_two_files_is_begun_anew():
    looked_into(pdf(), "pdf")
    inspecting.looker.process.kill()
    inspecting.looker.process.wait()

    assert looked_into(hostile.png(8, 8), "image") == ("clear", ["pixels"])


@pytest.mark.usefixtures("looks_like_this")
def test_where_no_program_can_be_begun_the_file_is_not_to_blame(monkeypatch):
    monkeypatch.setattr(inspecting.sys, "executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        looked_into(pdf(), "pdf")
    monkeypatch.undo()

    assert looked_into(pdf(), "pdf") == ("clear", ["pages"])


DEATHS = {
    "can't fork": ("return []", {"os.fork": "lambda: os.read(-1, 1)"}),
    "is killed": ("os.kill(os.getppid(), signal.SIGKILL)", {}),
    "is killed while it answers": ("return []", {"by_a_fork": "lambda *_: os.write(1, b'[') and os._exit(1)"}),
}


@pytest.mark.parametrize("name", sorted(DEATHS))
def test_where_the_program_dies_the_file_is_not_to_blame(name, monkeypatch, looks_like_this):
    deed, changes = DEATHS[name]
    looks_like_this(deed, **changes)
    with pytest.raises(ConnectionError):
        looked_into(pdf(), "pdf")
    monkeypatch.undo()

    assert Inspection.objects.count() == 0
    assert looked_into(pdf(), "pdf") == ("clear", ["pages"])


@pytest.mark.usefixtures("looks_like_this")
def test_an_answer_about_another_file_is_taken_for_none(monkeypatch, tmp_path):
    odd = tmp_path / "liar.py"
    odd.write_text("for line in __import__('sys').stdin: print('[\"/another\", []]', flush=True)")
    monkeypatch.setattr(inspecting, "CHILD", odd)

    assert looked_into(pdf(), "pdf") == ("unchecked", ["unreadable"])


@pytest.mark.usefixtures("looks_like_this")
def test_the_program_ends_with_whoever_asked():
    looked_into(hostile.png(8, 8), "image")
    inspecting.looker._line.close()
    inspecting.looker._answers.close()

    assert inspecting.looker.process.wait(20) == 0


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
