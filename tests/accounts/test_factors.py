"""Second factors in use: app codes, recovery codes, what they are kept as, and how one gets rid of them."""

from __future__ import annotations

import time
from urllib.parse import unquote

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.accounts.resets import reset_second_factor
from portal.core.models import AuditEntry
from tests.accounts.entrances import is_signed_in, letters, sign_in, signed_in
from tests.factories.accounts import PASSWORD, SiteAdminFactory, UserFactory
from tests.race import race

pytestmark = pytest.mark.django_db
ACTIVATE, AUTHENTICATE = reverse("mfa_activate_totp"), reverse("mfa_authenticate")
CODES = reverse("mfa_view_recovery_codes")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = 1_790_000_010.0


def code_at(moment, secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(moment) // 30))


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def protected(user):
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def half_way(user):
    client = Client()
    sign_in(client, user)
    return client


def set_up(client):
    secret = client.get(ACTIVATE).context["form"].secret
    return client.post(ACTIVATE, {"code": code_at(time.time(), secret)})


def test_setting_up_an_app_right_after_signing_in(user):
    response = set_up(signed_in(user))

    assert response["Location"] == CODES
    assert {factor.type for factor in Authenticator.objects.filter(user=user)} == {"totp", "recovery_codes"}


def test_later_one_shows_once_more_who_one_is(user, time_machine):
    client = signed_in(user)
    time_machine.move_to(time.time() + 301)

    assert client.get(ACTIVATE)["Location"].startswith(reverse("account_reauthenticate"))


def test_then_what_was_begun_goes_on(user, time_machine):
    client = signed_in(user)
    time_machine.move_to(time.time() + 301)
    ask = client.get(ACTIVATE)["Location"]

    response = client.post(ask, {"password": PASSWORD, "next": ACTIVATE})

    assert (response["Location"], client.get(ACTIVATE).status_code) == (ACTIVATE, 200)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_double_press_sets_one_app_up(user):
    client = signed_in(user)
    secret = client.get(ACTIVATE).context["form"].secret
    twin = Client()
    twin.cookies = client.cookies
    code = code_at(time.time(), secret)

    answers = race([lambda each=each: each.post(ACTIVATE, {"code": code}).status_code for each in (client, twin)])

    assert (max(answers) < 500, Authenticator.objects.filter(type="totp").count()) == (True, 1)


def test_a_wrong_code_sets_nothing_up(user):
    client = signed_in(user)
    client.get(ACTIVATE)

    response = client.post(ACTIVATE, {"code": "000000"})

    assert (response.status_code, Authenticator.objects.count()) == (400, 0)
    assert response.context["form"].errors["code"]


def test_the_password_alone_no_longer_signs_in(protected):
    assert not is_signed_in(half_way(protected))


def test_password_and_code_do(protected):
    client = half_way(protected)
    client.post(AUTHENTICATE, {"code": code_at(time.time())})

    assert is_signed_in(client)


@pytest.mark.parametrize("typed", ["{} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_spaces_in_a_code_do_no_harm(protected, typed):
    client = half_way(protected)
    client.post(AUTHENTICATE, {"code": typed.format(code_at(time.time()))})

    assert is_signed_in(client)


@pytest.mark.parametrize("code", ["", "12345", "１２３４５６", "abcdef", "😀" * 300, "0" * 10_000])
def test_what_is_no_code_is_refused_at_its_field(protected, code):
    client = half_way(protected)

    response = client.post(AUTHENTICATE, {"code": code})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["code"])


def test_a_mailed_code_needs_the_second_factor_too(protected):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": protected.email})
    code = letters()[-1].body.split("\n\n")[2].strip()

    response = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert (response["Location"], is_signed_in(client)) == (AUTHENTICATE, False)


@pytest.mark.parametrize("later", [0, 29, 59])
def test_a_code_is_good_for_once(protected, later, time_machine):
    time_machine.move_to(NOON, tick=False)
    code = code_at(NOON)
    half_way(protected).post(AUTHENTICATE, {"code": code})
    time_machine.move_to(NOON + later, tick=False)
    client = half_way(protected)

    client.post(AUTHENTICATE, {"code": code})

    assert not is_signed_in(client)


@pytest.mark.parametrize("drift", [-30, 30])
def test_a_clock_may_go_half_a_minute_wrong(protected, drift, time_machine):
    time_machine.move_to(NOON, tick=False)
    client = half_way(protected)
    client.post(AUTHENTICATE, {"code": code_at(NOON + drift)})

    assert is_signed_in(client)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_one_code_at_once_one_gets_in(protected):
    code, clients = code_at(time.time()), [half_way(protected) for _ in range(4)]
    race([lambda client=client: client.post(AUTHENTICATE, {"code": code}) for client in clients])

    assert sorted(is_signed_in(client) for client in clients) == [False, False, False, True]


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_one_recovery_code_at_once_one_gets_in(protected):
    code = unused(protected)[0]
    clients = [half_way(protected) for _ in range(4)]
    race([lambda client=client: client.post(AUTHENTICATE, {"code": code}) for client in clients])

    assert sorted(is_signed_in(client) for client in clients) == [False, False, False, True]


def unused(user):
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def test_a_recovery_code_signs_in_once(protected):
    code = unused(protected)[0]
    first, second = half_way(protected), half_way(protected)
    for client in (first, second):
        client.post(AUTHENTICATE, {"code": code})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_new_recovery_codes_end_the_earlier_ones(protected):
    before = unused(protected)
    client = half_way(protected)
    client.post(AUTHENTICATE, {"code": before[0]})
    client.post(reverse("mfa_generate_recovery_codes"))

    assert set(before) & set(unused(protected)) == set()


def test_guessing_codes_comes_to_an_end_for_a_while(protected):
    client = half_way(protected)
    for _ in range(5):
        client.post(AUTHENTICATE, {"code": "000000"})

    client.post(AUTHENTICATE, {"code": code_at(time.time())})

    assert not is_signed_in(client)


def test_secrets_are_not_kept_as_they_are(protected):
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert SECRET not in kept
    assert not any(code in kept for code in unused(protected))


def test_an_earlier_key_still_opens_them(protected, settings):
    settings.SECOND_FACTOR_KEYS = ["a-new-key-that-seals-from-now-on", *settings.SECOND_FACTOR_KEYS]

    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_at(time.time()))


def test_without_its_key_recovery_codes_are_nobodys(protected, settings):
    code = unused(protected)[0]
    settings.SECOND_FACTOR_KEYS = ["another-key"]

    assert not Authenticator.objects.get(type="recovery_codes").wrap().validate_code(code)


def test_without_its_key_a_secret_stays_shut(protected, settings):
    settings.SECOND_FACTOR_KEYS = ["another-key"]

    assert not Authenticator.objects.get(type="totp").wrap().validate_code(code_at(time.time()))


def test_the_first_factor_ends_sessions_that_began_without(user, django_capture_on_commit_callbacks):
    elsewhere, here = signed_in(user), signed_in(user)
    with django_capture_on_commit_callbacks(execute=True):
        set_up(here)

    assert (is_signed_in(elsewhere), is_signed_in(here)) == (False, True)


def test_passkeys_belong_to_the_canonical_host(settings, user):
    settings.CANONICAL_URL, settings.ALLOWED_HOSTS = (
        "https://contest.example.cn",
        ["contest.example.cn", "other.example"],
    )
    client = signed_in(user, SERVER_NAME="other.example")

    options = client.get(reverse("mfa_add_webauthn")).context["js_data"]["creation_options"]

    assert options["publicKey"]["rp"] == {"id": "contest.example.cn", "name": settings.SITE_NAME}


def test_an_app_is_told_the_portals_name(settings, user):
    page = signed_in(user).get(ACTIVATE)

    assert f"issuer={settings.SITE_NAME}" in unquote(page.context["totp_url"])


@pytest.mark.parametrize("name", ["a\u202eb", "长" * 61, "https://evil.example"], ids=ascii)
def test_a_passkeys_name_is_a_plain_line(user, name):
    response = signed_in(user).post(reverse("mfa_add_webauthn"), {"name": name, "credential": "{}"})

    assert (response.status_code, "name" in response.context["form"].errors) == (400, True)


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "1", '{"id": "x"}', "not json", "[" * 2000])
def test_a_forged_passkey_is_refused(user, credential):
    response = signed_in(user).post(reverse("mfa_add_webauthn"), {"name": "x", "credential": credential})

    assert (response.status_code, Authenticator.objects.count()) == (400, 0)


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "1", '{"id": "x"}', "not json", '{"response": 1}'])
def test_a_forged_sign_in_by_passkey_is_refused(credential):
    client = Client()
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})

    response = client.post(reverse("mfa_login_webauthn"), {"credential": credential})

    assert (response["Location"], "_auth_user_id" in client.session) == (reverse("account_login"), False)


def test_setting_one_up_is_told_by_mail(user, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        set_up(signed_in(user))

    assert [letter.to for letter in letters()] == [[user.email]]


@pytest.fixture
def admin_client():
    client = Client()
    client.force_login(SiteAdminFactory())
    return client


def take_off(client, user):
    return client.post(
        "/admin/accounts/user/", {"action": "take_second_factor_off", "_selected_action": [user.pk], "index": 0}
    )


def test_a_site_admin_takes_it_off_whoever_lost_everything(protected, admin_client):
    take_off(admin_client, protected)
    client = half_way(protected)

    assert is_signed_in(client)


def test_that_ends_every_session_is_told_by_mail_and_kept(protected, admin_client):
    there = half_way(protected)
    there.post(AUTHENTICATE, {"code": code_at(time.time())})

    take_off(admin_client, protected)

    line = AuditEntry.objects.get(action="reset_second_factor")
    assert (is_signed_in(there), line.before) == (False, {"factors": ["recovery_codes", "totp"]})
    assert "两步验证" in letters()[-1].subject


def test_the_mail_is_in_the_portals_language_whatever_the_admins_is(protected):
    with translation.override("en"):
        reset_second_factor(protected, actor=SiteAdminFactory())

    assert "两步验证" in letters()[-1].subject


def test_nobody_else_takes_it_off(protected):
    with pytest.raises(PermissionDenied):
        reset_second_factor(protected, actor=UserFactory(is_staff=True))


def test_the_name_of_a_new_passkey_counts_up(user):
    assert get_adapter().generate_authenticator_name(user, Authenticator.Type.WEBAUTHN) == "通行密钥 1"
