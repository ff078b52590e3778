"""What is kept for too long goes; what is needed stays; a dry run changes nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone

from portal.accounts import periodic, policies
from portal.accounts.models import DataExport, IdentityDocument, RetentionRule, User
from portal.core.models import AuditEntry, IdempotencyKey
from portal.notifications import relay
from portal.notifications.models import Outbox
from submissions.models import Invitation, Submission
from tests.accounts.people import client_for
from tests.factories.accounts import DocumentFactory, ExportFactory, SiteAdminFactory, UserFactory
from tests.factories.submissions import (
    AttachmentFactory,
    InvitationFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
)
from tests.factories.tracks import OrganizerFactory
from tracks.models import Stage

pytestmark = pytest.mark.django_db
PAGE = "/admin/accounts/retentionrule/"


def ago(days):
    return timezone.now() - timedelta(days=days)


def end(competition, days):
    """Let its last stage have closed so many days ago."""
    Stage.objects.filter(competition=competition).update(opens_at=ago(days + 9), closes_at=ago(days))


def done(name):
    return next(each for each in policies.run() if each.policy.name == name).done


def command(**options):
    said = StringIO()
    call_command("retention", stdout=said, **options)
    return {line.split()[0]: line for line in said.getvalue().splitlines()}


class TestDrafts:
    @pytest.mark.parametrize(("days", "left"), [(179, 1), (181, 0)])
    def test_one_that_was_never_submitted_goes_half_a_year_after_the_end(self, days, left):
        draft = SubmissionFactory()
        AttachmentFactory(submission=draft)
        end(draft.team.competition, days)
        policies.run()

        assert Submission.objects.count() == left

    @pytest.mark.parametrize("state", ["submitted", "returned", "eligible", "rejected"])
    def test_what_was_submitted_stays(self, state):
        entry = SubmissionFactory(**{state: True})
        end(entry.team.competition, 400)
        policies.run()

        assert Submission.objects.count() == 1

    def test_a_competition_without_a_calendar_is_not_over(self):
        draft = SubmissionFactory()
        Stage.objects.all().delete()
        policies.run()

        assert Submission.objects.get() == draft

    def test_one_that_is_submitted_at_the_last_moment_stays(self, monkeypatch):
        draft = SubmissionFactory()
        end(draft.team.competition, 400)
        policy = policies.POLICIES["drafts"]

        def submitted_meanwhile(row):
            Submission.objects.update(number="T01-0001", submitted_at=timezone.now(), status="submitted")
            policy.end(row)

        rule = policies.rules()["drafts"]
        racing = policies.Policy(policy.name, "", "", 180, policy.due, submitted_meanwhile)
        outcome = policies._run(racing, rule, timezone.now())

        assert (outcome.done, outcome.held, Submission.objects.count()) == (0, 1, 1)


class TestInvitations:
    def test_settled_ones_go(self):
        InvitationFactory(accepted_at=ago(91))
        InvitationFactory(revoked_at=ago(91))
        InvitationFactory(expires_at=ago(91))

        assert (done("invitations"), Invitation.objects.count()) == (3, 0)

    def test_open_and_recent_ones_stay(self):
        InvitationFactory()
        InvitationFactory(accepted_at=ago(89))

        assert done("invitations") == 0


class TestNumbers:
    def document(self, **competition):
        team = TeamFactory(competition__asks_document_number=True, **competition)
        return DocumentFactory(user=TeamMemberFactory(team=team).user, saved_at=ago(400)), team

    @pytest.mark.parametrize(("days", "left"), [(179, 1), (181, 0)])
    def test_one_goes_half_a_year_after_the_end(self, days, left):
        _document, team = self.document()
        end(team.competition, days)
        policies.run()

        assert IdentityDocument.objects.count() == left

    def test_it_stays_while_another_competition_needs_it(self):
        document, team = self.document()
        end(team.competition, 400)
        TeamMemberFactory(user=document.user, team=TeamFactory(competition__asks_document_number=True))

        assert done("document_numbers") == 0

    def test_that_it_went_is_in_the_trail_without_it(self):
        _document, team = self.document()
        end(team.competition, 181)
        policies.run()

        line = AuditEntry.objects.get(action="delete_document")
        assert (line.actor_id, line.reason) == (None, "retention")

    def test_consent_ends_with_it(self):
        document, team = self.document()
        end(team.competition, 181)
        policies.run()
        document.consent.refresh_from_db()

        assert document.consent.withdrawn_at is not None


class TestMails:
    def outbox(self, days, **fields):
        row = Outbox.objects.create(kind="mail", payload={"to": "a@example.com"}, key=f"k{days}{fields}", **fields)
        Outbox.objects.filter(pk=row.pk).update(created_at=ago(days))
        return row

    def test_what_an_old_mail_said_is_forgotten_and_its_key_stays(self):
        row = self.outbox(91, status="done", done_at=ago(91))
        policies.run()
        row.refresh_from_db()

        assert (row.payload, row.key.startswith("k91")) == ({}, True)

    def test_recent_ones_and_those_that_wait_stay(self):
        self.outbox(89, status="done", done_at=ago(89))
        self.outbox(200, status="waiting", available_at=timezone.now() + timedelta(days=1))

        assert done("sent_mail") == 0

    def test_a_second_run_finds_nothing(self):
        self.outbox(91, status="dead")

        assert [done("sent_mail"), done("sent_mail")] == [1, 0]


class TestAccounts:
    def test_one_whose_address_was_never_confirmed_is_closed_in_silence(self):
        user = UserFactory(is_verified=False, joined_at=ago(31))
        policies.run()
        relay.drain()
        user.refresh_from_db()

        assert (user.closed_at is not None, mail.outbox) == (True, [])

    @pytest.mark.parametrize(
        "fields",
        [
            {"joined_at": ago(29), "is_verified": False},
            {"joined_at": ago(900)},
            {"joined_at": ago(900), "is_verified": False, "is_staff": True},
        ],
        ids=["recent", "confirmed", "staff"],
    )
    def test_others_stay(self, fields):
        UserFactory(**fields)

        assert done("unconfirmed_accounts") == 0

    def test_one_that_nobody_uses_stays_unless_a_site_admin_says_otherwise(self):
        UserFactory(last_login=ago(4000))

        assert done("inactive_accounts") == 0

    def test_then_it_is_closed_and_its_owner_told(self):
        user = UserFactory(last_login=ago(1100))
        policies.set_days("inactive_accounts", 1095, actor=SiteAdminFactory())
        policies.run()
        relay.drain()

        assert (User.objects.get(pk=user.pk).is_active, len(mail.outbox)) == (False, 1)


class TestRest:
    @pytest.mark.parametrize("status", ["expired", "failed"])
    def test_the_record_of_an_export_goes_and_a_file_that_was_left(self, status):
        export = ExportFactory(status=status, requested_at=ago(31), has_file=True)
        default_storage.save(export.path, ContentFile(b"x"))
        policies.run()

        assert (DataExport.objects.count(), default_storage.exists(export.path)) == (0, False)

    def test_one_that_can_be_fetched_stays(self):
        ExportFactory(ready=True, requested_at=ago(31))

        assert done("data_exports") == 0

    def test_keys_of_forms(self):
        key = IdempotencyKey.objects.create(actor_id=1, action="x", key="12345678", fingerprint="f")
        IdempotencyKey.objects.filter(pk=key.pk).update(created_at=ago(31))

        assert done("idempotency_keys") == 1


class TestRunning:
    def test_a_dry_run_counts_and_changes_nothing(self):
        InvitationFactory(revoked_at=ago(91))

        assert ("1" in command(dry_run=True)["invitations"], Invitation.objects.count()) == (True, 1)

    def test_a_run_says_what_it_did(self):
        InvitationFactory(revoked_at=ago(91))

        assert ("1" in command()["invitations"], Invitation.objects.count()) == (True, 0)

    def test_a_run_is_in_the_audit_trail(self):
        InvitationFactory(revoked_at=ago(91))
        policies.run()

        assert AuditEntry.objects.get(action="retention").after == {"name": "invitations", "count": 1, "days": 90}

    def test_a_run_that_found_nothing_leaves_no_line(self):
        policies.run()

        assert AuditEntry.objects.count() == 0

    def test_the_report_knows_the_last_run(self):
        InvitationFactory(revoked_at=ago(91))
        policies.run()
        rule = RetentionRule.objects.get(name="invitations")

        assert (rule.last_count, rule.last_run_at is not None) == (1, True)

    def test_more_than_a_batch(self, monkeypatch):
        monkeypatch.setattr(policies, "BATCH", 2)
        InvitationFactory.create_batch(5, revoked_at=ago(91))

        assert done("invitations") == 5

    def test_a_row_that_fails_undoes_only_itself(self, monkeypatch):
        rows = InvitationFactory.create_batch(3, revoked_at=ago(91))
        policy = policies.POLICIES["invitations"]

        def holds_one(row):
            policy.end(row)
            if row.email == rows[1].email:
                raise policies.Held

        monkeypatch.setitem(
            policies.POLICIES, "invitations", policies.Policy("invitations", "", "", 90, policy.due, holds_one)
        )
        outcome = next(each for each in policies.run() if each.policy.name == "invitations")

        assert (outcome.done, outcome.held, Invitation.objects.get()) == (2, 1, rows[1])

    def breaking(self, monkeypatch, error):
        """Two old invitations, of which the first one can't be ended; its key."""
        first, _second = InvitationFactory.create_batch(2, revoked_at=ago(91))
        policy = policies.POLICIES["invitations"]

        def end(row):
            if row == first:
                raise error
            policy.end(row)

        changed = policies.Policy("invitations", "", "", 90, policy.due, end)
        monkeypatch.setitem(policies.POLICIES, "invitations", changed)
        return first.pk

    def test_a_row_that_breaks_counts_as_held_and_ends_no_run(self, monkeypatch, caplog):
        pk = self.breaking(monkeypatch, IntegrityError("twice"))
        key = IdempotencyKey.objects.create(actor_id=1, action="x", key="12345678", fingerprint="f")
        IdempotencyKey.objects.filter(pk=key.pk).update(created_at=ago(31))
        found = {each.policy.name: (each.done, each.held) for each in policies.run()}

        assert (found["invitations"], found["idempotency_keys"]) == ((1, 1), (1, 0))
        assert f"retention invitations: row {pk} could not be ended" in caplog.text

    def test_the_end_of_its_time_ends_it(self, monkeypatch):
        self.breaking(monkeypatch, SoftTimeLimitExceeded())

        with pytest.raises(SoftTimeLimitExceeded):
            policies.run()

    def test_nightly_only_where_it_is_wanted(self, settings):
        assert ("sweep-exports" in settings.CELERY_BEAT_SCHEDULE, "retention" in settings.CELERY_BEAT_SCHEDULE) == (
            True,
            False,
        )

    def test_beats_task_runs_it(self):
        InvitationFactory(revoked_at=ago(91))
        periodic.run_retention()

        assert Invitation.objects.count() == 0

    def test_beats_sweep_takes_back_what_is_overdue(self):
        ExportFactory(ready=True, expires_at=ago(1))
        periodic.sweep_exports()

        assert DataExport.objects.get().status == "expired"


class TestPage:
    @pytest.fixture
    def admin(self):
        return client_for(SiteAdminFactory())

    def form(self, **changes):
        policies.rules()
        kept = {rule.name: "" if rule.days is None else rule.days for rule in RetentionRule.objects.all()}
        return {**kept, **changes}

    def test_it_says_what_would_go(self, admin):
        InvitationFactory(revoked_at=ago(91))
        rows = {row["rule"].name: row["outcome"].due for row in admin.get(PAGE).context["rows"]}

        assert (rows["invitations"], Invitation.objects.count()) == (1, 1)

    def test_a_site_admin_sets_the_days(self, admin):
        admin.post(PAGE, self.form(invitations=7, drafts=""))

        assert dict(RetentionRule.objects.filter(name__in=["invitations", "drafts"]).values_list("name", "days")) == {
            "invitations": 7,
            "drafts": None,
        }

    def test_that_is_in_the_audit_trail(self, admin):
        admin.post(PAGE, self.form(invitations=7))

        line = AuditEntry.objects.get(action="set_retention")
        assert (line.before, line.after) == ({"days": 90}, {"name": "invitations", "days": 7})

    @pytest.mark.parametrize("days", ["-1", "36501", "x", "1e3", "99999999999999999999"])
    def test_what_is_no_number_of_days_is_told_at_its_box(self, admin, days):
        response = admin.post(PAGE, self.form(invitations=days))

        assert (response.status_code, list(response.context["form"].errors)) == (400, ["invitations"])

    def test_so_are_fewer_days_than_people_must_have(self, admin):
        response = admin.post(PAGE, self.form(inactive_accounts=364))

        assert (response.status_code, list(response.context["form"].errors)) == (400, ["inactive_accounts"])

    @pytest.mark.parametrize("who", ["organizer", "member"])
    def test_nobody_else_gets_in(self, who):
        user = OrganizerFactory().user if who == "organizer" else UserFactory()

        assert client_for(user).get(PAGE).status_code in {302, 403}

    def test_nor_sets_anything(self):
        with pytest.raises(PermissionDenied):
            policies.set_days("drafts", 1, actor=OrganizerFactory().user)

    def test_the_service_refuses_what_the_page_does(self):
        with pytest.raises(ValidationError):
            policies.set_days("drafts", -1, actor=SiteAdminFactory())

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_much_is_due(self, admin, count, django_assert_num_queries):
        InvitationFactory.create_batch(count, revoked_at=ago(91))
        policies.rules()

        with django_assert_num_queries(20):
            admin.get(PAGE)
