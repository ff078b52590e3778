"""What storing raises, as people and programs are told."""

import errno
import logging

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from portal.core import views
from portal.core.api import exception_handler
from portal.core.middleware import ErrorMiddleware
from portal.core.trouble import NoRoom, StorageDown, storage_at_work, trouble_in


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "full"), NoRoom),
        (OSError(errno.EDQUOT, "quota"), NoRoom),
        (OSError(errno.EFBIG, "too big"), NoRoom),
        (OperationalError("database or disk is full"), NoRoom),
        (OperationalError("could not extend file: No space left on device"), NoRoom),
        (PermissionError(errno.EACCES, "no"), StorageDown),
        (OSError(errno.EROFS, "read-only"), StorageDown),
        (OSError(errno.EIO, "broken"), StorageDown),
        (ConnectionResetError(errno.ECONNRESET, "gone"), type(None)),
        (FileNotFoundError(errno.ENOENT, "none"), type(None)),
        (OperationalError("deadlock detected"), type(None)),
        (ValueError("other"), type(None)),
    ],
    ids=str,
)
def test_each_error_is_told_for_what_it_is(error, kind):
    assert isinstance(trouble_in(error), kind)


def test_what_is_no_trouble_of_storing_comes_out_as_it_is():
    with pytest.raises(KeyError), storage_at_work():
        raise KeyError


@pytest.mark.parametrize(("trouble", "status"), [(NoRoom, 507), (StorageDown, 503)])
def test_a_program_is_told_with_a_code_of_its_own(trouble, status):
    response = exception_handler(trouble(), {})

    assert (response.status_code, response.data["error"]["code"]) == (status, trouble.code)


@pytest.mark.parametrize(("error", "status"), [(OSError(errno.ENOSPC, "full"), 507), (PermissionError(), 503)])
def test_a_page_says_it_and_that_the_draft_is_kept(db, error, status):
    request = RequestFactory().get("/")
    request.user = None
    response = ErrorMiddleware(lambda _request: None).process_exception(request, error)

    assert (response.status_code, "草稿" in response.content.decode()) == (status, True)


@pytest.fixture
def lenient():
    return Client(raise_request_exception=False)


def test_a_body_that_finds_no_room_is_told_before_any_view_is_asked(db, lenient, monkeypatch, caplog):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    caplog.set_level(logging.CRITICAL)
    monkeypatch.setattr("django.http.request.HttpRequest._load_post_and_files", full)

    assert lenient.post("/accounts/login/", {"login": "a"}).status_code == 507


def test_any_other_failure_is_a_failure_of_ours(db, rf):
    assert views.failed(rf.get("/")).status_code == 500
