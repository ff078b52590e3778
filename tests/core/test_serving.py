import pytest
from django.core.files.base import ContentFile

from portal.core import files
from portal.core.serving import serve_stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def serve():
    stored, answers = files.store(ContentFile(b"%PDF-1.7 hello")), []

    def served(name, **options):
        answers.append(serve_stored(stored, name, **options))
        return answers[-1]

    yield served
    for answer in answers:
        answer.file_to_stream.close()


def test_a_file_is_a_download(serve):
    assert serve("a.pdf")["Content-Disposition"] == 'attachment; filename="a.pdf"'


def test_a_pdf_may_be_shown_in_a_page_of_ours(serve):
    response = serve("a.pdf", inline=True)

    assert response["Content-Disposition"] == 'inline; filename="a.pdf"'
    assert (response["X-Frame-Options"], "frame-ancestors 'self'" in response["Content-Security-Policy"]) == (
        "SAMEORIGIN",
        True,
    )


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.pdf.html", "a"])
def test_anything_else_is_a_download_whatever_was_asked(serve, name):
    response = serve(name, inline=True)

    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_says_its_size(serve):
    assert serve("a.pdf")["Content-Length"] == str(len(b"%PDF-1.7 hello"))
