"""One shape for what goes wrong: a page for people, JSON for programs."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import RequestFactory
from rest_framework.exceptions import NotAuthenticated

from portal.core.api import exception_handler
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.middleware import ErrorMiddleware


@pytest.fixture
def page(db):
    """The page that an exception in a view becomes."""
    request = RequestFactory().get("/")
    request.user = None
    return lambda error: ErrorMiddleware(lambda _request: None).process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Conflict("改过了"), 409), (TransitionNotAllowed(), 409), (ValidationError("不对"), 400)],
    ids=["conflict", "transition", "validation"],
)
def test_what_a_service_raises_becomes_a_page(page, error, status):
    assert page(error).status_code == status


def test_the_page_says_what_the_service_said(page):
    assert "改过了" in page(Conflict("改过了")).content.decode()


def test_what_nobody_foresaw_is_left_to_django(page):
    assert page(RuntimeError("boom")) is None


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (Conflict(), 409, "conflict"),
        (TransitionNotAllowed(), 409, "conflict"),
        (NotAuthenticated(), 401, "not_authenticated"),
        (ValidationError({"title": ["太长"]}), 400, "invalid"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_an_api_error_has_its_code(error, status, code):
    response = exception_handler(error, {})

    assert (response.status_code, response.data["error"]["code"]) == (status, code)


def test_an_api_error_names_its_fields():
    response = exception_handler(ValidationError({"title": ["太长"]}), {})

    assert json.loads(json.dumps(response.data["error"]["fields"])) == {"title": ["太长"]}


def test_what_nobody_foresaw_is_no_api_answer():
    assert exception_handler(RuntimeError("boom"), {}) is None


def test_an_unknown_address_is_a_page_of_ours(client, db):
    response = client.get("/no-such-competition/")

    assert (response.status_code, "lang=" in response.content.decode()) == (404, True)


def test_each_answer_carries_the_id_of_its_request(client, db):
    assert len(client.get("/healthz")["X-Request-Id"]) == 16


@pytest.mark.parametrize("given", ["x", "a b c d e f", "<script>alert(1)", "长长长长长长长长"])
def test_an_odd_request_id_is_replaced(client, settings, given):
    settings.TRUSTED_PROXY_COUNT = 1

    assert client.get("/healthz", headers={"x-request-id": given})["X-Request-Id"] != given


@pytest.mark.parametrize(("proxies", "is_kept"), [(1, True), (0, False)])
def test_a_request_id_is_a_proxys_to_give_and_no_clients(client, settings, proxies, is_kept):
    settings.TRUSTED_PROXY_COUNT = proxies
    response = client.get("/healthz", headers={"x-request-id": "proxy-12345678"})

    assert (response["X-Request-Id"] == "proxy-12345678") is is_kept
