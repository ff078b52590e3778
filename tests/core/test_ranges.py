"""Parts of files, and who sends them."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import RequestFactory

from portal.core.files import store
from portal.core.serving import serve_stored

pytestmark = pytest.mark.django_db
CONTENT = b"0123456789"


def serve(span=None, name="v.mp4", *, inline=False):
    asked = RequestFactory().get("/", headers={"range": span} if span else {})
    answer = serve_stored(store(ContentFile(CONTENT)), name, inline=inline, asked=asked)
    answer.body = answer.getvalue() if answer.streaming else answer.content
    for close in answer._resource_closers:
        close()
    return answer


@pytest.mark.parametrize(
    ("span", "body", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=5-500", b"56789", "bytes 5-9/10"),
    ],
)
def test_a_part_is_sent_where_one_is_asked_for(span, body, told):
    answer = serve(span)

    assert (answer.status_code, answer.body, answer["Content-Range"]) == (206, body, told)


@pytest.mark.parametrize("span", ["bytes=10-", "bytes=-0", "bytes=5-3", "bytes=0-1,3-4", "bytes=-"])
def test_a_part_that_is_not_there_is_refused(span):
    answer = serve(span)

    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */10")


def test_without_a_range_everything_is_sent():
    answer = serve()

    assert (answer.status_code, answer.body, answer["Content-Length"]) == (200, CONTENT, "10")


def test_a_file_that_lost_bytes_is_not_sent():
    stored = store(ContentFile(CONTENT))
    Path(default_storage.path(stored.path)).write_bytes(b"012")

    assert serve_stored(stored, "a.pdf").status_code == 503


def test_nginx_sends_the_bytes_where_it_is_told_to(settings):
    settings.FILES_SENT_BY = "nginx"
    answer = serve()

    assert (answer.content, answer["X-Accel-Redirect"].startswith("/stored-files/sha256/")) == (b"", True)


def test_the_storage_is_asked_for_an_address_that_ends_soon(settings, monkeypatch):
    settings.FILES_SENT_BY = "storage"
    asked = {}
    monkeypatch.setattr(default_storage, "url", lambda path, **how: asked.update(how) or "https://s3.test/x")
    answer = serve()

    assert (answer.status_code, answer["Location"], asked["expire"] <= 300) == (302, "https://s3.test/x", True)


def test_what_a_page_shows_comes_from_the_portal_even_so(settings):
    settings.FILES_SENT_BY = "storage"
    answer = serve("bytes=0-3", name="a.pdf", inline=True)

    assert (answer.status_code, answer.body, answer["X-Frame-Options"]) == (206, b"0123", "SAMEORIGIN")


def test_no_name_turns_the_direction_of_reading():
    answer = serve(name="a\u202efdp.exe\r\nX: y")

    assert not {"\u202e", "\r", "\n"} & set(answer["Content-Disposition"])
