"""A team changes hands by consent: the captain offers it, the member answers, nobody else has a say."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from portal.accounts.services.closing import close_account
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications import relay
from submissions import services
from submissions.enums import HandOverStatus, MemberRole
from submissions.models import HandOver
from submissions.services import handing_over, roster
from tests.factories.submissions import HandOverFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.race import race
from tests.submissions.people import client_for, close
from tests.submissions.test_races import meeting_point, then_wait
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
S = HandOverStatus


@pytest.fixture
def member():
    return TeamMemberFactory()


@pytest.fixture
def captain(member):
    return captain_of(member.team)


@pytest.fixture
def offer(member, captain):
    return services.offer_team(member.team, actor=captain, to=member)


def status(offer):
    return HandOver.objects.get(pk=offer.pk).status


def letters():
    relay.drain()
    return [(letter.to[0], letter.subject) for letter in mail.outbox]


class TestOffering:
    def test_it_changes_nothing_yet(self, member, captain, offer):
        assert (captain_of(member.team), status(offer)) == (captain, S.OPEN)

    def test_the_same_offer_twice_is_one(self, member, captain, offer):
        assert services.offer_team(member.team, actor=captain, to=member) == offer

    def test_a_second_one_waits_until_the_first_is_taken_back(self, member, captain, offer):
        other = TeamMemberFactory(team=member.team)
        with pytest.raises(Conflict):
            services.offer_team(member.team, actor=captain, to=other)
        services.take_team_back(offer, actor=captain)

        assert services.offer_team(member.team, actor=captain, to=other).status == S.OPEN

    def test_the_database_holds_one_open_offer_a_team(self, member, offer):
        with pytest.raises(IntegrityError), transaction.atomic():
            HandOverFactory(team=member.team)

    def test_a_member_offers_nothing(self, member):
        with pytest.raises(PermissionDenied):
            services.offer_team(member.team, actor=member.user, to=member)

    def test_it_goes_to_nobody_outside_the_team(self, member, captain):
        with pytest.raises(Conflict):
            services.offer_team(member.team, actor=captain, to=TeamMemberFactory())

    def test_it_goes_to_nobody_who_is_gone(self, member, captain):
        member.user.is_active = False
        member.user.save()

        with pytest.raises(Conflict):
            services.offer_team(member.team, actor=captain, to=member)

    def test_it_does_not_go_to_oneself(self, member, captain):
        with pytest.raises(Conflict):
            services.offer_team(member.team, actor=captain, to=captain.memberships.get())

    def test_after_registration_there_is_none(self, member, captain):
        close(member.team.competition, StageKind.REGISTRATION)

        with pytest.raises(Conflict):
            services.offer_team(member.team, actor=captain, to=member)


class TestAnswering:
    def test_whoever_accepts_is_the_captain(self, member, captain, offer):
        services.accept_team(offer, actor=member.user)

        assert (captain_of(member.team), captain.memberships.get().role) == (member.user, MemberRole.MEMBER)

    def test_it_is_in_the_audit_trail(self, member, captain, offer):
        services.accept_team(offer, actor=member.user)

        line = AuditEntry.objects.get(action="hand_over")
        assert (line.actor_id, line.before, line.after) == (
            member.user_id,
            {"captain": captain.pk},
            {"captain": member.user_id},
        )

    @pytest.mark.parametrize("answer", [services.accept_team, services.decline_team])
    def test_a_double_click_is_one_answer(self, member, offer, answer):
        first = answer(offer, actor=member.user)

        assert (answer(offer, actor=member.user).status, AuditEntry.objects.filter(action="hand_over").count()) == (
            first.status,
            1 if answer is services.accept_team else 0,
        )

    def test_nobody_answers_for_somebody_else(self, member, captain, offer):
        other = TeamMemberFactory(team=member.team).user
        for somebody in (captain, other):
            for answer in (services.accept_team, services.decline_team):
                with pytest.raises(PermissionDenied):
                    answer(offer, actor=somebody)

        assert status(offer) == S.OPEN

    def test_only_the_captain_takes_it_back(self, member, offer):
        with pytest.raises(PermissionDenied):
            services.take_team_back(offer, actor=member.user)

    @pytest.mark.parametrize("end", ["declined", "taken back", "registration", "captain disabled"])
    def test_what_has_ended_is_not_accepted(self, member, captain, offer, end):
        if end == "declined":
            services.decline_team(offer, actor=member.user)
        elif end == "taken back":
            services.take_team_back(offer, actor=captain)
        elif end == "registration":
            close(member.team.competition, StageKind.REGISTRATION)
        else:
            type(captain).objects.filter(pk=captain.pk).update(is_active=False)

        with pytest.raises(Conflict):
            services.accept_team(offer, actor=member.user)
        assert captain_of(member.team) == captain


class TestEnding:
    def test_it_ends_when_the_member_leaves(self, member, offer):
        services.leave_team(member.team, actor=member.user)

        assert status(offer) == S.LAPSED

    def test_it_ends_when_the_member_is_taken_out(self, member, captain, offer):
        services.remove_member(member, actor=captain)

        assert status(offer) == S.LAPSED

    def test_it_ends_with_the_members_account(self, member, offer):
        close_account(member.user, actor=member.user)

        assert status(offer) == S.LAPSED

    def test_it_goes_on_when_somebody_else_leaves(self, member, offer):
        other = TeamMemberFactory(team=member.team).user
        services.leave_team(member.team, actor=other)

        assert status(offer) == S.OPEN

    @pytest.mark.parametrize(("later", "expected"), [(timedelta(days=6), S.OPEN), (timedelta(days=8), S.LAPSED)])
    def test_it_ends_with_registration(self, offer, later, expected):
        handing_over.sweep_offers(timezone.now() + later)

        assert status(offer) == expected


class TestMails:
    def test_the_member_is_asked(self, member, captain, offer):
        assert letters() == [(member.user.email, f"{captain} 邀请您担任“{member.team}”的队长")]

    def test_what_was_taken_back_before_the_mail_went_is_not_asked(self, member, captain, offer):
        services.take_team_back(offer, actor=captain)

        assert [to for to, _subject in letters()] == [member.user.email]

    def test_all_others_learn_who_leads_them(self, member, captain, offer):
        other = TeamMemberFactory(team=member.team).user
        letters()
        mail.outbox.clear()
        services.accept_team(offer, actor=member.user)

        assert sorted(to for to, _subject in letters()) == sorted([captain.email, other.email])

    def test_the_captain_learns_of_a_no(self, member, captain, offer):
        services.decline_team(offer, actor=member.user)

        assert [to for to, _subject in letters()] == [captain.email]

    def test_when_the_member_leaves_the_captain_learns_that_the_offer_has_ended(self, member, captain, offer):
        services.leave_team(member.team, actor=member.user)

        assert [to for to, _subject in letters()] == [captain.email, captain.email]


class TestPage:
    def ask(self, user, team, heir):
        return client_for(user).post(f"{team.get_absolute_url()}hand-over/", {"member": heir})

    def answer(self, user, offer, word):
        return client_for(user).post(f"{offer.team.get_absolute_url()}hand-over/{offer.pk}/", {"answer": word})

    def test_the_captain_chooses_whom(self, member, captain):
        response = self.ask(captain, member.team, member.pk)

        assert (response["Location"], HandOver.objects.get().offered_to) == (
            f"{member.team.get_absolute_url()}#members",
            member.user,
        )

    def test_the_member_accepts(self, member, offer):
        self.answer(member.user, offer, "accept")

        assert captain_of(member.team) == member.user

    @pytest.mark.parametrize("word", ["", "lapse", "accept_team"])
    def test_a_forged_answer(self, member, offer, word):
        assert (self.answer(member.user, offer, word).status_code, status(offer)) == (400, S.OPEN)

    def test_looking_answers_nothing(self, member, offer):
        client = client_for(member.user)
        client.get(member.team.get_absolute_url())

        assert (client.get(f"{member.team.get_absolute_url()}hand-over/{offer.pk}/").status_code, status(offer)) == (
            405,
            S.OPEN,
        )

    def test_the_others_answer_is_a_conflict_with_words(self, member, captain, offer):
        self.answer(captain, offer, "take_back")
        response = self.answer(member.user, offer, "accept")

        assert (response.status_code, "收回" in response.content.decode()) == (409, True)

    def test_a_member_may_not_offer(self, member):
        assert self.ask(member.user, member.team, member.pk).status_code == 403

    def test_for_others_there_is_no_such_team(self, member):
        assert self.ask(captain_of(TeamFactory()), member.team, member.pk).status_code == 404

    @pytest.mark.parametrize("heir", ["", "x", "-1", "٣", "9" * 30])
    def test_a_forged_member(self, member, captain, heir):
        assert self.ask(captain, member.team, heir).status_code == 404

    def test_nobody_is_offered_a_team_of_one(self):
        team = TeamFactory()

        assert b"hand-over" not in client_for(captain_of(team)).get(team.get_absolute_url()).content

    def test_only_whoever_is_asked_sees_the_buttons(self, member, captain, offer):
        pages = {
            user: client_for(user).get(member.team.get_absolute_url()).content.decode()
            for user in (member.user, captain, TeamMemberFactory(team=member.team).user)
        }

        assert [('value="accept"' in page, 'value="take_back"' in page) for page in pages.values()] == [
            (True, False),
            (False, True),
            (False, False),
        ]

    def test_after_registration_the_page_shows_no_offer(self, member, offer):
        close(member.team.competition, StageKind.REGISTRATION)

        assert b'value="accept"' not in client_for(member.user).get(member.team.get_absolute_url()).content


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
class TestRaces:
    """Whoever comes first holds the team's row; on SQLite whoever writes is alone anyway."""

    def unlock(self, monkeypatch, people):
        """The twin: nobody queues, and all have looked before anybody writes."""
        rows = HandOver.objects.select_related("team__competition", "offered_by", "offered_to")
        look = then_wait(lambda offer: rows.get(pk=offer.pk), meeting_point(people))
        monkeypatch.setattr(handing_over, "_lock", look)

    def test_offers_to_two_at_once_make_one(self, member, captain):
        other = TeamMemberFactory(team=member.team)

        race([lambda to=to: services.offer_team(member.team, actor=captain, to=to) for to in (member, other)])

        assert HandOver.objects.open().count() == 1

    def test_accepting_and_taking_back_at_once_agree_with_the_captain(self, member, captain, offer):
        results = race(
            [
                lambda: services.accept_team(offer, actor=member.user),
                lambda: services.take_team_back(offer, actor=captain),
            ]
        )

        is_accepted = status(offer) == S.ACCEPTED
        assert [isinstance(result, Exception) for result in results] == [not is_accepted, is_accepted]
        assert captain_of(member.team) == (member.user if is_accepted else captain)

    def test_whoever_loses_against_the_other_hears_what_happened(self, member, captain, offer):
        results = race(
            [
                lambda: services.accept_team(offer, actor=member.user),
                lambda: services.take_team_back(offer, actor=captain),
            ]
        )

        (loser,) = [result for result in results if isinstance(result, Exception)]
        assert str(loser.message) != str(Conflict().message)

    def test_without_the_lock_the_loser_hears_nothing_of_it(self, member, captain, offer, monkeypatch):
        self.unlock(monkeypatch, 2)
        results = race(
            [
                lambda: services.accept_team(offer, actor=member.user),
                lambda: services.take_team_back(offer, actor=captain),
            ]
        )

        (loser,) = [result for result in results if isinstance(result, Exception)]
        # Mute, or thrown out of a deadlock.
        is_mute = not isinstance(loser, Conflict) or str(loser.message) == str(Conflict().message)
        assert is_mute == connection.features.has_select_for_update

    def test_two_clicks_at_once_are_one_answer(self, member, offer):
        results = race([lambda: services.accept_team(offer, actor=member.user)] * 2)

        assert (results, AuditEntry.objects.filter(action="hand_over").count()) == ([offer, offer], 1)

    def test_without_the_lock_the_second_click_fails(self, member, offer, monkeypatch):
        self.unlock(monkeypatch, 2)
        results = race([lambda: services.accept_team(offer, actor=member.user)] * 2)

        failed = sum(isinstance(result, Exception) for result in results)
        assert failed == (1 if connection.features.has_select_for_update else 0)

    def test_accepting_and_leaving_at_once_leave_one_captain(self, member, captain, offer):
        race(
            [
                lambda: services.accept_team(offer, actor=member.user),
                lambda: services.leave_team(member.team, actor=member.user),
            ]
        )

        is_accepted = status(offer) == S.ACCEPTED
        assert captain_of(member.team) == (member.user if is_accepted else captain)

    def test_without_the_lock_a_captain_leaves(self, member, captain, offer, monkeypatch):
        """Who leaves has looked before they became the captain: the team ends up with nobody to lead it."""
        if not connection.features.has_select_for_update:
            pytest.skip("on SQLite whoever writes is alone")
        looked, accepted = meeting_point(2), meeting_point(2)

        def look(own, now):
            looked.wait()
            accepted.wait()
            return own.team, own

        def accept():
            looked.wait()
            services.accept_team(offer, actor=member.user)
            accepted.wait()

        monkeypatch.setattr(roster, "_lock", look)
        race([accept, lambda: services.leave_team(member.team, actor=member.user)])

        assert not member.team.members.filter(role=MemberRole.CAPTAIN).exists()
