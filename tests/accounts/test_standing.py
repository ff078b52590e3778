"""Site admins disable accounts and open them again, appoint and dismiss each other: who may, and what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import ApiToken, User
from portal.accounts.services import standing
from portal.core.context import current_real_actor
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications.models import Outbox
from tests.factories.accounts import PASSWORD, SiteAdminFactory, UserFactory
from tests.factories.tracks import OrganizerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]
DEEDS = [standing.disable_person, standing.enable_person, standing.appoint_site_admin, standing.dismiss_site_admin]


@pytest.fixture
def admin():
    return SiteAdminFactory()


@pytest.fixture
def person():
    return UserFactory(full_name="李雷")


@pytest.fixture
def disabled(person, admin):
    return standing.disable_person(person, actor=admin, reason="账号被盗用")


def signed_in(user):
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def is_signed_in(client):
    return client.get(reverse("accounts:security")).status_code == 200


def page(step, person):
    return reverse(f"admin:accounts_user_{step}", args=[person.pk])


def told():
    return list(Outbox.objects.filter(key__startswith="standing:").order_by("pk"))


def standing_of(user):
    user.refresh_from_db()
    return user.is_active, user.is_superuser, user.is_staff


class TestDisabling:
    def test_every_session_ends_and_stays_ended(self, admin, person):
        client = signed_in(person)
        assert is_signed_in(client)

        standing.disable_person(person, actor=admin, reason="账号被盗用")
        standing.enable_person(person, actor=admin, reason="已核实")

        assert not is_signed_in(client)

    def test_tokens_are_revoked_for_good(self, admin, person):
        expiry = timezone.now() + timedelta(days=1)
        token, _secret = ApiToken.objects.issue(person, expiry=expiry, name="导出", purpose="每日导出")

        standing.disable_person(person, actor=admin, reason="账号被盗用")
        standing.enable_person(person, actor=admin, reason="已核实")

        token.refresh_from_db()
        assert token.revoked_at is not None

    def test_nobody_signs_in_until_it_is_open_again(self, admin, disabled):
        before = is_signed_in(signed_in(disabled))

        standing.enable_person(disabled, actor=admin, reason="已核实")

        assert (before, is_signed_in(signed_in(disabled))) == (False, True)

    def test_it_is_in_the_audit_trail_with_its_reason(self, admin, disabled):
        line = AuditEntry.objects.get(action="disable")

        assert (line.object_id, line.actor_id, line.reason) == (str(disabled.pk), admin.pk, "账号被盗用")

    def test_the_person_reads_why_in_their_mail(self, disabled):
        mail = told()[0].payload

        assert (mail["to"], "停用" in mail["subject"], "账号被盗用" in mail["body"]) == (disabled.email, True, True)

    def test_an_address_that_was_never_confirmed_gets_no_mail(self, admin, person):
        EmailAddress.objects.filter(user=person).update(verified=False)

        standing.disable_person(person, actor=admin, reason="冒用他人邮箱")

        assert told() == []

    def test_nobody_locks_themselves_out(self, admin):
        SiteAdminFactory()

        with pytest.raises(Conflict):
            standing.disable_person(admin, actor=admin, reason="试一试")

    def test_a_closed_account_stays_closed(self, admin, person):
        User.objects.filter(pk=person.pk).update(is_active=False, closed_at=timezone.now())

        with pytest.raises(Conflict):
            standing.enable_person(person, actor=admin, reason="本人要求")


class TestSiteAdmins:
    def test_an_appointed_one_enters_the_administration(self, admin, person):
        standing.appoint_site_admin(person, actor=admin, reason="分管网站运维")

        assert standing_of(person) == (True, True, True)

    def test_a_dismissed_one_does_not(self, admin):
        other = SiteAdminFactory()

        standing.dismiss_site_admin(other, actor=admin, reason="岗位调整")

        assert standing_of(other) == (True, False, False)

    def test_a_dismissed_one_who_is_an_organizer_still_does(self, admin):
        other = SiteAdminFactory()
        OrganizerFactory(user=other)

        standing.dismiss_site_admin(other, actor=admin, reason="岗位调整")

        assert standing_of(other) == (True, False, True)

    def test_the_last_one_stays(self, admin):
        SiteAdminFactory(is_active=False)

        with pytest.raises(Conflict):
            standing.dismiss_site_admin(admin, actor=admin, reason="离职")

    def test_one_of_two_may_go(self, admin):
        SiteAdminFactory()

        standing.dismiss_site_admin(admin, actor=admin, reason="离职")

        assert standing_of(admin)[1] is False

    def test_who_was_dismissed_a_moment_ago_decides_nothing(self, admin):
        other = SiteAdminFactory()
        User.objects.filter(pk=other.pk).update(is_superuser=False)

        with pytest.raises(PermissionDenied):
            standing.dismiss_site_admin(admin, actor=other, reason="岗位调整")

    def test_they_are_told_by_mail(self, admin, person):
        standing.appoint_site_admin(person, actor=admin, reason="分管网站运维")
        standing.dismiss_site_admin(person, actor=admin, reason="岗位调整")

        assert ["站点管理员" in mail.payload["subject"] for mail in told()] == [True, True]


@pytest.mark.parametrize("deed", DEEDS)
class TestWhoMay:
    def test_not_an_organizer(self, deed, person):
        with pytest.raises(PermissionDenied):
            deed(person, actor=UserFactory(is_staff=True), reason="理由")

    def test_not_without_the_second_factor(self, deed, person, admin):
        admin.lacks_second_factor = True

        with pytest.raises(PermissionDenied):
            deed(person, actor=admin, reason="理由")

    def test_not_for_somebody_else(self, deed, person, admin):
        token = current_real_actor.set(admin.pk)
        try:
            with pytest.raises(PermissionDenied):
                deed(person, actor=admin, reason="理由")
        finally:
            current_real_actor.reset(token)


@pytest.mark.parametrize("reason", ["", "  ", "第一行\n第二行", "长" * 201])
def test_a_reason_is_one_plain_line(admin, person, reason):
    with pytest.raises(ValidationError):
        standing.disable_person(person, actor=admin, reason=reason)


class TestPages:
    def test_the_page_carries_it_out_and_leads_back(self, admin, person):
        response = signed_in(admin).post(page("disable", person), {"reason": "账号被盗用"})

        assert (response["Location"], standing_of(person)[0]) == (
            reverse("admin:accounts_user_change", args=[person.pk]),
            False,
        )

    def test_the_password_is_asked_for_first(self, client, admin, person):
        client.force_login(admin)

        response = client.get(page("appoint", person))

        assert response["Location"].startswith(reverse("account_reauthenticate"))

    def test_without_a_reason_nothing_is_done(self, admin, person):
        response = signed_in(admin).post(page("appoint", person), {"reason": ""})

        assert (response.status_code, standing_of(person)[1]) == (400, False)

    def test_what_cannot_be_done_now_says_so(self, admin, person):
        assert signed_in(admin).get(page("enable", person)).status_code == 409

    def test_a_person_offers_what_can_be_done(self, admin, person):
        shown = signed_in(admin).get(reverse("admin:accounts_user_change", args=[person.pk]))

        assert [step["url"] for step in shown.context["steps"]] == [page("disable", person), page("appoint", person)]
