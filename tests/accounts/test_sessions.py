"""How a session begins, what ends it, and who sees that it is there."""

from __future__ import annotations

import re
import time

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends import db as plain
from django.test import Client
from django.urls import reverse

from portal.accounts.sessions import SessionStore
from tests.accounts.entrances import LOGIN, is_signed_in, letters, link_in, sign_in, signed_in
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
SESSIONS, CHANGE, LOGOUT = (
    reverse(name) for name in ("usersessions_list", "account_change_password", "account_logout")
)
CODE, CONFIRM = reverse("account_request_login_code"), reverse("account_confirm_login_code")
NEW = "pumpkin-lighthouse-9"
EDGE_ON_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"


@pytest.fixture
def user():
    return UserFactory()


def plant(client):
    """An anonymous session, whose key somebody else may know."""
    session = client.session
    session["seen"] = "a page"
    session.save()
    return session.session_key


def change_password(client, old=PASSWORD, new=NEW):
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})


def code_for(client, user):
    client.post(CODE, {"email": user.email})
    return re.search(r"\d{4}-\d{4}", letters()[-1].body)[0]


@pytest.mark.parametrize(("seconds", "kept"), [(60, {"seen": "a page"}), (-1, {})])
def test_what_django_s_own_store_has_kept_goes_on_until_its_end(seconds, kept):
    begun = plain.SessionStore()
    begun["seen"] = "a page"
    begun.set_expiry(seconds)
    begun.save()

    session = SessionStore(begun.session_key)

    assert {key: value for key, value in session.items() if key == "seen"} == kept


def test_a_key_that_nobody_was_given_is_not_taken_over():
    session = SessionStore("k" * 32)

    assert (session.get("seen"), session.session_key) == (None, None)


def test_a_session_gets_a_new_key_at_sign_in(user):
    client = Client()
    planted = plant(client)

    sign_in(client, user)

    assert client.session.session_key not in {None, planted}


def test_a_planted_session_opens_nothing_afterwards(user):
    client, attacker = Client(), Client()
    attacker.cookies["session"] = plant(client)

    sign_in(client, user)

    assert not is_signed_in(attacker)


def test_a_mailed_code_signs_in(user):
    client = Client()
    code = code_for(client, user)

    client.post(CONFIRM, {"code": code})

    assert is_signed_in(client)


def test_a_mailed_code_works_in_the_browser_that_asked_alone(user):
    code, other = code_for(Client(), user), Client()
    other.post(CODE, {"email": user.email})

    other.post(CONFIRM, {"code": code})

    assert not is_signed_in(other)


def test_a_mailed_code_works_once(user):
    client = Client()
    code = code_for(client, user)
    client.post(CONFIRM, {"code": code})
    client.post(LOGOUT)

    client.post(CONFIRM, {"code": code})

    assert not is_signed_in(client)


def test_a_mailed_code_grows_old(user, time_machine):
    client = Client()
    code = code_for(client, user)
    time_machine.move_to(time.time() + 601)

    client.post(CONFIRM, {"code": code})

    assert not is_signed_in(client)


def test_a_code_is_eight_digits_that_nobody_needs_to_group(user):
    client = Client()
    code = code_for(client, user)

    client.post(CONFIRM, {"code": code.replace("-", "")})

    assert is_signed_in(client)


def test_a_new_code_ends_the_first(user):
    client = Client()
    first = code_for(client, user)
    client.post(CONFIRM, {"action": "resend"})

    client.post(CONFIRM, {"code": first})

    assert not is_signed_in(client)


def test_a_new_password_ends_the_other_sessions_and_not_this_one(user):
    here, there = signed_in(user), signed_in(user)

    change_password(here)

    assert (is_signed_in(here), is_signed_in(there)) == (True, False)


def test_a_wrong_current_password_changes_nothing(user):
    response = change_password(signed_in(user), old="wrong")

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["oldpassword"])


def test_a_reset_ends_every_session(user):
    there, client = signed_in(user), Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    form = client.get(link_in(letters()[-1]))["Location"]

    client.post(form, {"password1": NEW, "password2": NEW})

    assert not is_signed_in(there)


def test_a_disabled_persons_session_ends_at_the_next_request(user):
    client = signed_in(user)
    type(user).objects.update(is_active=False)

    assert client.get("/desk/")["Location"].startswith(LOGIN)


def test_a_disabled_person_cannot_sign_in(user):
    type(user).objects.update(is_active=False)
    client = Client()

    response = sign_in(client, user)

    assert (response["Location"], is_signed_in(client)) == (reverse("account_inactive"), False)


def test_a_code_of_somebody_who_was_disabled_since_opens_nothing(user):
    client = Client()
    code = code_for(client, user)
    type(user).objects.update(is_active=False)

    response = client.post(CONFIRM, {"code": code})

    assert (response["Location"], is_signed_in(client)) == (reverse("account_inactive"), False)


def test_a_disabled_person_is_mailed_no_code(user):
    type(user).objects.update(is_active=False)

    Client().post(CODE, {"email": user.email})

    assert re.search(r"\d{4}-\d{4}", letters()[-1].body) is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_signed_in_and_signs_in_is_led_on(user, method):
    client = signed_in(user)

    response = getattr(client, method)(LOGIN, {"login": user.email, "password": "wrong"})

    assert (response["Location"], is_signed_in(client)) == ("/desk/", True)


def test_somebody_else_does_not_slip_into_a_session(user):
    client = signed_in(user)

    sign_in(client, UserFactory())

    assert client.session["_auth_user_id"] == str(user.pk)


def test_sessions_are_listed_with_their_browser(user):
    client = signed_in(user, HTTP_USER_AGENT=EDGE_ON_WINDOWS)

    assert "Edge · Windows" in client.get(SESSIONS).content.decode()


def test_nobody_elses_sessions_are_listed(user):
    signed_in(UserFactory(), REMOTE_ADDR="203.0.113.77")

    assert "203.0.113.77" not in signed_in(user).get(SESSIONS).content.decode()


def test_the_other_sessions_are_ended_and_this_one_goes_on(user):
    here, there, stranger = signed_in(user), signed_in(user), signed_in(UserFactory())

    here.post(SESSIONS)

    assert [is_signed_in(client) for client in (here, there, stranger)] == [True, False, True]


def test_a_session_that_has_ended_is_no_longer_listed(user):
    there, here = signed_in(user), signed_in(user)
    there.post(LOGOUT)

    here.get(SESSIONS)

    assert UserSession.objects.filter(user=user).count() == 1


def test_signing_out_takes_a_post(user):
    client = signed_in(user)
    client.get(LOGOUT)

    assert is_signed_in(client)


@pytest.mark.parametrize("agent", ["", "curl/8", "x" * 5000, "<script>alert(1)</script>", "😀" * 300])
def test_an_odd_browsers_name_is_shown_as_unknown(user, agent):
    client = signed_in(user, HTTP_USER_AGENT=agent)

    assert "未知程序" in client.get(SESSIONS).content.decode()
