"""Every address under /accounts/, walked: forged requests, other people's sites, and what nobody can have typed."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from portal.accounts.models import User
from tests.accounts.entrances import LOGIN, SIGNUP, sign_in, signed_in
from tests.factories.accounts import PASSWORD, AgreementFactory, UserFactory

pytestmark = pytest.mark.django_db
ARGUMENTS = {
    "account_confirm_email": ["MQ:1abc:x"],
    "account_reset_password_from_key": ["1", "set-password"],
    "mfa_remove_webauthn": [1],
    "mfa_edit_webauthn": [1],
    "accounts:agreement": ["privacy-notice", 1],
    "accounts:export": ["00000000-0000-4000-8000-000000000000"],
}
PUBLIC_TEXTS = {"accounts:privacy", "accounts:user_agreement", "accounts:document_number_notice", "accounts:agreement"}
SAFE_ONLY = PUBLIC_TEXTS | {
    *("accounts:security", "accounts:second_factor", "accounts:go_on", "accounts:consents", "accounts:data"),
    *("accounts:export", "accounts:closed"),
}
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://localhost@evil.example/",
    "https://other.example/",
    "\thttps://evil.example",
    "％2F％2Fevil.example",
]


def names(patterns, namespace=""):
    for entry in patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield f"{namespace}{entry.name}"
        else:
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from names(entry.url_patterns, inner)


ROUTES = [
    name
    for name in names(get_resolver().url_patterns)
    if name.startswith(("account_", "accounts:", "mfa_", "usersessions_"))
]


def address(name):
    return reverse(name, args=ARGUMENTS.get(name, []))


def test_the_walk_knows_the_routes_that_matter():
    known = {"account_login", "account_signup", "account_email", "mfa_activate_totp", "usersessions_list"}

    assert known | {"mfa_login_webauthn", "account_request_login_code", "accounts:send_again"} <= set(ROUTES)


@pytest.fixture
def member():
    return signed_in(UserFactory())


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_a_forged_request_is_refused_everywhere(who, member):
    client = member if who == "member" else Client()
    client.handler.enforce_csrf_checks = True
    answers = {name: client.post(address(name)).status_code for name in set(ROUTES) - SAFE_ONLY}

    assert answers == dict.fromkeys(answers, 403)


def test_what_only_shows_takes_no_post(member):
    assert {member.post(address(name)).status_code for name in SAFE_ONLY} == {405}


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_no_page_fails_and_none_is_kept_by_a_cache(who, member):
    client = member if who == "member" else Client()
    for name in sorted(set(ROUTES) - PUBLIC_TEXTS - {"accounts:go_on"}):
        response = client.get(address(name))
        is_private = response.status_code != 200 or "no-store" in response["Cache-Control"]
        assert (name, response.status_code < 500, is_private) == (name, True, True)


@pytest.fixture
def _second_name(settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]


@pytest.mark.usefixtures("_second_name")
@pytest.mark.parametrize("page", ELSEWHERE)
class TestNobodyIsLedElsewhere:
    def test_by_signing_in(self, page):
        client = Client()
        response = client.post(LOGIN, {"login": UserFactory().email, "password": PASSWORD, "next": page})

        assert response["Location"] == "/desk/"

    def test_by_a_link_to_the_login_page(self, page):
        client = Client()
        user = UserFactory()
        response = client.post(f"{LOGIN}?{urlencode({'next': page})}", {"login": user.email, "password": PASSWORD})

        assert response["Location"] == "/desk/"

    def test_when_signed_in_already(self, page):
        assert signed_in(UserFactory()).get(LOGIN, {"next": page})["Location"] == "/desk/"

    def test_by_signing_out(self, page):
        assert signed_in(UserFactory()).post(reverse("account_logout"), {"next": page})["Location"] == "/"

    def test_by_registering(self, page):
        AgreementFactory()
        entry = {"full_name": "李雷", "email": "l@example.cn", "password1": PASSWORD, "accept_notice": "on"}

        assert Client().post(SIGNUP, {**entry, "next": page})["Location"].startswith("/accounts/")

    def test_by_changing_the_password(self, page):
        new = "pumpkin-lighthouse-9"
        form = {"oldpassword": PASSWORD, "password1": new, "password2": new, "next": page}
        response = signed_in(UserFactory()).post(reverse("account_change_password"), form)

        assert response["Location"] == reverse("accounts:security")

    def test_by_proving_who_one_is(self, page):
        form = {"password": PASSWORD, "next": page}

        assert signed_in(UserFactory()).post(reverse("account_reauthenticate"), form)["Location"] == "/desk/"

    def test_by_asking_for_a_code(self, page):
        response = Client().post(reverse("account_request_login_code"), {"email": "x@example.com", "next": page})

        assert "evil" not in response["Location"]

    def test_by_asking_for_a_password(self, page):
        response = Client().post(reverse("account_reset_password"), {"email": "x@example.com", "next": page})

        assert response["Location"] == reverse("account_reset_password_done")


def test_the_page_that_was_asked_for_comes_after_signing_in():
    response = Client().post(LOGIN, {"login": UserFactory().email, "password": PASSWORD, "next": "/teams/new/"})

    assert response["Location"] == "/teams/new/"


ODD = {
    "300 characters": "a" * 300,
    "an address of 300": f"{'a' * 290}@example.com",
    "emoji": "😀" * 300,
    "admin": "admin",
    "NUL": "a\x00b@example.com",
    "half a character": "a\ud83d@example.com",
    "right to left": "a\u202eb@example.com",
    "line breaks": "a@example.com\nBcc: b@example.com",
    "markup": "<script>alert(1)</script>@example.com",
    "two addresses": "a@example.com,b@example.com",
    "a name": "“赵”<zhao@example.com>",
    "Chinese": "赵六@example.com",
    "nothing": "",
    "spaces": "   ",
}
FORMS = {
    "account_login": ("login", {"password": PASSWORD}),
    "account_signup": ("email", {"full_name": "李雷", "password1": PASSWORD, "accept_notice": "on"}),
    "account_reset_password": ("email", {}),
    "account_request_login_code": ("email", {}),
}


def post(client, url, data):
    """As a program sends it that knows no limits: halves of characters too."""
    body = urlencode(data, errors="surrogatepass")
    return client.post(url, body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", FORMS)
def test_what_is_no_address_is_refused_at_its_field(name, odd):
    field, rest = FORMS[name]
    response = post(Client(), address(name), {field: odd, **rest})

    assert (response.status_code, list(response.context["form"].errors), User.objects.count()) == (400, [field], 0)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_no_address_is_not_added(odd, member):
    response = post(member, reverse("account_email"), {"email": odd, "action_add": ""})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["email"])


@pytest.mark.parametrize("action", ["action_primary", "action_send", "action_remove"])
def test_an_address_that_is_not_ones_own_is_left_alone(action, member, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "manage_email": "99/m/user"}
    page = reverse("account_email")

    assert {post(member, page, {"email": odd, action: ""})["Location"] for odd in ODD.values()} == {page}


@pytest.mark.parametrize(
    "password", ["", "短", "a" * 10, "1" * 40, "x" * 129, "woaini1314", "123456789a", "lilei@example"]
)
def test_a_weak_password_is_refused_at_its_field_with_advice(password):
    entry = {"full_name": "李雷", "email": "lilei@example.cn", "password1": password, "accept_notice": "on"}
    response = Client().post(SIGNUP, entry)

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["password1"])


@pytest.mark.parametrize("name", ["admin", "Ａｄｍｉｎ", "管理员", "😀😀", "O'Neil", "欧阳·娜娜"])
def test_a_name_that_is_only_a_name_is_accepted(name):
    """A name opens nothing: what somebody may do hangs on roles."""
    entry = {"full_name": name, "email": "lilei@example.cn", "password1": PASSWORD, "accept_notice": "on"}
    Client().post(SIGNUP, entry)

    assert User.objects.values_list("full_name", "is_staff", "is_superuser").get() == (name, False, False)


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "is_active", "id", "joined_at", "username"])
def test_nothing_else_is_taken_from_the_form(field):
    entry = {"full_name": "李雷", "email": "lilei@example.cn", "password1": PASSWORD, "accept_notice": "on"}
    Client().post(SIGNUP, {**entry, field: "1"})

    assert User.objects.values_list("is_staff", "is_superuser").get() == (False, False)


def test_a_session_cookie_is_for_the_server_alone():
    client = Client()
    sign_in(client, UserFactory())
    cookies = [client.cookies[name] for name in (settings.SESSION_COOKIE_NAME, settings.DEVICE_COOKIE_NAME)]

    assert [(cookie["httponly"], cookie["samesite"]) for cookie in cookies] == [(True, "Lax")] * 2
