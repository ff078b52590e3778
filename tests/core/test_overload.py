"""Too much at once: who can wait is told when to come again, before anything is read; a submit is served first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from portal.core.shedding import OverloadMiddleware

SUBMIT = "/submissions/0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f/submit/"
RECEIPT = "/submissions/receipts/0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f/"


def ask(middleware, method="get", path="/desk/", waited=0):
    request = getattr(RequestFactory(), method)(path)
    request.received_at = timezone.now() - timedelta(seconds=waited)
    return middleware(request), request


def fine(request):
    return HttpResponse("ok")


def test_by_default_nothing_is_turned_away():
    assert ask(OverloadMiddleware(fine), waited=600)[0].status_code == 200


@pytest.mark.parametrize(("waited", "status"), [(4, 200), (6, 503)])
def test_a_page_that_has_waited_too_long_is_turned_away(settings, waited, status):
    settings.SHED_AFTER_SECONDS = 5

    assert ask(OverloadMiddleware(fine), waited=waited)[0].status_code == status


@pytest.mark.parametrize("path", [SUBMIT, "/healthz", "/readyz", "/status/"])
def test_what_comes_first_is_served_however_long_it_has_waited(settings, path):
    settings.SHED_AFTER_SECONDS = 5

    assert ask(OverloadMiddleware(fine), path=path, waited=60)[0].status_code == 200


def test_a_receipt_can_be_looked_at_again_later(settings):
    settings.SHED_AFTER_SECONDS = 5

    assert ask(OverloadMiddleware(fine), path=RECEIPT, waited=60)[0].status_code == 503


def test_a_body_may_take_its_time_to_come(settings):
    settings.SHED_AFTER_SECONDS = 5

    assert ask(OverloadMiddleware(fine), method="post", waited=60)[0].status_code == 200


def nested(paths):
    """While one request is served, another comes."""

    def serve(request):
        if paths:
            serve.inner, serve.request = ask(serve.middleware, "post", paths.pop())
        return HttpResponse("ok")

    return serve


@pytest.mark.parametrize(("path", "status"), [("/desk/", 503), (SUBMIT, 200)])
def test_beyond_the_limit_all_but_a_submit_is_turned_away(settings, path, status):
    settings.MOST_REQUESTS_AT_ONCE = 1
    serve = nested([path])
    serve.middleware = OverloadMiddleware(serve)
    ask(serve.middleware)

    assert serve.inner.status_code == status


def test_whoever_is_turned_away_is_told_when_to_come_again_and_nothing_is_read(settings):
    settings.MOST_REQUESTS_AT_ONCE = 1
    serve = nested(["/desk/"])
    serve.middleware = OverloadMiddleware(serve)
    ask(serve.middleware)

    assert (serve.inner["Retry-After"], serve.request._read_started) == ("5", False)


def test_a_place_is_free_again_even_after_an_error(settings):
    settings.MOST_REQUESTS_AT_ONCE = 1

    def breaks(request):
        raise RuntimeError

    middleware = OverloadMiddleware(breaks)
    for _time in range(2):
        with pytest.raises(RuntimeError):
            ask(middleware)
