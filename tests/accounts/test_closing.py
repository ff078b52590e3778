"""Closing an account: what stands against it, what goes, what stays, and that the rest still holds together."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from judging.enums import AssignmentStatus, CertificateStatus, RoundStatus
from portal.accounts.models import DataExport, IdentityDocument, User
from portal.accounts.services import exports
from portal.accounts.services.closing import DutiesOpen, close_account, open_duties, what_stays
from portal.core.audit_check import verify
from portal.core.models import AuditEntry, IdempotencyKey
from portal.notifications import relay
from portal.notifications.models import Outbox
from submissions.enums import MemberRole, SubmissionStatus
from submissions.services import accept_team, offer_team
from tests.accounts.copies import made
from tests.accounts.people import acted_for, client_for, signed_in
from tests.factories.accounts import PASSWORD, ConsentFactory, DocumentFactory, SiteAdminFactory, UserFactory
from tests.factories.judging import AssignmentFactory, CertificateFactory, JudgeFactory, ReviewFactory, RoundFactory
from tests.factories.submissions import InvitationFactory, SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tracks.models import Organizer, Stage

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:close")
PHONE = "+8613812341234"


def close(user):
    return close_account(user, actor=user)


def end(competition):
    """Let its last stage have closed an hour ago."""
    Stage.objects.filter(competition=competition).update(closes_at=timezone.now() - timedelta(hours=1))


class TestErasing:
    def test_nothing_of_the_person_is_left_on_the_row(self):
        user = UserFactory(phone=PHONE, affiliation="成都大学", full_name="金丝雀")
        email = user.email
        close(user)

        row = str(User.objects.filter(pk=user.pk).values().get())
        assert [text in row for text in (email, PHONE, "成都大学", "金丝雀")] == [False] * 4

    def test_no_address_taken_beforehand_stands_in_the_way(self):
        UserFactory(email=f"{(user := UserFactory()).pk}@closed.invalid")
        close(user)

        assert User.objects.get(pk=user.pk).email.endswith("@closed.invalid")

    def test_nobody_signs_in_any_more(self):
        user = UserFactory()
        email = user.email
        close(user)
        client = Client()
        client.post("/accounts/login/", {"login": email, "password": PASSWORD})

        assert "_auth_user_id" not in client.session

    def test_a_session_elsewhere_ends_with_the_next_request(self):
        user = UserFactory()
        elsewhere = client_for(user)
        close(user)

        assert elsewhere.get("/desk/").status_code == 302

    def test_the_document_number_is_gone(self):
        document = DocumentFactory()
        close(document.user)

        assert IdentityDocument.objects.count() == 0

    def test_roles_end(self):
        OrganizerFactory(competition=(role := OrganizerFactory()).competition)
        judge = JudgeFactory(user=role.user)
        close(role.user)
        judge.refresh_from_db()

        assert (Organizer.objects.filter(user=role.user).exists(), judge.is_active) == (False, False)

    def test_a_member_leaves_the_team(self):
        member = TeamMemberFactory()
        close(member.user)

        assert list(member.team.members.values_list("role", flat=True)) == [MemberRole.CAPTAIN]

    def test_a_draft_that_nobody_else_has_is_withdrawn(self):
        draft = SubmissionFactory()
        close(captain_of(draft.team))
        draft.refresh_from_db()

        assert draft.status == SubmissionStatus.WITHDRAWN

    def test_invitations_no_longer_name_the_address(self):
        user = UserFactory()
        invitation = InvitationFactory(email=user.email.upper())
        close(user)
        invitation.refresh_from_db()

        assert (user.email.lower() in invitation.email.lower(), invitation.revoked_at is not None) == (False, True)

    def test_invitations_to_others_stay(self):
        invitation = InvitationFactory()
        close(UserFactory())
        invitation.refresh_from_db()

        assert (invitation.revoked_at, invitation.email.startswith("invited")) == (None, True)

    def test_copies_are_called_off_and_their_files_go(self):
        user = UserFactory()
        export = made(user)
        close(user)
        exports.sweep_exports()

        assert (DataExport.objects.get().status, default_storage.exists(export.path)) == ("expired", False)

    def test_mails_that_were_sent_are_forgotten_and_none_waits(self):
        user = UserFactory()
        for number, status in enumerate(["done", "waiting"]):
            Outbox.objects.create(
                kind="mail", key=f"k{number}", payload={"to": user.email, "subject": "x", "body": "y"},
                status=status, done_at=timezone.now(),
            )  # fmt: skip
        email = user.email
        close(user)
        relay.drain()

        assert [letter.subject for letter in mail.outbox] == ["您的账号已注销"]
        assert email not in str(list(Outbox.objects.values_list("payload", flat=True)))

    def test_keys_of_forms_are_forgotten(self):
        user = UserFactory()
        IdempotencyKey.objects.create(actor_id=user.pk, action="x", key="12345678", fingerprint="f")
        close(user)

        assert IdempotencyKey.objects.count() == 0

    def test_a_last_mail_goes_to_the_address_that_was(self):
        user = UserFactory()
        email = user.email
        close(user)
        relay.drain()

        assert [letter.to for letter in mail.outbox] == [[email]]

    def test_an_address_that_was_never_confirmed_gets_none(self):
        close(UserFactory(is_verified=False))
        relay.drain()

        assert mail.outbox == []

    def test_the_address_can_be_registered_again(self):
        user = UserFactory()
        email = user.email
        close(user)
        form = {
            "full_name": "新人",
            "email": email,
            "password1": PASSWORD,
            "password2": PASSWORD,
            "accept_notice": "on",
        }
        Client().post("/accounts/signup/", form)

        assert User.objects.get(email=email).full_name == "新人"


class TestKeeping:
    def test_the_trail_still_holds(self):
        user = captain_of(SubmissionFactory().team)
        ConsentFactory(user=user)
        close(user)

        assert (list(verify()), AuditEntry.objects.get(action="close_account").actor_id) == ([], user.pk)

    def test_the_trail_does_not_name_the_person(self):
        user = UserFactory(full_name="金丝雀", phone=PHONE)
        email = user.email
        close(user)

        trail = str(list(AuditEntry.objects.values()))
        assert [text in trail for text in ("金丝雀", PHONE, email)] == [False] * 3

    def test_a_certificate_keeps_the_names_that_are_printed_on_it(self):
        certificate = CertificateFactory()
        team = certificate.award.submission.team
        end(team.competition)
        captain = captain_of(team)
        close(captain)
        certificate.award.refresh_from_db()

        assert certificate.award.members == [captain.full_name]

    def test_reviews_stay_without_a_name(self):
        review = ReviewFactory(submitted=True)
        user = review.assignment.judge.user
        close(user)
        review.refresh_from_db()

        assert (review.scores.count(), str(review.assignment.judge)) == (5, "已注销用户")

    def test_the_page_says_what_stays_why_and_until_when(self):
        review = ReviewFactory(submitted=True)
        stays = what_stays(review.assignment.judge.user)

        assert (len(stays), all(each.what and each.why and each.until for each in stays)) == (3, True)

    def test_consents_stay_under_a_number(self):
        given = ConsentFactory()
        close(given.user)

        assert given.user.consents.count() == 1

    def test_a_second_time_changes_nothing(self):
        user = UserFactory()
        close(user)
        close(user)

        assert AuditEntry.objects.filter(action="close_account").count() == 1


class TestDuties:
    def test_a_captain_hands_over_first(self):
        member = TeamMemberFactory()
        captain = captain_of(member.team)

        with pytest.raises(DutiesOpen) as refusal:
            close(captain)
        assert [duty.url for duty in refusal.value.duties] == [member.team.get_absolute_url()]

    def test_after_handing_over_the_account_can_be_closed(self):
        member = TeamMemberFactory()
        captain = captain_of(member.team)
        accept_team(offer_team(member.team, actor=captain, to=member), actor=member.user)
        close(captain)

        assert captain_of(member.team) == member.user

    @pytest.mark.parametrize("state", ["submitted", "returned", "eligible"])
    def test_a_captain_alone_with_a_live_entry_waits(self, state):
        entry = SubmissionFactory(**{state: True})

        with pytest.raises(DutiesOpen):
            close(captain_of(entry.team))

    @pytest.mark.parametrize("state", ["rejected"])
    def test_one_with_an_entry_that_is_out_need_not(self, state):
        entry = SubmissionFactory(**{state: True})

        assert close(captain_of(entry.team)).closed_at

    def test_when_the_competition_is_over_nobody_waits(self):
        entry = SubmissionFactory(eligible=True)
        TeamMemberFactory(team=entry.team)
        end(entry.team.competition)

        assert close(captain_of(entry.team)).closed_at

    @pytest.mark.parametrize("status", [RoundStatus.PLANNED, RoundStatus.OPEN])
    def test_a_judge_who_owes_reviews_hands_them_in_first(self, status):
        assignment = AssignmentFactory(round=RoundFactory(status=status))

        with pytest.raises(DutiesOpen):
            close(assignment.judge.user)

    @pytest.mark.parametrize("status", [AssignmentStatus.SUBMITTED, AssignmentStatus.RECUSED, AssignmentStatus.REVOKED])
    def test_a_judge_who_owes_none_need_not(self, status):
        assignment = AssignmentFactory(status=status)

        assert close(assignment.judge.user).closed_at

    def test_a_round_that_is_closed_asks_for_nothing_more(self):
        assignment = AssignmentFactory(round=RoundFactory(status=RoundStatus.CLOSED))

        assert close(assignment.judge.user).closed_at

    def test_the_only_organizer_stays(self):
        role = OrganizerFactory(competition=CompetitionFactory(open=True))
        OrganizerFactory(competition=role.competition, user__is_active=False)

        with pytest.raises(DutiesOpen):
            close(role.user)

    def test_the_only_site_admin_stays(self):
        with pytest.raises(DutiesOpen):
            close(SiteAdminFactory())

    def test_one_of_two_may_go(self):
        SiteAdminFactory()

        assert close(SiteAdminFactory()).closed_at

    def test_what_was_refused_has_changed_nothing(self):
        member = TeamMemberFactory()
        captain = captain_of(member.team)
        with pytest.raises(DutiesOpen):
            close(captain)
        captain.refresh_from_db()

        assert (captain.is_active, AuditEntry.objects.count()) == (True, 0)

    def test_all_of_them_are_told_at_once(self):
        assignment = AssignmentFactory()
        team = TeamFactory(captain=assignment.judge.user)
        TeamMemberFactory(team=team)

        assert len(open_duties(assignment.judge.user)) == 2

    def test_nobody_closes_somebody_elses(self):
        with pytest.raises(PermissionDenied):
            close_account(UserFactory(), actor=SiteAdminFactory())


class TestPage:
    def test_looking_closes_nothing(self):
        user = UserFactory()

        assert (client_for(user).get(PAGE).status_code, User.objects.get().is_active) == (200, True)

    def test_it_is_confirmed_with_the_password(self):
        user = UserFactory()
        response = client_for(user).post(PAGE, {"understood": "on"})

        assert response["Location"].startswith("/accounts/reauthenticate/")
        assert User.objects.get().is_active

    def test_after_the_password_it_is_done_without_typing_again(self):
        client = client_for(UserFactory())
        asked = client.post(PAGE, {"understood": "on"})
        response = client.post(asked["Location"], {"password": PASSWORD, "next": PAGE})

        assert (response["Location"], User.objects.get().is_active) == (reverse("accounts:closed"), False)

    def test_a_wrong_password_closes_nothing(self):
        client = client_for(UserFactory())
        asked = client.post(PAGE, {"understood": "on"})
        client.post(asked["Location"], {"password": "wrong", "next": PAGE})

        assert User.objects.get().is_active

    def test_whoever_closes_is_signed_out(self):
        client = signed_in(UserFactory())
        response = client.post(PAGE, {"understood": "on"})

        assert (response["Location"], "_auth_user_id" in client.session) == (reverse("accounts:closed"), False)

    def test_the_last_page_can_be_read(self, client):
        assert client.get(reverse("accounts:closed")).status_code == 200

    def test_without_the_tick_it_asks_again(self):
        client = signed_in(UserFactory())

        assert (client.post(PAGE, {}).status_code, User.objects.get().is_active) == (400, True)

    def test_duties_are_named_and_there_is_nothing_to_press(self):
        member = TeamMemberFactory()
        client = signed_in(captain_of(member.team))
        shown, pressed = client.get(PAGE), client.post(PAGE, {"understood": "on"})

        assert (b"understood" in shown.content, member.team.name in shown.content.decode(), pressed.status_code) == (
            False,
            True,
            409,
        )

    def test_whoever_acts_in_somebodys_name_can_not(self):
        client = acted_for(UserFactory())

        assert client.post(PAGE, {"understood": "on"}).status_code == 403

    def test_a_forged_request_is_refused(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(UserFactory())

        assert (client.post(PAGE, {"understood": "on"}).status_code, User.objects.get().is_active) == (403, True)

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many_teams(self, count, django_assert_num_queries):
        user = UserFactory()
        for _each in range(count):
            CertificateFactory(
                status=CertificateStatus.REQUESTED,
                award__submission__team=TeamMemberFactory(user=user, team__competition=CompetitionFactory()).team,
            )
            TeamMemberFactory(team=TeamFactory(captain=user))
            OrganizerFactory(user=user)

        client = client_for(user)

        with django_assert_num_queries(9):
            client.get(PAGE)
