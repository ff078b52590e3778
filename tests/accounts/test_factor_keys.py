"""A new key for second factors: what is sealed with the old one is sealed anew, and nobody is locked out."""

from __future__ import annotations

import io
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from portal.accounts import factor_keys
from tests.accounts.test_factors import AUTHENTICATE, SECRET, code_at, half_way, unused
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def protected():
    user = UserFactory()
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def under_a_new_key(settings):
    """The old one is a fallback from now on."""
    settings.SECOND_FACTOR_KEYS = ["a-new-key-that-seals-from-now-on", *settings.SECOND_FACTOR_KEYS]


def without_the_old_key(settings):
    settings.SECOND_FACTOR_KEYS = settings.SECOND_FACTOR_KEYS[:1]


def test_sealed_anew_all_of_them_outlive_the_old_key(protected, settings):
    code = unused(protected)[0]
    under_a_new_key(settings)
    call_command("reseal_factors", stdout=io.StringIO())
    without_the_old_key(settings)

    works = [
        Authenticator.objects.get(type="totp").wrap().validate_code(code_at(time.time())),
        Authenticator.objects.get(type="recovery_codes").wrap().validate_code(code),
    ]
    assert works == [True, True]


def test_the_command_says_how_many_are_left(protected, settings):
    under_a_new_key(settings)
    said = io.StringIO()
    for options in [{"dry_run": True}, {}, {"dry_run": True}]:
        call_command("reseal_factors", stdout=said, **options)

    assert said.getvalue().splitlines() == [
        "0 sealed anew, 2 left under an earlier key",
        "2 sealed anew, 0 left under an earlier key",
        "0 sealed anew, 0 left under an earlier key",
    ]


def test_the_command_names_those_that_no_key_opens(protected, settings):
    settings.SECOND_FACTOR_KEYS = ["another-key"]

    with pytest.raises(CommandError, match="no key opens 2"):
        call_command("reseal_factors", stdout=io.StringIO())


def test_a_factor_that_is_used_is_sealed_anew(protected, settings):
    under_a_new_key(settings)
    half_way(protected).post(AUTHENTICATE, {"code": code_at(time.time())})

    assert factor_keys.is_newest(Authenticator.objects.get(type="totp").data)


def test_a_recovery_code_that_is_used_stays_used(protected, settings):
    code = unused(protected)[0]
    under_a_new_key(settings)
    half_way(protected).post(AUTHENTICATE, {"code": code})

    codes = Authenticator.objects.get(type="recovery_codes")
    assert (factor_keys.is_newest(codes.data), code in codes.wrap().get_unused_codes()) == (True, False)
