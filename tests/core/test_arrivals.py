"""When a request arrived: the proxy's word where one of ours stands in front, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from portal.core.arrivals import arrived_at

NOW = datetime(2026, 8, 10, 16, 0, 5, tzinfo=UTC)
EARLIER = NOW - timedelta(seconds=5, milliseconds=1)


def asked(stamp):
    request = HttpRequest()
    request.META["HTTP_X_REQUEST_START"] = stamp
    return request


def stamp_of(moment):
    return f"t={int(moment.timestamp())}.{moment.microsecond // 1000:03}"


def test_what_the_proxy_stamped_counts(settings):
    settings.TRUSTED_PROXY_COUNT = 1

    assert arrived_at(asked(stamp_of(EARLIER)), NOW) == EARLIER


def test_without_a_proxy_of_ours_the_stamp_counts_for_nothing(settings):
    settings.TRUSTED_PROXY_COUNT = 0

    assert arrived_at(asked(stamp_of(EARLIER)), NOW) == NOW


def test_a_stamp_a_moment_ahead_is_no_later_than_now(settings):
    settings.TRUSTED_PROXY_COUNT = 1

    assert arrived_at(asked(stamp_of(NOW + timedelta(seconds=1))), NOW) == NOW


@pytest.mark.parametrize(
    "stamp",
    ["", "t=", "t=1", "1786377600.000", "t=1786377600", "t=1786377600.000,t=1", "t=١٧٨٦٣٧٧٦٠٠.000", "t=9999999999.000"],
)
def test_what_is_no_stamp_counts_for_nothing(settings, stamp):
    settings.TRUSTED_PROXY_COUNT = 1

    assert arrived_at(asked(stamp), NOW) == NOW


def test_a_stamp_of_long_ago_counts_for_nothing(settings):
    settings.TRUSTED_PROXY_COUNT = 1

    assert arrived_at(asked(stamp_of(NOW - timedelta(hours=1))), NOW) == NOW


def test_a_client_s_own_stamp_is_taken_away(settings):
    settings.TRUSTED_PROXY_COUNT = 0
    request = Client().get("/healthz", headers={"X-Request-Start": "t=1786377600.000"}).wsgi_request

    assert "HTTP_X_REQUEST_START" not in request.META


def test_the_proxy_stamps_before_the_body_comes():
    """Read where the header is set, $msec is the moment when the whole body was there."""
    text = Path(settings.BASE_DIR, "deploy/nginx.conf").read_text()

    assert ("set $arrived $msec;" in text, '"t=$msec"' in text) == (True, False)
    assert text.count('X-Request-Start "t=$arrived"') == text.count("proxy_pass ")
