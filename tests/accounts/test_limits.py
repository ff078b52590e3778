"""How often somebody may try, and that nobody is locked out by somebody else."""

from __future__ import annotations

import re
import time
from unittest.mock import patch

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from portal.accounts.backends import Backend
from tests.accounts.entrances import LOGIN, is_signed_in, letters, sign_in
from tests.factories.accounts import PASSWORD, UserFactory
from tests.race import race

pytestmark = pytest.mark.django_db
CODE, CONFIRM, RESET = (
    reverse(f"account_{name}") for name in ("request_login_code", "confirm_login_code", "reset_password")
)
WRONG = "not-the-password"
MINUTE, HOUR = 60, 3600


@pytest.fixture
def user():
    return UserFactory()


def stranger(number=1):
    return Client(REMOTE_ADDR=f"198.51.100.{number}")


def guess(user, times, client=None):
    return [sign_in(client or stranger(), user, WRONG).status_code for _ in range(times)]


def guess_from_everywhere(user):
    """Thirty wrong guesses an hour from anywhere are the most."""
    for number in range(1, 8):
        guess(user, 5, stranger(number))


def test_five_wrong_passwords_from_one_place_are_the_most(user):
    client = stranger()
    guess(user, 5, client)

    sign_in(client, user)

    assert not is_signed_in(client)


def test_the_right_password_counts_for_nothing(user):
    client = stranger()
    for _ in range(8):
        sign_in(client, user)
        client.logout()

    assert is_signed_in(client) or sign_in(client, user).status_code == 302


def test_after_a_while_the_right_password_works_again(user, time_machine):
    guess(user, 5)
    time_machine.move_to(time.time() + 5 * MINUTE + 1)
    client = stranger()

    sign_in(client, user)

    assert is_signed_in(client)


def test_who_guesses_from_elsewhere_keeps_nobody_out(user):
    guess(user, 5, stranger(66))
    owner = stranger(1)

    sign_in(owner, user)

    assert is_signed_in(owner)


def test_guesses_from_everywhere_come_to_an_end(user):
    guess_from_everywhere(user)
    somebody = stranger(99)

    sign_in(somebody, user)

    assert not is_signed_in(somebody)


def test_a_browser_that_signed_in_before_is_not_kept_out_by_them(user):
    owner = stranger(1)
    sign_in(owner, user)
    owner.post(reverse("account_logout"))
    guess_from_everywhere(user)

    sign_in(owner, user)

    assert is_signed_in(owner)


def test_a_known_browser_is_limited_itself(user):
    owner = stranger(1)
    sign_in(owner, user)
    owner.post(reverse("account_logout"))
    guess(user, 5, owner)

    sign_in(owner, user)

    assert not is_signed_in(owner)


def test_a_browser_known_to_one_person_is_a_stranger_to_another(user):
    other = stranger(1)
    sign_in(other, UserFactory())
    other.post(reverse("account_logout"))
    guess_from_everywhere(user)

    sign_in(other, user)

    assert not is_signed_in(other)


def test_who_sprays_from_the_same_hall_keeps_a_known_browser_from_nothing(user):
    owner = stranger(1)
    sign_in(owner, user)
    owner.post(reverse("account_logout"))
    for person in UserFactory.create_batch(20):
        guess(person, 1, stranger(1))

    sign_in(owner, user)

    assert is_signed_in(owner)


def test_a_forged_mark_of_a_browser_is_no_mark(user, settings):
    forger = stranger(1)
    forger.cookies[settings.DEVICE_COOKIE_NAME] = "eyJpZCI6IngiLCJtYXJrcyI6W119:1abc:forged"
    guess_from_everywhere(user)

    sign_in(forger, user)

    assert not is_signed_in(forger)


def test_spraying_many_accounts_from_one_address_comes_to_an_end():
    people = UserFactory.create_batch(21)
    for person in people[:20]:
        guess(person, 1)
    client = stranger()

    sign_in(client, people[20])

    assert not is_signed_in(client)


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_spoofed_address_evades_nothing(user, settings, proxies):
    settings.TRUSTED_PROXY_COUNT = proxies
    for number in range(5):
        # A proxy of ours appends what it sees; what stands before that was sent by the client.
        seen = f"203.0.113.{number}, 198.51.100.7" if proxies else f"203.0.113.{number}"
        sign_in(Client(REMOTE_ADDR="10.0.0.1"), user, WRONG, headers={"x-forwarded-for": seen})
    client = Client(REMOTE_ADDR="10.0.0.1")

    sign_in(client, user, headers={"x-forwarded-for": "203.0.113.99, 198.51.100.7" if proxies else "203.0.113.99"})

    assert not is_signed_in(client)


def test_a_spoofed_address_locks_nobody_else_out(user, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    victim, attacker = "198.51.100.7", "198.51.100.66"
    people = UserFactory.create_batch(20)
    for person in people:
        sign_in(Client(), person, WRONG, headers={"x-forwarded-for": f"{victim}, {attacker}"})
    client = Client()

    sign_in(client, user, headers={"x-forwarded-for": victim})

    assert is_signed_in(client)


def test_a_header_that_names_too_few_proxies_is_no_error(user, settings):
    settings.TRUSTED_PROXY_COUNT = 2
    client = Client()

    assert sign_in(client, user, headers={"x-forwarded-for": "198.51.100.7"}).status_code == 302


def test_ipv6_addresses_of_one_network_count_together(user):
    for number in range(5):
        guess(user, 1, Client(REMOTE_ADDR=f"2001:db8::{number}:1"))
    for person in UserFactory.create_batch(15):
        guess(person, 1, Client(REMOTE_ADDR="2001:db8::7"))
    client = Client(REMOTE_ADDR="2001:db8::8")

    sign_in(client, UserFactory())

    assert not is_signed_in(client)


def test_codes_are_mailed_so_often_from_one_place(user):
    client = stranger()
    for _ in range(5):
        client.post(CODE, {"email": user.email})
        client.post(reverse("account_logout"))

    assert len(letters()) == 3


def test_codes_asked_for_elsewhere_keep_a_known_browser_from_none(user):
    owner = stranger(1)
    sign_in(owner, user)
    owner.post(reverse("account_logout"))
    for number in range(2, 9):
        for _ in range(3):
            asking = stranger(number)
            asking.post(CODE, {"email": user.email})
    before = len(letters())

    owner.post(CODE, {"email": user.email})

    assert (before, len(letters())) == (10, 11)


def test_three_wrong_codes_end_a_code(user):
    client = stranger()
    client.post(CODE, {"email": user.email})
    code = re.search(r"\d{3,4}-\d{3,4}", letters()[-1].body)[0]
    for _ in range(3):
        client.post(CONFIRM, {"code": "00000000"})

    client.post(CONFIRM, {"code": code})

    assert not is_signed_in(client)


def test_letters_for_a_new_password_are_so_many(user):
    for number in range(1, 9):
        stranger(number).post(RESET, {"email": user.email})

    assert len(letters()) == 5


def test_too_many_registrations_from_one_place_are_told_to_wait(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "1/m/ip"}
    client = stranger()
    first, second = (client.post(reverse("account_signup"), {}) for _ in range(2))

    assert (first.status_code, second.status_code, second["Retry-After"]) == (400, 429, "60")


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_guesses_at_the_same_moment_no_more_are_looked_at(user):
    with patch.object(Backend, "_authenticate", autospec=True, return_value=None) as looked_at:
        race([lambda: guess(user, 1)] * 12)

    assert 1 <= looked_at.call_count <= 5


def test_a_new_password_forgives_the_wrong_ones(user):
    client = stranger()
    guess(user, 5, client)
    client.post(RESET, {"email": user.email})
    link = re.search(r"http://localhost:8000(\S+)", letters()[-1].body)[1]
    form = client.get(link)["Location"]
    client.post(form, {"password1": "pumpkin-lighthouse-9", "password2": "pumpkin-lighthouse-9"})

    sign_in(client, user, "pumpkin-lighthouse-9")

    assert is_signed_in(client)


def test_login_page_itself_is_limited(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "3/m/ip"}
    client = stranger()
    answers = [client.post(LOGIN, {}).status_code for _ in range(4)]

    assert answers == [400, 400, 400, 429]


def test_nobody_is_disabled_by_wrong_guesses(user):
    guess_from_everywhere(user)

    assert get_user_model().objects.get().is_active
    assert user.check_password(PASSWORD)
