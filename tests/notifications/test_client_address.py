"""From where somebody comes, for the limits: an address, or nothing is done for them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from portal.notifications.account_adapter import AccountAdapter


@pytest.fixture
def adapter():
    return AccountAdapter()


def asked_from(address):
    return RequestFactory().get("/", REMOTE_ADDR=address)


def test_an_address_is_taken_as_it_is(adapter):
    assert adapter.get_client_ip(asked_from("192.0.2.7")) == "192.0.2.7"


@pytest.mark.parametrize("address", ["", "unknown", "192.0.2.7 or so"])
def test_whoever_comes_from_nowhere_is_refused(adapter, address):
    """Without one, nobody would be counted."""
    with pytest.raises(PermissionDenied):
        adapter.get_client_ip(asked_from(address))
