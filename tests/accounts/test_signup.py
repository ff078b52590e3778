import re

import pytest
from django.core import mail
from django.urls import reverse

from portal.accounts.models import Consent, User
from portal.core.models import AuditEntry
from portal.notifications import relay
from portal.notifications.models import Outbox
from tests.factories.accounts import AgreementFactory

PASSWORD = "yi-ge-hen-chang-de-mi-ma"
ENTRY = {
    "full_name": "李雷",
    "email": "lilei@example.cn",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "accept_notice": "on",
}


@pytest.fixture
def notice(db):
    return AgreementFactory(version=3)


def sign_up(client, **changes):
    return client.post(reverse("account_signup"), {**ENTRY, **changes})


def letters():
    relay.drain()
    return mail.outbox


def test_a_person_registers_with_name_and_address(client, notice):
    sign_up(client)

    assert User.objects.values_list("full_name", "email").get() == ("李雷", "lilei@example.cn")


def test_registering_keeps_which_notice_was_accepted(client, notice):
    sign_up(client)

    assert Consent.objects.values_list("user__email", "agreement__version").get() == ("lilei@example.cn", 3)


def test_accepting_the_notice_is_in_the_audit_trail(client, notice):
    sign_up(client)

    assert AuditEntry.objects.get(action="accept").after == {"series": "privacy-notice", "version": 3}


def test_without_consent_nobody_is_registered(client, notice):
    entry = {name: value for name, value in ENTRY.items() if name != "accept_notice"}
    response = client.post(reverse("account_signup"), entry)

    assert (response.status_code, User.objects.count()) == (400, 0)


def test_the_mailed_link_confirms_the_address(client, notice):
    sign_up(client)
    link = re.search(r"http://localhost:8000(\S+)", letters()[0].body)[1]

    client.post(link)

    assert User.objects.get().emailaddress_set.get().verified


def test_before_confirming_nobody_gets_in(client, notice):
    sign_up(client)
    client.post(reverse("account_login"), {"login": ENTRY["email"], "password": PASSWORD})

    assert "_auth_user_id" not in client.session


def test_the_link_is_not_kept_once_it_was_mailed(client, notice):
    sign_up(client)
    letters()

    assert Outbox.objects.get().payload == {}


def test_a_forged_host_is_refused(client, notice):
    response = client.post(reverse("account_signup"), ENTRY, headers={"host": "evil.example"})

    assert response.status_code == 400


def test_an_allowed_second_host_does_not_get_into_the_mail(client, notice, settings):
    settings.ALLOWED_HOSTS = ["localhost", "other.example"]
    client.post(reverse("account_signup"), ENTRY, headers={"host": "other.example"})

    assert "other.example" not in letters()[0].body


@pytest.mark.parametrize("email", ["lilei@example.cn", "LiLei@Example.cn"])
def test_a_taken_address_answers_like_a_free_one(client, notice, email):
    User.objects.create_user("lilei@example.cn", "x", full_name="先来的").emailaddress_set.create(
        email="lilei@example.cn", verified=True, primary=True
    )

    taken = sign_up(client, email=email)

    assert (taken.status_code, taken.url) == (302, reverse("account_email_verification_sent"))


def test_the_owner_of_a_taken_address_is_told_by_mail(client, notice):
    User.objects.create_user("lilei@example.cn", "x", full_name="先来的").emailaddress_set.create(
        email="lilei@example.cn", verified=True, primary=True
    )
    sign_up(client)

    assert "http://localhost:8000/accounts/password/reset/" in letters()[0].body


@pytest.mark.parametrize("name", ["", "   ", "a\u202eb", "见 https://evil.example", "长" * 61], ids=ascii)
def test_a_name_that_can_not_be_is_refused_at_its_field(client, notice, name):
    response = sign_up(client, full_name=name)

    assert "full_name" in response.context["form"].errors


def test_a_name_with_markup_stays_text(client, notice):
    response = sign_up(client, full_name="<script>alert(1)</script>", password2="different")

    assert b"<script>alert(1)" not in response.content


def test_the_password_is_not_in_any_outgoing_row(client, notice):
    sign_up(client)

    assert PASSWORD not in str(list(Outbox.objects.values_list("payload", flat=True)))


def test_the_privacy_notice_is_public(client, notice):
    response = client.get(reverse("accounts:privacy"))

    assert response.status_code == 200


def test_the_mailbox_page_is_missing_where_mails_are_sent(client, db, settings):
    settings.MAILBOX_DIR = None

    assert client.get("/mailbox/").status_code == 404
