"""Changes of a locked roster: who asks, who agrees or objects, and what becomes of it when they go."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.accounts.services.closing import close_account
from portal.core.context import current_real_actor
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications import relay
from submissions import services
from submissions.enums import MemberRole, RosterChange, RosterRequestStatus
from submissions.models import RosterRequest
from submissions.retention import addresses_of_requests, forget_address
from submissions.services import roster_requests
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.submissions import (
    RosterRequestFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory
from tests.submissions.rosters import agreed, as_now, ask, locked_team

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


class TestAsking:
    def test_it_changes_nothing_yet(self, team, member):
        before = people(team)
        ask(team, REMOVE)

        assert people(team) == before

    @pytest.mark.parametrize(
        ("change", "expected"), [(ADD, S.ASKED), (CAPTAIN, S.ASKED), (REMOVE, S.AWAITING), (EDIT, S.AWAITING)]
    )
    def test_who_would_join_or_lead_is_asked_first(self, team, change, expected):
        about = {"email": "zhao@example.com"} if change == ADD else {"duty": "算法", "place": 1}

        assert ask(team, change, **about).status == expected

    def test_the_same_form_twice_is_one_request(self, team):
        first = ask(team, REMOVE, key="0123456789abcdef")

        assert ask(team, REMOVE, key="0123456789abcdef") == first

    def test_the_line_in_the_trail_names_no_address(self, team):
        ask(team, ADD, email="zhao@example.com")

        assert "zhao" not in str(AuditEntry.objects.get(action="request_change").after)

    def test_a_member_asks_for_nothing(self, team, member):
        with pytest.raises(PermissionDenied):
            ask(team, REMOVE, actor=member.user)

    def test_while_registration_is_open_nobody_has_to_be_asked(self):
        team = TeamMemberFactory().team

        with pytest.raises(Conflict):
            ask(team, REMOVE)

    @pytest.mark.parametrize("reason", ["", "  \n", "字" * 501, "a\0b"], ids=["empty", "blank", "long", "nul"])
    def test_it_has_a_reason(self, team, reason):
        with pytest.raises(ValidationError):
            ask(team, REMOVE, reason=reason)

    def test_a_reason_of_the_whole_length(self, team):
        assert ask(team, REMOVE, reason="😀" * 500).pk

    def test_a_second_one_about_the_same_person_waits(self, team):
        ask(team, REMOVE)

        with pytest.raises(ValidationError):
            ask(team, EDIT, place=1)

    def test_a_second_one_to_the_same_address_waits(self, team):
        ask(team, ADD, email="zhao@example.com")

        with pytest.raises(ValidationError):
            ask(team, ADD, email="Zhao@Example.com")

    def test_one_captain_at_a_time(self, team):
        ask(team, CAPTAIN)

        with pytest.raises(ValidationError):
            ask(team, CAPTAIN, member=TeamMemberFactory(team=team))

    @pytest.mark.parametrize("change", [REMOVE, CAPTAIN])
    def test_not_about_the_captain(self, team, change):
        with pytest.raises(ValidationError):
            ask(team, change, member=team.members.get(role=MemberRole.CAPTAIN))

    def test_not_about_somebody_elsewhere(self, team):
        with pytest.raises(Conflict):
            ask(team, REMOVE, member=TeamMemberFactory())

    def test_not_about_nobody(self, team):
        with pytest.raises(ValidationError):
            ask(team, REMOVE, member=None)

    def test_nobody_is_added_who_is_in(self, team, member):
        with pytest.raises(ValidationError):
            ask(team, ADD, email=member.user.email.upper())

    @pytest.mark.parametrize("place", [None, 0, 3, -1])
    def test_a_place_that_there_is_not(self, team, place):
        with pytest.raises(ValidationError):
            ask(team, EDIT, duty="算法", place=place)

    def test_a_change_that_changes_nothing(self, team, member):
        with pytest.raises(ValidationError):
            ask(team, EDIT, duty=member.duty, place=2)

    def test_a_team_does_not_ask_without_end(self, team, monkeypatch):
        monkeypatch.setattr(roster_requests, "REQUESTS_A_DAY", 1)
        ask(team, ADD, email="zhao@example.com")

        with pytest.raises(ValidationError):
            ask(team, ADD, email="qian@example.com")

    def test_the_database_holds_one_open_request_a_person(self, team, member):
        ask(team, REMOVE)

        with pytest.raises(IntegrityError), transaction.atomic():
            RosterRequestFactory(team=team, person=member.user, change=EDIT, place=1)


class TestConsent:
    def test_whoever_owns_the_address_agrees(self, team, newcomer):
        request = agreed(team, newcomer)

        assert (request.status, request.person, people(team)[-1] == newcomer) == (S.AWAITING, newcomer, False)

    def test_a_double_click_is_one_consent(self, team, newcomer):
        request = agreed(team, newcomer)
        services.agree(request, actor=newcomer)

        assert AuditEntry.objects.filter(action="agree").count() == 1

    def test_nobody_agrees_for_somebody_else(self, team, newcomer):
        request = ask(team, ADD, email=newcomer.email)
        for somebody in (captain_of(team), UserFactory(), UserFactory(email="other@example.com", is_verified=False)):
            with pytest.raises(PermissionDenied):
                services.agree(request, actor=somebody)

    def test_an_address_that_was_not_confirmed_agrees_to_nothing(self, team):
        person = UserFactory(is_verified=False)

        with pytest.raises(PermissionDenied):
            agreed(team, person)

    def test_a_second_address_of_theirs_does_as_well(self, team, newcomer):
        EmailAddress.objects.create(user=newcomer, email="work@example.com", verified=True)
        request = ask(team, ADD, email="work@example.com")

        assert (RosterRequest.objects.visible_to(newcomer).count(), services.agree(request, actor=newcomer).status) == (
            1,
            S.AWAITING,
        )

    def test_a_site_admin_who_acts_for_somebody_agrees_to_nothing(self, team, newcomer):
        request = ask(team, ADD, email=newcomer.email)
        token = current_real_actor.set(SiteAdminFactory().pk)
        try:
            with pytest.raises(PermissionDenied):
                services.agree(request, actor=newcomer)
        finally:
            current_real_actor.reset(token)

    def test_whoever_has_agreed_may_think_better_of_it(self, team, newcomer):
        request = services.decline_change(agreed(team, newcomer), actor=newcomer)

        assert request.status == S.DECLINED

    def test_whoever_takes_part_too_often_hears_it_at_once(self, team, newcomer):
        team.competition.max_teams_person = 1
        team.competition.save()
        TeamMemberFactory(team=TeamFactory(competition=team.competition), user=newcomer)

        with pytest.raises(Conflict):
            agreed(team, newcomer)

    def test_whoever_is_to_go_objects(self, team, member):
        request = services.object_to(ask(team, REMOVE), actor=member.user, text="我仍在项目组。")

        assert as_now(request).objection == "我仍在项目组。"

    def test_an_objection_may_be_said_anew(self, team, member):
        request = ask(team, REMOVE)
        for text in ("一", "二"):
            services.object_to(request, actor=member.user, text=text)

        assert as_now(request).objection == "二"

    def test_the_trail_keeps_no_words_of_it(self, team, member):
        services.object_to(ask(team, REMOVE), actor=member.user, text="我仍在项目组。")

        assert "项目组" not in str(AuditEntry.objects.filter(action="object").values())

    def test_nobody_objects_for_somebody_else(self, team):
        with pytest.raises(PermissionDenied):
            services.object_to(ask(team, REMOVE), actor=captain_of(team), text="一")

    def test_the_captain_takes_it_back(self, team, newcomer):
        request = services.withdraw_request(agreed(team, newcomer), actor=captain_of(team))

        assert services.withdraw_request(request, actor=captain_of(team)).status == S.WITHDRAWN

    def test_what_was_taken_back_is_not_agreed_to(self, team, newcomer):
        request = ask(team, ADD, email=newcomer.email)
        services.withdraw_request(request, actor=captain_of(team))

        with pytest.raises(Conflict):
            services.agree(request, actor=newcomer)


class TestGoing:
    def test_what_is_asked_of_somebody_else_goes_on(self, team, organizer, member):
        request = RosterRequestFactory(team=team, joining=True, email="a@example.com")
        removal = ask(team, REMOVE)
        services.approve_change(removal, actor=organizer)

        assert (as_now(request).status, as_now(removal).status) == (S.ASKED, S.APPROVED)

    def test_what_is_asked_of_whoever_leaves_ends(self):
        """Registration has been opened again meanwhile."""
        member = TeamMemberFactory()
        request = RosterRequestFactory(team=member.team, person=member.user)
        services.leave_team(member.team, actor=member.user)

        assert as_now(request).status == S.LAPSED

    def test_a_closed_account_ends_what_is_open_about_it_and_forgets_the_address(self, team, newcomer):
        request = agreed(team, newcomer)
        close_account(newcomer, actor=newcomer)

        found = as_now(request)
        assert (found.status, found.email) == (S.LAPSED, f"{newcomer.pk}@closed.invalid")

    def test_with_the_last_member_all_of_it_ends(self, organizer, newcomer):
        team = locked_team(members=0)
        request = agreed(team, newcomer)
        close_account(captain_of(team), actor=captain_of(team))

        assert as_now(request).status == S.LAPSED

    def test_a_closed_account_takes_its_objection_along(self, team, member):
        request = services.object_to(ask(team, REMOVE), actor=member.user, text="我仍在项目组。")
        close_account(member.user, actor=member.user)

        assert (as_now(request).status, as_now(request).objection) == (S.LAPSED, "")

    def test_addresses_of_those_who_did_not_join_are_forgotten(self, team, organizer, newcomer):
        kept = services.approve_change(agreed(team, newcomer), actor=organizer)
        services.withdraw_request(ask(team, ADD, email="zhao@example.com"), actor=captain_of(team))
        for row in addresses_of_requests(timezone.now() + timedelta(seconds=1)):
            forget_address(row)

        assert (as_now(kept).email, RosterRequest.objects.filter(email="zhao@example.com").exists()) == (
            newcomer.email,
            False,
        )
