"""The certificate on paper: what it says, that all of it stands on one page, that drawing it asks nobody."""

import builtins
import io
import threading
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from judging import documents
from judging.enums import AwardLevel
from portal.core import pdf
from tests.factories.judging import AwardFactory, CertificateFactory

MEMBERS = ["李明远", "王思雨", "欧阳明月"]


@pytest.fixture
def certificate(db):
    return CertificateFactory(
        serial="SC-DEX-2026-T07-1-0003",
        award=AwardFactory(
            publication__published_at=datetime(2026, 9, 17, 16, tzinfo=UTC),
            publication__round__competition__name="2026 年“数据要素×”大赛四川分赛",
            publication__round__competition__host="大赛四川分赛组委会",
            project="区域慢病协同管理平台",
            team="川西智联团队",
            members=MEMBERS,
            organization="四川川西智联数据科技有限公司",
            track_number=7,
            track_name="医疗健康",
        ),
    )


def reader(content):
    return PdfReader(io.BytesIO(content))


def text(content):
    return "".join(reader(content).pages[0].extract_text().split())


def picture(content):
    with pypdfium2.PdfDocument(content) as document:
        return document[0].render(scale=3).to_pil()


@pytest.fixture
def planted():
    """A server that a hostile title points at, and the paths it was asked for."""
    asked = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "said",
    [
        "获奖证书",
        "2026年“数据要素×”大赛四川分赛",
        "区域慢病协同管理平台",
        "川西智联团队",
        "李明远、王思雨、欧阳明月",
        "四川川西智联数据科技有限公司",
        "医疗健康赛道",
        "一等奖",
        "大赛四川分赛组委会",
        "二〇二六年九月十八日",
        "SC-DEX-2026-T07-1-0003",
    ],
)
def test_the_certificate_says(certificate, said):
    assert said in text(documents.certificate_pdf(certificate))


def test_it_is_a4_across(certificate):
    page = reader(documents.certificate_pdf(certificate)).pages[0].mediabox

    assert (round(page.width / 72 * 25.4), round(page.height / 72 * 25.4)) == (297, 210)


def test_its_qr_code_leads_to_the_page_that_verifies_it(certificate, settings):
    settings.CANONICAL_URL = "https://contest.example"

    [code] = zxingcpp.read_barcodes(picture(documents.certificate_pdf(certificate)))

    assert code.text == f"https://contest.example/verify/{certificate.public_id}/"


def test_its_properties_name_title_and_host(certificate):
    properties = reader(documents.certificate_pdf(certificate)).metadata

    assert (properties.title, properties.author) == (
        "2026年“数据要素×”大赛四川分赛获奖证书 SC-DEX-2026-T07-1-0003",
        "大赛四川分赛组委会",
    )


def test_the_same_certificate_gives_the_same_bytes(certificate):
    assert documents.certificate_pdf(certificate) == documents.certificate_pdf(certificate)


def test_it_is_chinese_whatever_the_reader_reads(certificate, settings):
    settings.LANGUAGE_CODE = "en"

    assert "一等奖" in text(documents.certificate_pdf(certificate))


def test_the_longest_names_stay_on_one_page(certificate):
    award = certificate.award
    competition = award.publication.round.competition
    competition.name, competition.host = "数" * 100, "组" * 100
    award.project, award.team, award.track_name, award.organization = "项" * 60, "队" * 60, "道" * 60, "司" * 120
    award.members = ["名" * 60] * 10

    content = documents.certificate_pdf(certificate)

    assert len(reader(content).pages) == 1


def test_no_name_is_cut_however_long(certificate):
    certificate.award.members = [f"{'名' * 58}{place:02}" for place in range(10)]

    shown = text(documents.certificate_pdf(certificate))

    assert "、".join(certificate.award.members) in shown


def test_markup_in_a_title_is_text(certificate, planted):
    address, _asked = planted
    certificate.award.project = f'<img src="{address}x.png">'

    assert f'<imgsrc="{address}x.png">' in text(documents.certificate_pdf(certificate))


def test_markup_in_a_title_fetches_nothing(certificate, planted):
    address, asked = planted
    certificate.award.project = f'<img src="{address}x.png">'

    documents.certificate_pdf(certificate)

    assert asked == []


def test_even_unescaped_markup_fetches_nothing(planted):
    address, asked = planted

    pdf.one_page(
        f'<img src="{address}x.png"><link rel=stylesheet href="{address}x.css">',
        style="certificate.css",
        identifier=b"1",
    )

    assert asked == []


def test_even_unescaped_markup_reads_no_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")

    content = pdf.one_page(f'<link rel=attachment href="{secret.as_uri()}">', style="certificate.css", identifier=b"1")

    assert reader(content).attachments == {}


def test_without_pango_it_says_what_is_missing(certificate, monkeypatch):
    real_import = builtins.__import__

    def without_pango(name, *arguments, **keywords):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real_import(name, *arguments, **keywords)

    # A cache of its own: whatever this process has loaded already stays loaded for the others.
    monkeypatch.setattr(pdf, "_renderer", cache(pdf._renderer.__wrapped__))
    monkeypatch.setattr(builtins, "__import__", without_pango)

    with pytest.raises(pdf.PdfUnavailable, match="Pango"):
        documents.certificate_pdf(certificate)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (datetime(2026, 9, 17, 16, tzinfo=UTC), "二〇二六年九月十八日"),
        (datetime(2026, 9, 17, 15, 59, tzinfo=UTC), "二〇二六年九月十七日"),
        (datetime(2030, 12, 31, tzinfo=UTC), "二〇三〇年十二月三十一日"),
        (datetime(2027, 1, 10, tzinfo=UTC), "二〇二七年一月十日"),
        (datetime(2028, 10, 20, tzinfo=UTC), "二〇二八年十月二十日"),
    ],
)
def test_the_day_is_beijings_and_written_out(certificate, day, said):
    certificate.award.publication.published_at = day

    assert documents.chinese_date(certificate.award) == said


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("2026 年大赛", "2026年大赛"),
        ("四川数据大赛", "2026年四川数据大赛"),
        ("Data Contest 2026 Finals", "Data Contest 2026 Finals"),
    ],
)
def test_the_contest_is_printed_with_its_year(name, printed):
    assert documents.with_year(name, 2026) == printed


@pytest.mark.parametrize("length", [1, 2, 9, 14, 100])
def test_the_name_on_the_seal_is_symmetric_about_its_top(length):
    glyphs = documents.rim("组" * length)

    assert float(glyphs[0].degrees) == -float(glyphs[-1].degrees)


def test_every_level_has_its_word():
    assert set(documents.LEVELS) == set(AwardLevel)
