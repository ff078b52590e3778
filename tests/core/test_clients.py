"""How much of a request's origin is kept, and whom it is believed."""

import pytest
from django.test import RequestFactory

from portal.core.clients import browser_of, client_address, network_of, trace_of

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1"


def request(**headers):
    return RequestFactory().get("/", REMOTE_ADDR="10.0.0.9", headers=headers)


@pytest.mark.parametrize(
    ("count", "claimed", "address"),
    [
        (0, "203.0.113.7", "10.0.0.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),
        (1, "not-an-address", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_only_our_own_proxies_are_believed(settings, count, claimed, address):
    settings.TRUSTED_PROXY_COUNT = count

    assert client_address(request(x_forwarded_for=claimed)) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_the_network_is_kept_and_not_the_address(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("claimed", "browser"),
    [
        (CHROME, "Chrome 126 · Windows"),
        (f"{CHROME} Edg/126.0.2592.68", "Edge 126 · Windows"),
        (IPHONE, "Safari 17 · iOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/116.0.0.0 Mobile MicroMessenger/8.0.49.2600", "WeChat 8 · Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox 128 · Linux"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/114.0.0.0 ArkWeb/4.1", "Chrome 114 · HarmonyOS"),
        ("curl/8.0", ""),
        ("<script>alert(1)</script>", ""),
        ("Chrome/" + "9" * 40, ""),
        ("x" * 100_000 + "Chrome/1", ""),
        ("", ""),
    ],
)
def test_a_browser_is_kept_in_words_that_we_know(claimed, browser):
    assert browser_of(request(user_agent=claimed)) == browser


def test_without_a_request_nothing_is_known():
    assert trace_of(None) == {}
