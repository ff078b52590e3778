"""Services that pages guard as well, asked by themselves; and those that ask once more when what counts is locked."""

from __future__ import annotations

import io
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.core.context import current_real_actor
from portal.core.errors import Conflict, Missing
from submissions import rules, services
from submissions.enums import MemberRole, RosterChange
from submissions.models import AnswerRevision, ScreeningPlan, Submission
from submissions.services import claims, exporting, late, plans, screening_notes, second_look
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.files import pdf
from tests.factories.submissions import (
    HandOverFactory,
    InvitationFactory,
    LateAttemptFactory,
    OrganizationFactory,
    RosterRequestFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
    credit_code,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tests.submissions.people import save
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db


def stranger():
    """Who could do all of it elsewhere."""
    organizer = OrganizerFactory()
    TeamFactory(captain=organizer.user)
    return organizer.user


def end_registration(team):
    ago = timezone.now() - timedelta(minutes=1)
    team.competition.stages.filter(kind=StageKind.REGISTRATION).update(closes_at=ago)


@contextmanager
def as_somebody_else():
    """A site admin acts for whoever is signed in."""
    token = current_real_actor.set(SiteAdminFactory().pk)
    try:
        yield
    finally:
        current_real_actor.reset(token)


class TestOfEntries:
    @pytest.fixture
    def entry(self):
        return SubmissionFactory(submitted=True)

    @pytest.mark.parametrize("deed", [claims.claim, claims.renew])
    def test_nobody_takes_an_entry_in_hand_that_is_not_theirs_to_screen(self, entry, deed):
        for somebody in (stranger(), captain_of(entry.team)):
            with pytest.raises(PermissionDenied):
                deed(entry, actor=somebody)

    def test_nobody_leaves_a_note_on_it(self, entry):
        with pytest.raises(PermissionDenied):
            screening_notes.add_note(entry, actor=stranger(), text="一")

    def test_nobody_answers_a_proposal_whatever_they_say(self, entry):
        proposal = entry.versions.get().proposals.create(
            reason="材料不全", proposed_by=UserFactory(), proposed_at=timezone.now()
        )
        for somebody in (stranger(), captain_of(entry.team)):
            with pytest.raises(PermissionDenied):
                second_look.agree(proposal, actor=somebody)
            with pytest.raises(PermissionDenied):
                second_look.decline(proposal, actor=somebody, reason="")

    def test_whoever_proposed_it_does_not_answer_it(self, entry):
        first = OrganizerFactory(competition=entry.team.competition).user
        proposal = entry.versions.get().proposals.create(
            reason="材料不全", proposed_by=first, proposed_at=timezone.now()
        )

        with pytest.raises(PermissionDenied):
            second_look.decline(proposal, actor=first, reason="再看一遍")

    def test_nobody_decides_about_what_came_too_late_whatever_they_say(self, entry):
        attempt = LateAttemptFactory(submission=entry)
        for deed in (services.accept_late, services.decline_late):
            with pytest.raises(PermissionDenied):
                deed(attempt, actor=stranger(), reason="")

    def test_what_comes_too_late_is_the_captains_to_hand_in(self, entry):
        member = TeamMemberFactory(team=entry.team).user
        for somebody in (member, stranger()):
            with pytest.raises(PermissionDenied):
                late.keep_late(entry, actor=somebody, expected_version=1, received_at=timezone.now())

    def test_whoever_is_no_member_is_not_told_whether_there_is_such_a_revision(self):
        entry = SubmissionFactory()
        save(entry, abstract="一")
        number = AnswerRevision.objects.filter(submission=entry, key="abstract").latest("number").number

        with pytest.raises(Missing):
            services.restore_revision(entry, actor=stranger(), key="abstract", number=number, expected_version=0)

    def test_an_upload_becomes_no_file_of_a_team_that_its_sender_has_left(self, settings, tmp_path):
        settings.UPLOAD_PARTS_DIR = tmp_path / "parts"
        entry = SubmissionFactory()
        member = TeamMemberFactory(team=entry.team)
        content = pdf("upload")
        upload = services.begin_upload(entry, actor=member.user, slot="proposal", name="a.pdf", size=len(content))
        services.take_chunk(upload, io.BytesIO(content), offset=0)
        member.delete()

        with pytest.raises(PermissionDenied):
            services.finish_upload(upload, actor=member.user)
        assert not entry.attachments.exists()

    def test_nobody_takes_entries_out_of_a_competition_that_they_run_no_part_of(self, entry):
        with pytest.raises(PermissionDenied):
            exporting.leaving(
                "export_entries", entry.team.competition, actor=stranger(), entries=Submission.objects.all(), facts={}
            )

    def test_an_export_holds_no_entry_of_another_track_whatever_is_asked_for(self, entry):
        competition = entry.team.competition
        track = TrackFactory(competition=competition)
        organizer = OrganizerFactory(competition=competition, tracks=[track]).user
        given = {"actor": organizer, "entries": Submission.objects.all(), "facts": {}}

        assert exporting.leaving("export_entries", competition, **given) == []


class TestOfPlans:
    @pytest.fixture
    def plan(self):
        return ScreeningPlan.objects.create(competition=CompetitionFactory())

    def test_nobody_else_begins_or_changes_one(self, plan):
        for somebody in (
            stranger(),
            OrganizerFactory(competition=plan.competition, tracks=[TrackFactory(competition=plan.competition)]).user,
        ):
            with pytest.raises(PermissionDenied):
                plans.save_plan(plan, actor=somebody)
            with pytest.raises(PermissionDenied):
                plans.edit_plan(plan, actor=somebody)


class TestOfTeams:
    @pytest.fixture
    def team(self):
        return TeamFactory()

    @pytest.fixture
    def member(self, team):
        return TeamMemberFactory(team=team)

    @pytest.fixture
    def captain(self, team, member):
        """Who leads it no more; the page that they have open read that they do."""
        captain = captain_of(team)
        team.read_roles()
        team.members.filter(user=captain).update(role=MemberRole.MEMBER)
        team.members.filter(pk=member.pk).update(role=MemberRole.CAPTAIN)
        return captain

    @pytest.mark.parametrize("somebody", [AnonymousUser, lambda: UserFactory(is_active=False)])
    def test_nobody_without_an_account_founds_one(self, somebody):
        said = {"organization_code": credit_code(7), "organization_name": "甲", "organization_kind": "company"}
        with pytest.raises(PermissionDenied):
            services.found_team(CompetitionFactory(open=True), actor=somebody(), name="一队", **said)

    def test_whoever_led_it_a_moment_ago_offers_it_no_more(self, team, captain):
        other = TeamMemberFactory(team=team)

        with pytest.raises(PermissionDenied):
            services.offer_team(team, actor=captain, to=other)

    @pytest.mark.parametrize("deed", [services.edit_member, services.move_member, services.remove_member])
    def test_whoever_led_it_a_moment_ago_changes_its_members_no_more(self, team, captain, deed):
        other = TeamMemberFactory(team=team)
        other.team = team
        given = {services.edit_member: {"duty": "", "is_contact": False}, services.move_member: {"up": True}}

        with pytest.raises(PermissionDenied):
            deed(other, actor=captain, **given.get(deed, {}))

    def test_whoever_led_it_a_moment_ago_asks_for_no_change(self, team, member, captain):
        end_registration(team)

        with pytest.raises(PermissionDenied):
            services.request_change(
                team, services.Wanted(RosterChange.REMOVE, member=member), actor=captain, reason="已离职"
            )

    def test_whoever_led_it_a_moment_ago_takes_no_request_back(self, team, captain):
        request = RosterRequestFactory(team=team)

        with pytest.raises(PermissionDenied):
            services.withdraw_request(request, actor=captain)

    def test_who_does_not_lead_it_is_not_told_whether_its_roster_is_open(self, team, member):
        other = TeamMemberFactory(team=team)
        end_registration(team)
        for deed in (
            lambda: services.offer_team(team, actor=member.user, to=other),
            lambda: services.edit_member(other, actor=member.user, duty="", is_contact=False),
            lambda: services.move_member(other, actor=member.user, up=True),
            lambda: services.remove_member(other, actor=member.user),
            lambda: services.invite(team, actor=member.user, email="a@example.com"),
        ):
            with pytest.raises(PermissionDenied):
                deed()

    def test_nobody_accepts_a_team_for_somebody_else(self, team, member):
        offer = HandOverFactory(team=team, offered_to=member.user)

        with as_somebody_else(), pytest.raises(PermissionDenied):
            services.accept_team(offer, actor=member.user)

    def test_nobody_joins_for_somebody_else(self, team):
        user = UserFactory()
        invitation = InvitationFactory(team=team, email=user.email)

        with as_somebody_else(), pytest.raises(PermissionDenied):
            services.accept_invitation(invitation, actor=user)
        assert not team.members.filter(user=user).exists()

    def test_nobody_objects_in_somebody_elses_words(self, team, member):
        request = RosterRequestFactory(team=team, person=member.user)

        with as_somebody_else(), pytest.raises(PermissionDenied):
            services.object_to(request, actor=member.user, text="我仍在项目组。")


class TestOfRequests:
    @pytest.fixture
    def request_(self):
        """To take a member out, of a team whose roster is locked."""
        request = RosterRequestFactory()
        end_registration(request.team)
        return request

    @pytest.fixture
    def organizer(self, request_):
        return OrganizerFactory(competition=request_.team.competition).user

    def test_who_has_refused_it_is_told_when_they_approve_it(self, request_, organizer):
        services.refuse_change(request_, actor=organizer, answer="人数已定")

        with pytest.raises(Conflict):
            services.approve_change(request_, actor=organizer)

    def test_another_one_who_approves_it_too_is_told(self, request_, organizer):
        services.approve_change(request_, actor=organizer)

        with pytest.raises(Conflict):
            services.approve_change(request_, actor=OrganizerFactory(competition=request_.team.competition).user)

    def test_so_is_the_portal_itself(self, request_, organizer):
        services.approve_change(request_, actor=organizer)

        with pytest.raises(Conflict):
            services.approve_change(request_, actor=None)

    def test_a_request_is_its_persons_to_answer_while_their_account_is_active(self):
        team = TeamFactory()
        heir = TeamMemberFactory(team=team).user
        request = RosterRequestFactory(team=team, change=RosterChange.CAPTAIN, person=heir, status="asked")
        told = [rules.is_asked(user, request) for user in (heir, captain_of(team), UserFactory())]
        heir.is_active = False

        assert (told, rules.is_asked(heir, request)) == ([True, False, False], False)

    def test_whoever_is_asked_does_not_object(self):
        team = TeamFactory()
        heir = TeamMemberFactory(team=team).user
        asked = RosterRequestFactory(team=team, change=RosterChange.CAPTAIN, person=heir, status="asked")
        told = RosterRequestFactory(team=team)
        going = told.person

        said = [rules.may_object(*pair) for pair in ((heir, asked), (going, told), (heir, told))]
        going.is_active = False
        assert (said, rules.may_object(going, told)) == ([False, True, False], False)


def test_an_organization_that_stands_nowhere_is_nobodys_to_correct():
    nowhere = OrganizationFactory()

    assert [services.is_registrar(user, nowhere) for user in (UserFactory(), OrganizerFactory().user)] == [False, True]


def test_nobody_merges_the_organization_of_their_own_team():
    double, kept, admin = OrganizationFactory(), OrganizationFactory(), SiteAdminFactory()
    TeamFactory(organization=double, captain=admin)

    with pytest.raises(PermissionDenied):
        services.merge_organizations(double, kept, actor=admin, reason="同一单位换发了新的代码")


def test_an_address_is_theirs_who_proved_it():
    """By whatever case it is written in; not theirs whose account is closed."""
    user = UserFactory(email="a@example.com")
    told = [rules.owns_address(user, email) for email in ("A@example.com", "b@example.com")]
    user.is_active = False

    assert (told, rules.owns_address(user, "a@example.com")) == ([True, False], False)
