"""Mailed links: a GET uses none up, each works once, and none outlives what it was for."""

from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from tests.accounts.entrances import SIGNUP, is_signed_in, letters, link_in, sign_in, signed_in
from tests.factories.accounts import PASSWORD, AgreementFactory, EmailAddressFactory, UserFactory
from tests.race import race

pytestmark = [pytest.mark.django_db, pytest.mark.database]
RESET = reverse("account_reset_password")
ADDRESS, NEW, OTHER = "lilei@example.cn", "pumpkin-lighthouse-9", "marmot-viaduct-31"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def reset_link(user):
    Client().post(RESET, {"email": user.email})
    return link_in(letters()[-1])


@pytest.fixture
def newcomer():
    """Somebody who has just registered, in their browser."""
    AgreementFactory()
    client = Client()
    client.post(SIGNUP, {"full_name": "李雷", "email": ADDRESS, "password1": PASSWORD, "accept_notice": "on"})
    return client


@pytest.fixture
def confirm_link(newcomer):
    return link_in(letters()[-1])


def choose(link, password, client=None):
    client = client or Client()
    opened = client.get(link)
    if opened.status_code != 302:
        return opened
    return client.post(opened["Location"], {"password1": password, "password2": password})


def opens(user, password):
    client = Client()
    sign_in(client, user, password)
    return is_signed_in(client)


def is_confirmed():
    return EmailAddress.objects.get(email=ADDRESS).verified


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_it_uses_no_reset_link_up(user, reset_link, method):
    getattr(Client(), method)(reset_link, follow=method != "options")

    choose(reset_link, NEW)

    assert opens(user, NEW)


def test_a_reset_link_works_once(user, reset_link):
    choose(reset_link, NEW)
    second = choose(reset_link, OTHER)

    assert (opens(user, OTHER), second.context["token_fail"]) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_one_reset_link_at_once_one_sets_the_password(user, reset_link):
    clients = [Client(), Client()]
    forms = [client.get(reset_link)["Location"] for client in clients]

    answers = race(
        [
            lambda client=client, form=form, word=word: client.post(form, {"password1": word, "password2": word})
            for client, form, word in zip(clients, forms, (NEW, OTHER), strict=True)
        ]
    )

    # The loser finds the link used, before the form or behind it.
    assert sorted(answer.status_code for answer in answers) in ([200, 302], [302, 409])
    assert [opens(user, NEW), opens(user, OTHER)].count(True) == 1


def test_a_reset_link_dies_with_a_sign_in(user, reset_link):
    signed_in(user)

    assert choose(reset_link, NEW).context["token_fail"]


def test_a_reset_link_dies_with_the_address(user, reset_link):
    User.objects.update(email="moved@example.com")

    assert choose(reset_link, NEW).context["token_fail"]


def test_a_disabled_persons_reset_link_is_dead(user, reset_link):
    User.objects.update(is_active=False)

    assert choose(reset_link, NEW).context["token_fail"]


def test_a_reset_link_grows_old(reset_link, time_machine, settings):
    time_machine.move_to(time.time() + settings.PASSWORD_RESET_TIMEOUT + 1)

    assert choose(reset_link, NEW).context["token_fail"]


def test_a_reset_link_of_one_person_changes_nobody_elses_password(user, reset_link):
    client = signed_in(UserFactory())

    choose(reset_link, NEW, client)

    assert opens(user, NEW)


def test_a_disabled_person_is_mailed_no_reset_link(user):
    User.objects.update(is_active=False)
    Client().post(RESET, {"email": user.email})

    assert "/password/reset/key/" not in letters()[-1].body


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_opens_it_confirms_no_address(confirm_link, method):
    getattr(Client(), method)(confirm_link)

    assert not is_confirmed()


def test_whoever_has_registered_here_is_signed_in_by_confirming(newcomer, confirm_link):
    newcomer.post(confirm_link)

    assert (is_confirmed(), is_signed_in(newcomer)) == (True, True)


def test_elsewhere_confirming_signs_nobody_in(confirm_link):
    phone = Client()
    phone.post(confirm_link)

    assert (is_confirmed(), is_signed_in(phone)) == (True, False)


def test_a_confirmation_works_once(newcomer, confirm_link):
    newcomer.post(confirm_link)
    EmailAddress.objects.update(email="moved@example.com")
    thief = Client()

    assert (thief.post(confirm_link).status_code, is_signed_in(thief)) == (404, False)


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_confirm_one_address(newcomer, confirm_link):
    answers = race([lambda: Client().post(confirm_link)] * 4)

    assert {answer.status_code for answer in answers} <= {302, 404}
    assert is_confirmed()


def test_a_disabled_persons_confirmation_confirms_nothing(newcomer, confirm_link):
    User.objects.update(is_active=False)
    newcomer.post(confirm_link)

    assert (is_confirmed(), is_signed_in(newcomer)) == (False, False)


def test_a_confirmation_grows_old(confirm_link, time_machine):
    time_machine.move_to(time.time() + 3 * 24 * 3600 + 1)
    Client().post(confirm_link)

    assert not is_confirmed()


def test_a_forged_confirmation_is_missing(confirm_link):
    assert Client().post(confirm_link.replace(":", "x", 1)).status_code == 404


def test_the_mail_is_sent_again_on_request(newcomer, time_machine):
    letters()
    time_machine.move_to(time.time() + 61)
    newcomer.post(reverse("accounts:send_again"))

    assert len(letters()) == 2


def test_but_not_every_second(newcomer):
    for _ in range(3):
        newcomer.post(reverse("accounts:send_again"))

    assert len(letters()) == 1


def test_and_for_nobody_who_has_not_just_registered():
    response = Client().post(reverse("accounts:send_again"))

    assert (response["Location"], letters()) == (reverse("account_login"), [])


def test_an_address_that_another_account_has_proved_is_not_proved_again(user):
    other = UserFactory()
    added = EmailAddressFactory(user=other, email="both@example.com", verified=False, primary=False)
    client = signed_in(other)
    client.post(reverse("account_email"), {"email": added.email, "action_send": ""})
    link = link_in(letters()[-1])
    EmailAddressFactory(user=user, email="both@example.com", primary=False)

    client.post(link)

    assert EmailAddress.objects.filter(email="both@example.com", verified=True).get().user == user


def test_a_stranger_who_added_an_address_does_not_own_it(user):
    EmailAddressFactory(user=user, email=ADDRESS, verified=False, primary=False)

    Client().post(RESET, {"email": ADDRESS})

    assert "/password/reset/key/" not in letters()[-1].body
