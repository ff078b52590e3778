from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from portal.accounts.enums import AgreementKind
from portal.accounts.models import Agreement, Consent
from portal.accounts.services import accept, agreements, current, due_for, publish
from portal.core.models import AuditEntry
from tests.accounts.people import client_for
from tests.factories.accounts import AgreementFactory, ConsentFactory, SiteAdminFactory, UserFactory

pytestmark = pytest.mark.django_db
NOTICE, USER_AGREEMENT, PLEDGE = AgreementKind.PRIVACY_NOTICE, AgreementKind.USER_AGREEMENT, AgreementKind.PLEDGE
TEXTS = {"title": "隐私政策", "title_en": "", "body": "正文", "body_en": "", "changes": "改了", "changes_en": ""}


def published(actor=None, kind=NOTICE, **changes):
    return publish(kind, actor=actor, **{"published_at": timezone.now(), **TEXTS, **changes})


@pytest.mark.parametrize("shift", [-1, 0, 1], ids=["before", "at", "after"])
def test_a_version_holds_from_its_instant_on(shift):
    first = AgreementFactory()
    later = AgreementFactory(published_at=timezone.now() + timedelta(days=3))
    now = later.published_at + timedelta(microseconds=shift)

    assert current(NOTICE, now=now) == (first if shift < 0 else later)


def test_versions_are_numbered_one_after_the_other():
    assert [published().version, published().version] == [1, 2]


@pytest.mark.database
def test_the_database_refuses_to_change_a_version():
    text = AgreementFactory()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Agreement.objects.filter(pk=text.pk).update(body="别的话")


@pytest.mark.database
def test_the_database_refuses_to_delete_a_version():
    text = AgreementFactory()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Agreement.objects.filter(pk=text.pk).delete()


@pytest.mark.database
def test_writing_a_version_again_as_it_stands_is_no_change():
    text = AgreementFactory()
    text.save()

    assert Agreement.objects.get() == text


@pytest.mark.database
def test_the_fixture_can_be_loaded_twice():
    call_command("loaddata", "agreements", verbosity=0)
    before = list(Agreement.objects.order_by("pk").values())
    call_command("loaddata", "agreements", verbosity=0)

    assert list(Agreement.objects.order_by("pk").values()) == before


def test_a_later_version_says_what_has_changed():
    published()

    with pytest.raises(ValidationError) as refusal:
        published(changes="  ")
    assert list(refusal.value.message_dict) == ["changes"]


def test_a_text_was_not_in_force_before_it_was_published():
    with pytest.raises(ValidationError) as refusal:
        published(published_at=timezone.now() - timedelta(days=1))
    assert list(refusal.value.message_dict) == ["published_at"]


def test_a_version_does_not_come_before_an_earlier_one():
    published(published_at=timezone.now() + timedelta(days=2))

    with pytest.raises(ValidationError) as refusal:
        published(published_at=timezone.now() + timedelta(days=1))
    assert list(refusal.value.message_dict) == ["published_at"]


def test_a_year_that_no_calendar_has_is_refused():
    with pytest.raises(ValidationError):
        published(published_at=datetime(9999, 12, 1, tzinfo=UTC))


def test_only_a_site_admin_publishes():
    with pytest.raises(PermissionDenied):
        published(actor=UserFactory(is_staff=True))


def test_a_pledge_is_not_published_as_the_portals_own():
    with pytest.raises(ValidationError):
        published(kind=PLEDGE)


def test_publishing_is_in_the_audit_trail():
    admin = SiteAdminFactory()
    text = published(actor=admin)

    line = AuditEntry.objects.get(action="publish_version")
    assert (line.actor_id, line.object_id, line.after["version"]) == (admin.pk, str(text.pk), 1)


def test_accepting_twice_keeps_the_first_time():
    text, user = AgreementFactory(), UserFactory()
    first = accept(user, [text])[0]
    accept(user, [text])

    assert list(Consent.objects.all()) == [first]


def test_after_withdrawing_one_may_accept_again():
    text = AgreementFactory(series__kind=AgreementKind.DOCUMENT_NUMBER)
    gone = ConsentFactory(agreement=text, withdrawn_at=timezone.now())

    assert accept(gone.user, [text])[0] != gone


@pytest.mark.database
def test_one_version_is_accepted_once_at_a_time():
    given = ConsentFactory()

    with pytest.raises(IntegrityError, match=r"consent_live_once_per_version|UNIQUE"), transaction.atomic():
        Consent.objects.create(user=given.user, agreement=given.agreement)


class TestDue:
    def test_everybody_is_asked_for_notice_and_agreement(self):
        texts = [AgreementFactory(), AgreementFactory(series__kind=USER_AGREEMENT)]

        assert due_for(UserFactory()) == texts

    def test_nobody_is_asked_twice(self):
        given = ConsentFactory()

        assert due_for(given.user) == []

    def test_a_newer_version_is_asked_for(self):
        given = ConsentFactory()
        newer = AgreementFactory(series=given.agreement.series)

        assert due_for(given.user) == [newer]

    def test_one_that_is_still_to_come_is_not(self):
        given = ConsentFactory()
        AgreementFactory(series=given.agreement.series, published_at=timezone.now() + timedelta(days=1))

        assert due_for(given.user) == []

    @pytest.mark.parametrize("kind", [PLEDGE, AgreementKind.DOCUMENT_NUMBER])
    def test_what_only_some_need_is_asked_of_nobody_else(self, kind):
        AgreementFactory(series__kind=kind)

        assert due_for(UserFactory()) == []

    def test_a_new_pledge_is_asked_of_whoever_gave_the_old_one(self):
        given = ConsentFactory(agreement__series__kind=PLEDGE, agreement__series__slug="pledge-a")
        newer = AgreementFactory(series=given.agreement.series)

        assert due_for(given.user) == [newer]

    def test_a_withdrawn_consent_is_none(self):
        given = ConsentFactory(withdrawn_at=timezone.now())

        assert due_for(given.user) == [given.agreement]

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many_versions(self, count, django_assert_num_queries):
        user, text = UserFactory(), AgreementFactory()
        for _more in range(count - 1):
            AgreementFactory(series=text.series)
        ConsentFactory(agreement=text)  # somebody else's

        with django_assert_num_queries(2):
            assert len(due_for(user)) == 1


class TestPages:
    def test_the_notice_is_public(self, client):
        text = AgreementFactory()

        assert text.body in client.get("/privacy/").content.decode()

    def test_the_page_says_when_there_is_none(self, client):
        assert client.get("/privacy/agreement/").status_code == 200

    def test_an_earlier_version_can_be_read(self, client):
        first = AgreementFactory()
        AgreementFactory(series=first.series)

        response = client.get("/privacy/privacy-notice/1/")
        assert (response.context["agreement"], response.context["is_current"]) == (first, False)

    def test_whoever_has_an_account_reads_what_they_have_not_accepted(self):
        text = AgreementFactory()

        assert client_for(UserFactory()).get("/privacy/privacy-notice/1/").context["agreement"] == text

    def test_one_that_is_to_come_can_not(self, client):
        AgreementFactory(published_at=timezone.now() + timedelta(days=1))

        assert client.get("/privacy/privacy-notice/1/").status_code == 404

    def test_a_pledge_is_shown_there_to_whoever_gave_it(self):
        given = ConsentFactory(agreement__series__kind=PLEDGE, agreement__series__slug="pledge-a")
        others = [client_for(UserFactory()), client_for(given.user)]

        assert [each.get("/privacy/pledge-a/1/").status_code for each in others] == [404, 200]

    @pytest.mark.parametrize("number", ["0", "99999999999999999999999"])
    def test_no_such_version(self, client, number):
        assert client.get(f"/privacy/privacy-notice/{number}/").status_code == 404

    def test_markup_in_a_text_stays_text(self, client):
        AgreementFactory(body="<script>alert(1)</script>")

        assert b"<script>alert(1)" not in client.get("/privacy/").content

    @pytest.mark.parametrize(("language", "shown"), [("zh-hans", "正文"), ("en", "The text")])
    def test_each_reads_it_in_their_language(self, client, language, shown):
        AgreementFactory(body="正文", body_en="The text")
        with translation.override(language):
            response = client.get("/privacy/", headers={"accept-language": language})

        assert shown in response.content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_what_i_have_accepted_costs_the_same_however_much(self, count):
        user = UserFactory()
        for number in range(count):
            ConsentFactory(user=user, agreement__series__slug=f"pledge-{number}", agreement__series__kind=PLEDGE)
        ConsentFactory()  # somebody else's
        client = client_for(user)

        with CaptureQueriesContext(connection) as queries:
            response = client.get("/accounts/agreements/")

        assert (len(response.context["consents"]), len(queries)) == (count, 3)


class TestAdministration:
    @pytest.fixture
    def admin(self):
        return SiteAdminFactory()

    def form(self, **changes):
        now = timezone.localtime() + timedelta(minutes=1)
        return {
            "kind": NOTICE,
            **TEXTS,
            "published_at_0": f"{now:%Y-%m-%d}",
            "published_at_1": f"{now:%H:%M:%S}",
            **changes,
        }

    def test_a_site_admin_publishes_a_version(self, admin):
        response = client_for(admin).post("/admin/accounts/agreement/add/", self.form())

        assert (response.status_code, Agreement.objects.get().body) == (302, "正文")

    def test_what_is_wrong_stands_at_its_field(self, admin):
        AgreementFactory()
        # Nobody is asked to accept what they are just changing.
        agreements.accept_all(admin)
        response = client_for(admin).post("/admin/accounts/agreement/add/", self.form(changes=""))

        assert (list(response.context["adminform"].form.errors), Agreement.objects.count()) == (["changes"], 1)

    def test_a_version_is_only_looked_at(self, admin):
        text = AgreementFactory()
        agreements.accept_all(admin)
        client = client_for(admin)

        shown = client.get(f"/admin/accounts/agreement/{text.pk}/change/")
        changed = client.post(f"/admin/accounts/agreement/{text.pk}/change/", self.form())
        assert (shown.status_code, changed.status_code) == (200, 403)

    def test_an_organizer_does_not_get_in(self):
        client = client_for(UserFactory(is_staff=True))

        assert client.get("/admin/accounts/agreement/add/").status_code == 403

    def test_consents_leave_as_csv_in_which_nothing_is_a_formula(self, admin):
        given = ConsentFactory(user__full_name="=1+1", agreement__version=3)
        agreements.accept_all(admin)
        response = client_for(admin).post(
            "/admin/accounts/consent/", {"action": "export", "_selected_action": [given.pk]}
        )
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

        assert lines[1].split(",")[:4] == ["'=1+1", given.user.email, given.agreement.title, "3"]

    def test_taking_the_list_is_in_the_audit_trail(self, admin):
        given = ConsentFactory()
        agreements.accept_all(admin)
        client_for(admin).post("/admin/accounts/consent/", {"action": "export", "_selected_action": [given.pk]})

        line = AuditEntry.objects.get(action="export_consents")
        assert (line.actor_id, line.after) == (admin.pk, {"count": 1})
