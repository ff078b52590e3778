"""Whether an address has an account shows in no answer: not its bytes, its status, its queries or its hashing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import access
from portal.accounts.models import Consent, User
from portal.core.audit import ACCESS, GENESIS
from portal.core.models import AuditEntry, AuditHead
from tests.accounts.entrances import LOGIN, SIGNUP, answer_to, letters, signed_in
from tests.factories.accounts import AgreementFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TAKEN, FREE = "taken@example.com", "freed@example.com"
RESET, CODE, EMAIL = (reverse(f"account_{name}") for name in ("reset_password", "request_login_code", "email"))


@pytest.fixture(autouse=True)
def _owner():
    AgreementFactory()
    UserFactory(email=TAKEN)
    # The chain's first line makes its head.
    AuditHead.objects.create(scope=ACCESS, sequence=0, hash=GENESIS)


def both(send):
    """The answers about an address with an account and one without, each to a browser of its own."""
    for address in (TAKEN, FREE):  # Whatever is made once for all is made before it counts.
        send(Client(), address)
    answers = []
    for number, address in enumerate((TAKEN, FREE)):
        client = Client(REMOTE_ADDR=f"192.0.2.{number + 1}")
        answers.append(answer_to(lambda client=client, address=address: send(client, address), known=address))
    return answers


def sign_up(client, address, **changes):
    entry = {"full_name": "李雷", "email": address, "password1": "yi-ge-hen-chang-de-mi-ma", "accept_notice": "on"}
    return client.post(SIGNUP, {**entry, **changes})


def test_signing_in_with_a_wrong_password():
    taken, free = both(lambda client, address: client.post(LOGIN, {"login": address, "password": "not-the-word"}))

    assert (taken, taken.status, taken.hashes) == (free, 400, 1)


@pytest.mark.django_db(transaction=True)
def test_signing_in_while_strangers_flood_the_trail(monkeypatch):
    """Their lines are no longer kept, but made all the same."""
    monkeypatch.setattr(access, "FAILURES_OF_STRANGERS", 0)
    taken, free = both(lambda client, address: client.post(LOGIN, {"login": address, "password": "not-the-word"}))

    assert taken == free
    assert {line.object_type for line in AuditEntry.objects.filter(action="sign_in_failed")} == {"accounts.user"}


def test_signing_in_to_an_account_without_a_password():
    owner = UserFactory(email="without@example.com")
    owner.set_unusable_password()
    owner.save()

    def answer(address):
        return answer_to(lambda: Client().post(LOGIN, {"login": address, "password": "not-the-word"}), known=address)

    assert answer("without@example.com") == answer("nobody1@example.com")


@pytest.mark.django_db(transaction=True)
def test_registering():
    """With real transactions: one that is undone ends with one statement, as one that is kept."""
    sign_up(Client(), "first@example.com")
    taken = answer_to(lambda: sign_up(Client(REMOTE_ADDR="192.0.2.1"), TAKEN), known=TAKEN)
    free = answer_to(lambda: sign_up(Client(REMOTE_ADDR="192.0.2.2"), FREE), known=FREE)

    assert (taken, taken.status, taken.hashes) == (free, 302, 1)


@pytest.mark.parametrize("address", [TAKEN, FREE])
def test_the_page_after_registering(address):
    client = Client()
    sign_up(client, address)

    page = client.get(reverse("account_email_verification_sent"))

    assert (page.status_code, page.content.count(address.encode())) == (200, 1)


def test_registering_with_a_wrong_form():
    taken, free = both(lambda client, address: sign_up(client, address, password1="short"))

    assert (taken, taken.status) == (free, 400)


def test_asking_for_a_new_password():
    taken, free = both(lambda client, address: client.post(RESET, {"email": address}))

    assert (taken, taken.status) == (free, 302)


def test_asking_for_a_code():
    taken, free = both(lambda client, address: client.post(CODE, {"email": address}))

    assert (taken, taken.status) == (free, 302)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_that_asks_for_the_code(method):
    confirm = reverse("account_confirm_login_code")

    def answer(address):
        client = Client(REMOTE_ADDR=f"192.0.2.{len(address)}")
        client.post(CODE, {"email": address})
        client.get(confirm)  # shows what the first page had to say
        return answer_to(lambda: getattr(client, method)(confirm, {"code": "00000000"}), known=address)

    assert answer(TAKEN) == answer(FREE)


def test_adding_an_address_of_somebody_else():
    answers = []
    for address in (TAKEN, FREE):
        client = signed_in(UserFactory())
        client.get(EMAIL)
        answers.append(answer_to(lambda: client.post(EMAIL, {"email": address, "action_add": ""}), known=address))  # noqa: B023

    assert (answers[0], answers[0].status) == (answers[1], 302)


def test_who_owns_the_address_is_told_by_mail():
    sign_up(Client(), TAKEN)

    assert [letter.to for letter in letters()] == [[TAKEN]]
    assert "已有账号" in letters()[0].body


def test_who_owns_the_address_finds_it_in_their_activity():
    sign_up(Client(), TAKEN)

    line = AuditEntry.objects.get(action="sign_up_again")
    assert (line.person_id, line.actor_id) == (User.objects.get(email=TAKEN).pk, None)


def test_registering_a_taken_address_leaves_nothing_behind():
    sign_up(Client(), TAKEN)

    assert (User.objects.count(), Consent.objects.count()) == (1, 0)
