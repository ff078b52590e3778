"""What the audit trail keeps of getting in and out, and what it doesn't."""

import json
import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.accounts import access
from portal.core.models import AuditEntry
from portal.notifications import relay
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")
CANARY = "canary-7f3a-secret-pass"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
NETWORK = "203.0.113.0/24"


@pytest.fixture
def person():
    return UserFactory(email="lilei@example.cn")


@pytest.fixture
def browser(client, settings):
    client.defaults.update({"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": FIREFOX})
    return client


def sign_in(client, email="lilei@example.cn", password=PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password})


def only(action):
    return AuditEntry.objects.get(action=action)


def everything():
    return json.dumps(list(AuditEntry.objects.values("object_id", "before", "after", "reason")))


def test_a_sign_in_keeps_network_browser_and_way(browser, person):
    sign_in(browser)

    line = only("sign_in")
    assert (line.scope, line.actor_id, line.person_id) == ("access", person.pk, person.pk)
    assert line.after == {"address": NETWORK, "browser": "Firefox 128 · Linux", "ways": ["password"]}


def test_what_a_client_claims_of_its_address_is_not_believed(browser, person):
    browser.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.1"
    sign_in(browser)

    assert only("sign_in").after["address"] == NETWORK


def test_signing_out_is_kept(browser, person):
    sign_in(browser)
    browser.post(reverse("account_logout"))

    assert only("sign_out").actor_id == person.pk


def test_a_wrong_password_is_the_accounts_affair_and_nobodys_deed(browser, person):
    sign_in(browser, password=CANARY)

    line = only("sign_in_failed")
    assert (line.object_type, line.person_id, line.actor_id) == ("accounts.user", person.pk, None)


def test_no_password_and_no_address_gets_into_the_trail(browser, person, caplog):
    sign_in(browser, password=CANARY)
    sign_in(browser, email=f"{CANARY}@example.cn", password=CANARY)
    sign_in(browser)

    assert [part in everything() + caplog.text for part in (CANARY, PASSWORD, "lilei", "203.0.113.77")] == [False] * 4


def test_of_an_unknown_address_a_keyed_hash_is_kept(browser):
    sign_in(browser, email="nobody@example.cn")

    line = only("sign_in_failed")
    assert (line.object_type, line.object_id) == ("accounts.address", access.address_hash("NOBODY@example.cn"))


def test_the_hash_needs_our_key(settings):
    before = access.address_hash("nobody@example.cn")
    settings.SECRET_KEY = "another-key-altogether-0123456789"

    assert access.address_hash("nobody@example.cn") != before


def test_a_known_and_an_unknown_address_cost_the_same(db, person):
    costs = []
    access.failed(None, "warm@example.cn")
    for address in ("lilei@example.cn", "nobody@example.cn"):
        with CaptureQueriesContext(connection) as queries:
            access.failed(None, address)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_guessing_does_not_flood_the_trail(person):
    for _ in range(30):
        access.failed(None, "lilei@example.cn")

    assert AuditEntry.objects.filter(action="sign_in_failed").count() == 20


def test_guessing_at_ever_new_addresses_does_not_either(person, monkeypatch):
    monkeypatch.setattr(access, "FAILURES_OF_STRANGERS", 5)
    for number in range(9):
        access.failed(None, f"nobody{number}@example.cn")
    access.failed(None, "lilei@example.cn")

    lines = AuditEntry.objects.filter(action="sign_in_failed")
    assert (lines.count(), lines.filter(person_id=person.pk).count()) == (6, 1)


def test_programs_that_sign_people_in_leave_no_line(client, person):
    client.force_login(person)

    assert not AuditEntry.objects.filter(action="sign_in").exists()


def test_a_changed_password_is_kept_without_it(browser, person):
    sign_in(browser)
    change = {"oldpassword": PASSWORD, "password1": CANARY, "password2": CANARY}
    browser.post(reverse("account_change_password"), change)

    assert (only("change_password").actor_id, CANARY in everything()) == (person.pk, False)


def test_a_password_reset_by_mail_is_nobodys_deed_until_it_is_done(browser, person):
    browser.post(reverse("account_reset_password"), {"email": person.email})
    relay.drain()
    path = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    page = browser.get(path, follow=True)
    browser.post(page.redirect_chain[-1][0], {"password1": CANARY, "password2": CANARY})

    line = only("reset_password")
    assert (line.person_id, line.actor_id) == (person.pk, None)
    assert [secret in everything() for secret in (CANARY, path.split("/")[-2])] == [False, False]


def test_addresses_that_come_and_go_are_kept_by_key(browser, person):
    sign_in(browser)
    page = reverse("account_email")
    browser.post(page, {"action_add": "", "email": f"{CANARY}@example.cn"})
    added = EmailAddress.objects.get(email=f"{CANARY}@example.cn")
    browser.post(page, {"action_remove": "", "email": added.email})

    assert (only("add_email").after["email"], only("remove_email").person_id) == (added.pk, person.pk)
    assert CANARY not in everything()


def test_registering_is_kept(browser):
    entry = {"full_name": "李雷", "email": "new@example.cn", "password1": CANARY, "password2": CANARY}
    browser.post(reverse("account_signup"), {**entry, "accept_notice": "on"})

    assert (only("sign_up").object_type, CANARY in everything()) == ("accounts.user", False)


def test_a_second_factor_that_comes_or_goes_is_kept(browser, person, django_capture_on_commit_callbacks):
    sign_in(browser)
    page = reverse("mfa_activate_totp")
    secret = browser.get(page).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(page, {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})
    browser.post(reverse("mfa_deactivate_totp"))

    lines = AuditEntry.objects.filter(action__in=["add_factor", "remove_factor"], person_id=person.pk)
    kept = {(line.action, *line.after["ways"]) for line in lines}
    assert {("add_factor", "totp"), ("add_factor", "recovery_codes"), ("remove_factor", "totp")} <= kept
    assert secret not in everything()


class TestRefusals:
    @pytest.fixture
    def refused(self, browser, person):
        """Somebody opens the administration, which is not theirs."""
        browser.force_login(person)
        browser.get("/admin/login/")
        return only("refused")

    def test_a_403_is_kept_with_its_page(self, refused, person):
        assert (refused.actor_id, refused.after) == (person.pk, {"view": "admin:login", "method": "GET"})

    def test_a_404_is_not(self, browser, person):
        browser.force_login(person)
        browser.get("/organize/")

        assert not AuditEntry.objects.exists()

    def test_a_visitor_leaves_none(self, browser):
        browser.get("/admin/", follow=True)

        assert not AuditEntry.objects.filter(action="refused").exists()

    def test_a_form_that_was_open_for_too_long_is_no_refusal(self, client, person):
        strict = type(client)(enforce_csrf_checks=True)
        strict.force_login(person)

        assert strict.post(reverse("account_logout")).status_code == 403
        assert not AuditEntry.objects.exists()

    def test_a_crawler_does_not_flood_the_trail(self, browser, person, refused):
        for _ in range(25):
            browser.get("/admin/login/")

        assert AuditEntry.objects.filter(action="refused").count() == 20

    def test_parts_of_an_address_that_open_something_are_left_out(self, rf, person):
        request = rf.post(f"/x/{CANARY}/")
        request.resolver_match = type("Match", (), {"view_name": "x", "kwargs": {"signature": CANARY, "pk": 7}})
        access.refused(request, person)

        assert only("refused").after == {"view": "x", "method": "POST", "pk": "7"}
