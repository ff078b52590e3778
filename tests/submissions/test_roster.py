from functools import partial

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from portal.accounts.services.closing import close_account
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications import relay
from submissions import services
from submissions.enums import MemberRole
from submissions.models import TeamMember
from tests.factories.accounts import UserFactory
from tests.factories.submissions import InvitationFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.race import race
from tests.submissions.people import client_for, close, queries_of
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return TeamMemberFactory()


@pytest.fixture
def captain(member):
    return captain_of(member.team)


def letters():
    relay.drain()
    return [letter.to for letter in mail.outbox]


def people(team):
    return [row.user for row in team.members.all()]


def post(user, name, member, **data):
    return client_for(user).post(reverse(f"submissions:{name}", args=[member.team_id, member.pk]), data)


def test_the_captain_says_what_a_member_does(member, captain):
    services.edit_member(member, actor=captain, duty="算法", is_contact=True)

    assert TeamMember.objects.filter(pk=member.pk, duty="算法", is_contact=True).exists()


def test_a_second_contact_takes_the_place_of_the_first(member, captain):
    first = captain.memberships.get()
    for each in (first, member):
        services.edit_member(each, actor=captain, duty="", is_contact=True)

    assert member.team.members.get(is_contact=True) == member


def test_the_trail_keeps_no_words_of_a_duty(member, captain):
    services.edit_member(member, actor=captain, duty="算法", is_contact=False)

    assert AuditEntry.objects.get(action="edit_member").after == {"member": member.user_id, "changed": ["duty"]}


@pytest.mark.parametrize("duty", ["字" * 41, "算\n法"], ids=["long", "lines"])
def test_a_duty_is_one_short_line(member, captain, duty):
    with pytest.raises(ValidationError):
        services.edit_member(member, actor=captain, duty=duty, is_contact=False)


@pytest.mark.parametrize("up", [True, False])
def test_a_member_moves_by_one_place(member, captain, up):
    other = TeamMemberFactory(team=member.team).user
    services.move_member(member, actor=captain, up=up)

    assert people(member.team) == ([member.user, captain, other] if up else [captain, other, member.user])


def test_whoever_stands_at_the_end_stays_there(member, captain):
    services.move_member(member, actor=captain, up=False)

    assert people(member.team) == [captain, member.user]


def test_whoever_joins_stands_last(member, captain):
    services.move_member(member, actor=captain, up=True)
    person = UserFactory()
    services.accept_invitation(InvitationFactory(team=member.team, email=person.email), actor=person)

    assert people(member.team) == [member.user, captain, person]


def test_whoever_is_taken_out_is_told(member, captain):
    services.remove_member(member, actor=captain)

    assert (people(member.team), letters()) == ([captain], [[member.user.email]])


def test_whoever_has_come_back_is_told_nothing(member, captain):
    services.remove_member(member, actor=captain)
    TeamMemberFactory(team=member.team, user=member.user)

    assert letters() == []


def test_the_captain_is_told_who_has_left(member, captain):
    services.leave_team(member.team, actor=member.user)

    assert (people(member.team), letters()) == ([captain], [[captain.email]])


@pytest.mark.parametrize("action", ["remove_member", "leave"])
def test_it_is_in_the_audit_trail(member, captain, action):
    if action == "leave":
        services.leave_team(member.team, actor=member.user)
    else:
        services.remove_member(member, actor=captain)

    assert AuditEntry.objects.get(action=action).before == {"member": member.user_id, "role": "member"}


@pytest.mark.parametrize(
    ("go", "whose"),
    [
        (lambda member, captain: services.leave_team(member.team, actor=member.user), "captain"),
        (lambda member, captain: services.remove_member(member, actor=captain), "captain"),
        (lambda member, captain: close_account(member.user, actor=member.user), "captain"),
        (lambda member, captain: services.remove_member(TeamMemberFactory(team=member.team), actor=captain), "member"),
    ],
    ids=["leaves", "is taken out", "closes the account", "somebody else goes"],
)
def test_when_the_contact_goes_the_captain_is_it(member, captain, go, whose):
    services.edit_member(member, actor=captain, duty="", is_contact=True)

    go(member, captain)

    assert [each.role for each in member.team.members.filter(is_contact=True)] == [whose]


def test_the_captain_hands_over_before_going(member, captain):
    with pytest.raises(Conflict):
        services.leave_team(member.team, actor=captain)
    with pytest.raises(Conflict):
        services.remove_member(captain.memberships.get(), actor=captain)


@pytest.mark.parametrize("change", [partial(services.move_member, up=True), services.remove_member])
def test_a_member_changes_nobody(member, change):
    with pytest.raises(PermissionDenied):
        change(member, actor=member.user)


def test_after_registration_nobody_goes(member, captain):
    close(member.team.competition, StageKind.REGISTRATION)

    with pytest.raises(Conflict):
        services.remove_member(member, actor=captain)
    with pytest.raises(Conflict):
        services.leave_team(member.team, actor=member.user)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_whoever_becomes_captain_at_that_moment_stays(member, captain):
    offer = services.offer_team(member.team, actor=captain, to=member)
    race(
        [
            lambda: services.leave_team(member.team, actor=member.user),
            lambda: services.accept_team(offer, actor=member.user),
        ]
    )

    assert member.team.members.filter(role=MemberRole.CAPTAIN).count() == 1


class TestPage:
    def test_a_duty_that_is_too_long_is_still_there_to_be_shortened(self, member, captain):
        response = post(captain, "member_edit", member, **{f"m{member.pk}-duty": "字" * 41})

        assert (response.status_code, "字" * 41 in response.content.decode()) == (400, True)

    def test_the_captain_edits_moves_and_takes_out(self, member, captain):
        post(captain, "member_edit", member, **{f"m{member.pk}-duty": "算法"})
        post(captain, "member_move", member, to="up")
        moved = people(member.team)
        post(captain, "member_remove", member)

        assert (moved, people(member.team)) == ([member.user, captain], [captain])

    def test_a_member_leaves(self, member):
        client_for(member.user).post(reverse("submissions:leave", args=[member.team_id]))

        assert member.user not in people(member.team)

    def test_a_member_of_another_team_is_not_found(self, member):
        other = TeamFactory()
        url = reverse("submissions:member_remove", args=[other.pk, member.pk])

        assert client_for(captain_of(other)).post(url).status_code == 404

    def test_it_costs_the_same_however_many_members(self, member, captain):
        client, url = client_for(captain), member.team.get_absolute_url()
        one = queries_of(client, url)
        TeamMemberFactory.create_batch(3, team=member.team)

        assert queries_of(client, url) == one
