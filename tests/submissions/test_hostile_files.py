"""Files made to do harm, handed in by page and in pieces: each is refused in words at its slot, and nothing stays."""

import pytest

from portal.core import parts
from portal.core.models import StoredFile
from submissions.models import Attachment, Upload
from tests.factories import hostile
from tests.factories.files import pdf
from tests.factories.forms import publish, section, slot
from tests.factories.hostile import DOCUMENT, package
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.factories.tracks import CompetitionFactory
from tests.submissions.people import client_for
from tests.submissions.test_hostile_input import upload_by_page
from tests.submissions.test_uploads import begin, send

pytestmark = pytest.mark.django_db
LIMIT = 2 * 1024**2
KINDS = ("pdf", "slides", "document", "sheet", "image", "video")
# name, content, and what the words at the slot say
REFUSED = {
    "program after a PDF": ("申报书.pdf.exe", pdf(), ".pdf"),
    "program": ("申报书.pdf", b"MZ\x90\x00" + bytes(100), "程序"),
    "program for Linux": ("申报书.pdf", b"\x7fELF" + bytes(100), "程序"),
    "page": ("申报书.pdf", b"<html><script>alert(1)</script></html>", "网页"),
    "page after empty lines": ("申报书.pdf", b"\n\n  <!DOCTYPE html><p>", "网页"),
    "drawing": ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "网页"),
    "page before a PDF": ("申报书.pdf", b"<html>" + pdf(), "网页"),
    "program before a PDF": ("申报书.pdf", b"MZ" + pdf(), "程序"),
    "image before a PDF": ("申报书.pdf", b"GIF89a" + pdf(), "图片"),
    "program before a package": ("说明.docx", b"MZ" + package(DOCUMENT), "程序"),
    "page as a video": ("演示.mp4", b"<!--ftyp--><script>alert(1)</script>", "网页"),
    "test string": ("申报书.pdf", hostile.EICAR, "PDF"),
    "PDF as slides": ("演示.pptx", pdf(), "PDF"),
    "archive as a document": ("说明.docx", package(("a.txt", "x")), "压缩包"),
    "other document": ("说明.docx", package(hostile.SLIDES), "压缩包"),
    "document of old": ("说明.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "密码"),
    "broken package": ("说明.docx", b"PK\x03\x04" + bytes(40), "压缩包"),
    "zip bomb": ("说明.docx", hostile.zip_bomb(), "200"),
    "crowded package": ("说明.docx", hostile.crowded(), "20000"),
    "package with a long list": ("演示.pptx", hostile.without_end(), "2.0"),
    "huge PNG": ("图.png", hostile.png(50_000, 50_000), "50000"),
    "huge JPEG": ("图.jpg", hostile.jpeg(60_000, 60_000), "60000"),
    "nothing": ("申报书.pdf", b"", "空"),
    "one byte too many": ("申报书.pdf", pdf().ljust(LIMIT + 1), "2.0"),
    "name of a program, turned round": ("申报书\u202efdp.exe", pdf(), ".pdf"),
    "name with NUL before the end": ("申报书.pdf\x00.exe", pdf(), ".pdf"),
    "name without an end": ("申报书", pdf(), ".pdf"),
    "name of an end alone": (".pdf", pdf(), ".pdf"),
}
KEPT = {
    "exactly the limit": ("申报书.pdf", pdf().ljust(LIMIT), "申报书.pdf"),
    "path": ("../../etc/申报书.pdf", pdf(), "申报书.pdf"),
    "path of Windows": ("C:\\用户\\申报书.pdf", pdf(), "申报书.pdf"),
    "255 bytes": ("页" * 83 + "aa.pdf", pdf(), "页" * 83 + "aa.pdf"),
    "more than that": ("页" * 300 + ".pdf", pdf(), "页" * 146 + ".pdf"),
    "turned round": ("申报书\u202efdp.pdf", pdf(), "申报书fdp.pdf"),
    "NUL": ("申报\x00书.pdf", pdf(), "申报书.pdf"),
    "formula": ("=HYPERLINK(1).pdf", pdf(), "=HYPERLINK(1).pdf"),
    "apart": ("e\u0301.pdf", pdf(), "é.pdf"),
    "leading dots": ("...申报书.pdf", pdf(), "申报书.pdf"),
    "PDF that is a ZIP too": ("申报书.pdf", hostile.pdf_and_zip(), "申报书.pdf"),
}


@pytest.fixture
def entry(settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"
    competition = CompetitionFactory(open=True, max_file_size=LIMIT)
    publish(competition, section("abstract"), slots=[slot("proposal", *KINDS)])
    return SubmissionFactory(team__competition=competition)


def by_page(entry, name, content):
    answer = upload_by_page(entry, name, content)
    page = answer.context and answer.context.get("page")
    return answer.status_code, " ".join(page.slots[0].errors) if page else ""


def in_pieces(entry, name, content):
    client = client_for(captain_of(entry.team))
    answer = begin(client, entry, name=name, size=len(content))
    if answer.status_code == 201:
        answer = send(client, answer["Location"], content)
    return answer.status_code, " ".join(answer.json()["error"]["fields"].get("file", [])) if answer.content else ""


WAYS = pytest.mark.parametrize("hand_in", [by_page, in_pieces])


def stored():
    left = [each for each in Upload.objects.all() if parts.length_of(each.public_id) is not None]
    return Attachment.objects.count() + StoredFile.objects.count() + len(left)


@WAYS
@pytest.mark.parametrize("case", sorted(REFUSED))
def test_it_is_refused_in_words_at_its_slot_and_nothing_of_it_stays(entry, hand_in, case):
    name, content, words = REFUSED[case]
    status, said = hand_in(entry, name, content)

    assert (status, words in said, stored()) == (400, True, 0), said


@WAYS
@pytest.mark.parametrize("case", sorted(KEPT))
def test_a_strange_name_is_kept_as_one_that_harms_nobody(entry, hand_in, case):
    name, content, kept = KEPT[case]
    hand_in(entry, name, content)

    assert [each.name for each in Attachment.objects.all()] == [kept]


def test_line_breaks_do_not_stay_in_a_name(entry):
    """A form spells them %0D%0A; in pieces they come as they are."""
    in_pieces(entry, "申报书\r\nX-Evil: 1.pdf", pdf())

    assert [each.name for each in Attachment.objects.all()] == ["申报书X-Evil: 1.pdf"]
