"""A copy of one's own data: asked for, made, fetched by nobody else, gone after three days."""

from datetime import timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from portal.accounts import periodic
from portal.accounts.enums import ExportStatus
from portal.accounts.models import DataExport
from portal.accounts.services import exports
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications import relay
from tests.accounts.copies import carried_out, copy_of, fetched, made, opened
from tests.accounts.people import acted_for, client_for, signed_in
from tests.factories.accounts import ExportFactory, SiteAdminFactory, UserFactory
from tests.factories.submissions import (
    AttachmentFactory,
)

pytestmark = pytest.mark.django_db
PAGE, ASK = reverse("accounts:data"), reverse("accounts:export_request")
NUMBER, PHONE = "11010519491231002X", "+8613812341234"


def ask(user):
    return exports.request_export(user, actor=user)


def fails_with(monkeypatch, error):
    def write(*args, **kwargs):
        raise error

    monkeypatch.setattr(exports, "write_copy", write)


class TestAsking:
    def test_a_person_asks_on_their_page(self):
        user = UserFactory()
        client_for(user).post(ASK)

        assert DataExport.objects.get().user == user

    def test_asking_again_while_it_is_made_gives_the_same_one(self):
        user = UserFactory()

        assert exports.request_export(user, actor=user) == exports.request_export(user, actor=user)

    def test_a_new_copy_takes_the_old_ones_place(self):
        user = UserFactory()
        old = made(user)
        exports.request_export(user, actor=user)
        old.refresh_from_db()

        assert old.status == ExportStatus.EXPIRED

    def test_there_is_an_end_to_it_in_a_day(self):
        user = UserFactory()
        for _each in range(exports.MOST_A_DAY):
            made(user)

        with pytest.raises(Conflict):
            exports.request_export(user, actor=user)

    def test_nobody_asks_for_somebody_elses(self):
        with pytest.raises(PermissionDenied):
            exports.request_export(UserFactory(), actor=SiteAdminFactory())

    def test_whoever_acts_in_somebodys_name_can_not(self):
        client = acted_for(UserFactory())

        assert (client.post(ASK).status_code, DataExport.objects.count()) == (403, 0)

    def test_looking_asks_for_nothing(self):
        client_for(UserFactory()).get(ASK)

        assert DataExport.objects.count() == 0


class TestMaking:
    def test_it_is_ready_for_three_days(self):
        export = made(UserFactory())

        assert (export.status, export.expires_at - export.ready_at) == (ExportStatus.READY, timedelta(hours=72))

    def test_a_mail_tells_where_and_holds_no_secret(self):
        user = UserFactory()
        export = made(user)

        letter = mail.outbox[-1]
        assert (letter.to, "/accounts/data/" in letter.body, str(export.public_id) in letter.body) == (
            [user.email],
            True,
            False,
        )

    def test_made_twice_it_is_one_copy_and_one_mail(self):
        user = UserFactory()
        export = made(user)
        exports.make_export(export.pk)
        relay.drain()

        assert (len(mail.outbox), default_storage.size(export.path)) == (1, export.size)

    def test_a_worker_that_dies_half_way_leaves_it_to_the_next(self, monkeypatch):
        user = UserFactory()
        export = exports.request_export(user, actor=user)
        offer = exports._offer

        def dies(*args, **kwargs):
            raise MemoryError

        monkeypatch.setattr(exports, "_offer", dies)
        with pytest.raises(MemoryError):
            exports.make_export(export.pk)
        monkeypatch.setattr(exports, "_offer", offer)
        exports.make_export(export.pk)

        export.refresh_from_db()
        assert (export.status, default_storage.size(export.path)) == (ExportStatus.READY, export.size)

    def test_the_outbox_only_begins_it(self, monkeypatch):
        ordered = []
        monkeypatch.setattr(periodic.make_export, "apply_async", lambda args, **options: ordered.append(args))
        export = ask(UserFactory())
        relay.drain()

        export.refresh_from_db()
        assert (ordered, export.status) == ([[export.pk]], ExportStatus.REQUESTED)

    def test_one_at_a_time_and_the_next_one_after_it(self, monkeypatch):
        first, second = ask(UserFactory()), ask(UserFactory())
        seen, write = [], exports.write_copy

        def meanwhile(*args, **kwargs):
            exports.make_export(first.pk)
            exports.make_export(second.pk)
            seen.append(exports.next_export())
            write(*args, **kwargs)

        monkeypatch.setattr(exports, "write_copy", meanwhile)
        exports.make_export(first.pk)

        assert (seen, exports.next_export()) == ([None], second.pk)

    def test_one_that_takes_too_long_fails_and_its_person_sees_what_to_do(self, monkeypatch):
        export = ask(UserFactory())
        fails_with(monkeypatch, SoftTimeLimitExceeded())
        with pytest.raises(SoftTimeLimitExceeded):
            exports.make_export(export.pk)

        page = client_for(export.user).get(PAGE)
        assert (page.context["failed"], ASK in page.content.decode()) == (export, True)

    def test_after_three_failures_there_is_no_fourth(self, monkeypatch):
        export = ask(UserFactory())
        fails_with(monkeypatch, OSError("full"))
        for _each in range(3):
            with pytest.raises(OSError, match="full"):
                exports.make_export(export.pk)

        export.refresh_from_db()
        assert (export.status, exports.next_export()) == (ExportStatus.FAILED, None)

    def test_whoever_sees_it_failed_asks_again(self, monkeypatch):
        export = ask(UserFactory())
        with monkeypatch.context() as patch:
            fails_with(patch, SoftTimeLimitExceeded())
            with pytest.raises(SoftTimeLimitExceeded):
                exports.make_export(export.pk)

        assert made(export.user).status == ExportStatus.READY

    def test_what_a_dead_worker_left_is_taken_up_when_its_lease_is_over(self):
        export = ExportFactory(attempts=1, lease_until=timezone.now() + exports.LEASE)

        assert [exports.next_export(), exports.next_export(export.lease_until)] == [None, export.pk]

    def test_one_that_was_called_off_meanwhile_leaves_no_file(self, monkeypatch):
        user = UserFactory()
        export = exports.request_export(user, actor=user)
        write = exports.write_copy

        def called_off(*args, **kwargs):
            write(*args, **kwargs)
            DataExport.objects.update(status=ExportStatus.EXPIRED)

        monkeypatch.setattr(exports, "write_copy", called_off)
        exports.make_export(export.pk)

        assert default_storage.exists(export.path) is False

    def test_the_request_of_a_closed_account_is_let_be(self):
        export = ExportFactory(user__is_active=False)
        exports.make_export(export.pk)

        export.refresh_from_db()
        assert (export.status, export.has_file) == (ExportStatus.REQUESTED, False)

    def test_a_file_that_is_gone_is_named_and_stops_nothing(self):
        attachment = AttachmentFactory()
        default_storage.delete(attachment.file.path)
        copy = copy_of(attachment.uploaded_by)

        assert copy["manifest"]["missing_files"] == ["files/001-申报书.pdf"]


class TestFetching:
    def test_its_owner_gets_it(self):
        user = UserFactory()
        export = made(user)
        _response, content = fetched(signed_in(user), export)

        assert opened(content)["profile"][0]["email"] == user.email

    def test_it_is_fetched_with_the_password(self):
        user = UserFactory()
        export = made(user)
        response = client_for(user).get(export.get_absolute_url())

        assert response["Location"].startswith("/accounts/reauthenticate/")

    @pytest.mark.parametrize("somebody", [UserFactory, SiteAdminFactory])
    def test_for_anybody_else_there_is_nothing(self, somebody):
        export = made(UserFactory())
        client = signed_in(somebody())

        assert [getattr(client, how)(export.get_absolute_url()).status_code for how in ("get", "head")] == [404, 404]

    def test_a_visitor_signs_in_first(self, client):
        assert client.get(made(UserFactory()).get_absolute_url()).status_code == 302

    @pytest.mark.parametrize(("shift", "status"), [(-1, 200), (0, 409), (1, 409)], ids=["before", "at", "after"])
    def test_until_it_expires(self, shift, status):
        user = UserFactory()
        export = made(user)

        with time_machine.travel(export.expires_at + timedelta(seconds=shift), tick=False):
            response, _content = fetched(signed_in(user), export)
            assert response.status_code == status

    def test_no_cache_keeps_it(self):
        user = UserFactory()
        response, _content = fetched(signed_in(user), made(user))

        assert ("no-store" in response["Cache-Control"], response["X-Content-Type-Options"]) == (True, "nosniff")

    def test_fetching_is_in_the_audit_trail(self):
        user = UserFactory()
        export = made(user)
        fetched(signed_in(user), export)

        assert AuditEntry.objects.get(action="download_export").object_id == str(export.pk)

    def test_a_head_request_fetches_nothing(self):
        user = UserFactory()
        signed_in(user).head(made(user).get_absolute_url())

        assert AuditEntry.objects.filter(action="download_export").count() == 0


class TestSweep:
    def test_what_is_overdue_is_deleted(self):
        export = made(UserFactory())
        exports.sweep_exports(now=export.expires_at)
        export.refresh_from_db()

        assert (export.status, export.has_file, default_storage.exists(export.path)) == ("expired", False, False)

    def test_what_is_not_overdue_stays(self):
        export = made(UserFactory())

        assert exports.sweep_exports(now=export.expires_at - timedelta(seconds=1)) == 0
        assert default_storage.exists(export.path)

    def test_a_second_sweep_finds_nothing(self):
        export = made(UserFactory())

        assert [exports.sweep_exports(now=export.expires_at), exports.sweep_exports(now=export.expires_at)] == [1, 0]

    def test_a_request_that_never_came_to_anything_keeps_nobody_waiting(self):
        export = ExportFactory(requested_at=timezone.now() - timedelta(days=2))
        exports.sweep_exports()

        export.refresh_from_db()
        assert export.status == ExportStatus.FAILED
        assert exports.request_export(export.user, actor=export.user) != export

    def test_a_store_that_refuses_is_asked_again(self, monkeypatch):
        export = made(UserFactory())

        def refuses(path):
            raise OSError

        with monkeypatch.context() as patch:
            patch.setattr(default_storage, "delete", refuses)
            exports.sweep_exports(now=export.expires_at)

        assert exports.sweep_exports(now=export.expires_at) == 1


def test_the_page_says_what_there_is():
    user = UserFactory()
    client = client_for(user)
    seen = [client.get(PAGE).context]
    exports.request_export(user, actor=user)
    seen.append(client.get(PAGE).context)
    carried_out()
    seen.append(client.get(PAGE).context)

    assert [(bool(each["running"]), bool(each["ready"])) for each in seen] == [
        (False, False),
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_copies(count, django_assert_num_queries):
    user = UserFactory()
    ExportFactory.create_batch(count, user=user, ready=True)
    ExportFactory(ready=True)  # somebody else's
    client = client_for(user)

    with django_assert_num_queries(4):
        client.get(PAGE)
