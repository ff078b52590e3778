"""Changes of a locked roster: who decides, within which limits, who sees it and who hears of it."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications import relay
from submissions import services
from submissions.enums import MemberRole, RosterChange, RosterRequestStatus
from submissions.models import RosterRequest
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.submissions import (
    HandOverFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.submissions.rosters import REASON, agreed, as_now, ask, locked_team

pytestmark = pytest.mark.django_db
S, ADD, REMOVE, EDIT, CAPTAIN = RosterRequestStatus, *RosterChange


@pytest.fixture
def team():
    return locked_team()


@pytest.fixture
def member(team):
    return team.members.last()


@pytest.fixture
def organizer(team):
    return OrganizerFactory(competition=team.competition).user


@pytest.fixture
def newcomer():
    return UserFactory()


def people(team):
    return [row.user for row in team.members.all()]


def letters():
    relay.drain()
    sent = [letter.to[0] for letter in mail.outbox]
    mail.outbox.clear()
    return sorted(sent)


class TestDeciding:
    def test_somebody_joins(self, team, organizer, newcomer):
        request = services.approve_change(agreed(team, newcomer), actor=organizer)

        assert (people(team)[-1], request.status, request.decided_by) == (newcomer, S.APPROVED, organizer)

    def test_somebody_goes(self, team, organizer, member):
        services.approve_change(ask(team, REMOVE), actor=organizer)

        assert people(team) == [captain_of(team)]

    def test_duty_and_place(self, team, organizer, member):
        services.approve_change(ask(team, EDIT, duty="算法", place=1), actor=organizer)

        assert (people(team), team.members.first().duty) == ([member.user, captain_of(team)], "算法")

    def test_another_captain(self, team, organizer, member):
        services.approve_change(services.agree(ask(team, CAPTAIN), actor=member.user), actor=organizer)

        assert captain_of(team) == member.user

    def test_an_offer_of_the_old_captain_ends_with_it(self, team, organizer, member):
        offer = HandOverFactory(team=team)
        services.approve_change(services.agree(ask(team, CAPTAIN, member=member), actor=member.user), actor=organizer)
        offer.refresh_from_db()

        assert offer.status == "lapsed"

    def test_a_refusal_says_why(self, team, organizer):
        with pytest.raises(ValidationError):
            services.refuse_change(ask(team, REMOVE), actor=organizer, answer=" ")

    def test_a_refusal_changes_nothing(self, team, organizer):
        before = people(team)
        request = services.refuse_change(ask(team, REMOVE), actor=organizer, answer="材料不全")

        assert (people(team), request.status, request.answer) == (before, S.REFUSED, "材料不全")

    def test_without_consent_nothing_is_decided(self, team, organizer, newcomer):
        request = ask(team, ADD, email=newcomer.email)
        for decide in (services.approve_change, services.refuse_change):
            with pytest.raises(Conflict):
                decide(request, actor=organizer, answer="好")

    def test_a_double_click_is_one_decision(self, team, organizer, newcomer):
        request = services.approve_change(agreed(team, newcomer), actor=organizer)
        services.approve_change(request, actor=organizer)

        assert AuditEntry.objects.filter(action="approve_change").count() == 1

    def test_the_second_organizer_hears_what_the_first_has_done(self, team, organizer):
        request = services.approve_change(ask(team, REMOVE), actor=organizer)
        second = OrganizerFactory(competition=team.competition).user

        with pytest.raises(Conflict) as refusal:
            services.refuse_change(request, actor=second, answer="材料不全")
        assert organizer.full_name in str(refusal.value.message)

    def test_when_the_contact_is_taken_out_the_captain_is_it(self, team, organizer, member):
        team.members.filter(pk=member.pk).update(is_contact=True)
        request = services.approve_change(ask(team, REMOVE), actor=organizer)

        line = AuditEntry.objects.get(action="remove_member")
        captain = captain_of(team)
        assert [each.user for each in team.members.filter(is_contact=True)] == [captain]
        assert line.after == {"request": request.pk, "contact": captain.pk}

    def test_it_is_in_the_audit_trail(self, team, organizer, member):
        request = services.approve_change(ask(team, REMOVE), actor=organizer, answer="同意")

        lines = AuditEntry.objects.filter(actor_id=organizer.pk).values_list("object_type", "action", "reason")
        assert sorted(lines) == [
            ("submissions.rosterrequest", "approve_change", request.answer),
            ("submissions.team", "remove_member", ""),
        ]


class TestLimits:
    """Asked again when it is decided: meanwhile others may have come."""

    def test_a_full_team_takes_nobody(self, team, organizer, newcomer):
        request = agreed(team, newcomer)
        team.competition.max_team_members = 2
        team.competition.save()

        with pytest.raises(Conflict):
            services.approve_change(request, actor=organizer)
        assert (as_now(request).status, len(people(team))) == (S.AWAITING, 2)

    def test_nobody_joins_too_many_teams(self, team, organizer, newcomer):
        request = agreed(team, newcomer)
        TeamMemberFactory(team=TeamFactory(competition=team.competition), user=newcomer)
        team.competition.max_teams_person = 1
        team.competition.save()

        with pytest.raises(Conflict):
            services.approve_change(request, actor=organizer)

    def test_nobody_joins_whose_account_is_closed(self, team, organizer, newcomer):
        request = agreed(team, newcomer)
        newcomer.is_active = False
        newcomer.save()

        with pytest.raises(Conflict):
            services.approve_change(request, actor=organizer)

    def test_a_captain_is_not_taken_out(self, team, organizer, member):
        request = ask(team, REMOVE)
        team.members.filter(role=MemberRole.CAPTAIN).update(role=MemberRole.MEMBER)
        team.members.filter(pk=member.pk).update(role=MemberRole.CAPTAIN)

        with pytest.raises(Conflict):
            services.approve_change(request, actor=organizer)


class TestWhoDecides:
    def test_not_the_team(self, team, member):
        request = ask(team, REMOVE)
        for somebody in (captain_of(team), member.user):
            with pytest.raises(PermissionDenied):
                services.approve_change(request, actor=somebody)

    def test_not_an_organizer_of_another_competition(self, team):
        with pytest.raises(PermissionDenied):
            services.approve_change(ask(team, REMOVE), actor=OrganizerFactory().user)

    def test_not_an_organizer_about_their_own_team(self, team, organizer):
        TeamMemberFactory(team=team, user=organizer)

        with pytest.raises(PermissionDenied):
            services.approve_change(ask(team, REMOVE, member=team.members.all()[1]), actor=organizer)

    def test_not_an_organizer_about_themselves(self, team, organizer):
        request = agreed(team, organizer)

        with pytest.raises(PermissionDenied):
            services.approve_change(request, actor=organizer)

    def test_the_site_admin(self, team):
        assert services.approve_change(ask(team, REMOVE), actor=SiteAdminFactory()).status == S.APPROVED

    @pytest.mark.parametrize("entries_elsewhere", [0, 1])
    def test_who_runs_some_tracks_decides_when_all_entries_are_in_them(self, team, entries_elsewhere):
        entry = SubmissionFactory(team=team, submitted=True)
        for _each in range(entries_elsewhere):
            SubmissionFactory(team=team, submitted=True)
        organizer = OrganizerFactory(competition=team.competition, tracks=[entry.track]).user
        request = ask(team, REMOVE)
        if entries_elsewhere:
            with pytest.raises(PermissionDenied):
                services.approve_change(request, actor=organizer)
        else:
            assert services.approve_change(request, actor=organizer).status == S.APPROVED

    def test_not_who_runs_a_track_without_an_entry_of_theirs(self, team):
        track = TrackFactory(competition=team.competition)

        with pytest.raises(PermissionDenied):
            services.approve_change(
                ask(team, REMOVE), actor=OrganizerFactory(competition=team.competition, tracks=[track]).user
            )


class TestVisibility:
    def seen_by(self, user):
        return RosterRequest.objects.visible_to(user).count()

    def test_the_team_its_organizers_and_the_person_see_it(self, team, organizer, newcomer, member):
        ask(team, ADD, email=newcomer.email)

        everybody = [captain_of(team), member.user, organizer, newcomer, SiteAdminFactory(), UserFactory()]
        assert [self.seen_by(user) for user in everybody] == [1, 1, 1, 1, 1, 0]

    def test_whoever_was_taken_out_still_sees_it(self, team, organizer, member):
        services.approve_change(ask(team, REMOVE), actor=organizer)

        assert self.seen_by(member.user) == 1

    def test_a_new_owner_of_the_address_does_not_see_what_another_agreed_to(self, team, newcomer):
        request = agreed(team, newcomer)
        newcomer.email = "moved@example.com"
        newcomer.save()
        newcomer.emailaddress_set.all().delete()

        assert self.seen_by(UserFactory(email=request.email)) == 0


class TestMails:
    def test_somebody_new_is_asked_at_the_address(self, team):
        ask(team, ADD, email="zhao@example.com")

        assert letters() == ["zhao@example.com"]

    def test_whoever_is_to_go_is_told(self, team, member):
        ask(team, REMOVE)

        assert letters() == [member.user.email]

    def test_what_was_taken_back_before_the_mail_went_asks_nobody(self, team):
        services.withdraw_request(ask(team, ADD, email="zhao@example.com"), actor=captain_of(team))
        relay.drain()

        assert [letter.subject for letter in mail.outbox] == [f"已撤回：团队“{team}”的变更申请"]

    @pytest.mark.parametrize("answer", [services.agree, services.decline_change])
    def test_the_captain_hears_the_answer(self, team, newcomer, answer):
        request = ask(team, ADD, email=newcomer.email)
        letters()
        answer(request, actor=newcomer)

        assert letters() == [captain_of(team).email]

    def test_all_of_the_team_and_the_person_hear_of_an_approval(self, team, organizer, member, newcomer):
        request = agreed(team, newcomer)
        letters()
        services.approve_change(request, actor=organizer)

        assert letters() == sorted([captain_of(team).email, member.user.email, newcomer.email])

    def test_whoever_was_taken_out_hears_of_it(self, team, organizer, member):
        request = ask(team, REMOVE)
        letters()
        services.approve_change(request, actor=organizer)

        assert letters() == sorted([captain_of(team).email, member.user.email])

    def test_captain_and_person_hear_of_a_refusal(self, team, organizer, member):
        request = ask(team, REMOVE)
        letters()
        services.refuse_change(request, actor=organizer, answer="材料不全")

        assert letters() == sorted([captain_of(team).email, member.user.email])

    def test_words_of_the_captain_make_no_link(self, team):
        ask(team, ADD, email="zhao@example.com", reason="请看 http://evil.example.com 谢谢")
        relay.drain()

        assert "http://evil" not in mail.outbox[0].body


def test_the_reason_stays_on_record(team, organizer):
    services.refuse_change(ask(team, REMOVE), actor=organizer, answer="材料不全")

    assert RosterRequest.objects.get().reason == REASON
