import pytest
from django.core.exceptions import PermissionDenied

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions.enums import MemberRole
from submissions.services import hand_over
from tests.factories.submissions import TeamFactory, TeamMemberFactory, captain_of
from tests.race import race
from tests.submissions.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return TeamMemberFactory()


def test_another_member_becomes_the_captain(member):
    before = captain_of(member.team)
    hand_over(member.team, actor=before, to=member)

    assert (captain_of(member.team), before.memberships.get().role) == (member.user, MemberRole.MEMBER)


def test_it_is_in_the_audit_trail(member):
    before = captain_of(member.team)
    hand_over(member.team, actor=before, to=member)

    line = AuditEntry.objects.get(action="hand_over")
    assert (line.before, line.after) == ({"captain": before.pk}, {"captain": member.user_id})


def test_a_member_can_not_take_it(member):
    with pytest.raises(PermissionDenied):
        hand_over(member.team, actor=member.user, to=member)


def test_it_goes_to_nobody_outside_the_team(member):
    with pytest.raises(Conflict):
        hand_over(member.team, actor=captain_of(member.team), to=TeamMemberFactory())


def test_it_goes_to_nobody_who_is_gone(member):
    member.user.is_active = False
    member.user.save()

    with pytest.raises(Conflict):
        hand_over(member.team, actor=captain_of(member.team), to=member)


def test_to_oneself_changes_nothing(member):
    captain = captain_of(member.team)
    hand_over(member.team, actor=captain, to=captain.memberships.get())

    assert (captain_of(member.team), AuditEntry.objects.count()) == (captain, 0)


class TestPage:
    def post(self, user, team, heir):
        return client_for(user).post(f"{team.get_absolute_url()}hand-over/", {"member": heir})

    def test_the_captain_chooses_whom(self, member):
        response = self.post(captain_of(member.team), member.team, member.pk)

        assert (response["Location"], captain_of(member.team)) == (member.team.get_absolute_url(), member.user)

    def test_a_member_may_not(self, member):
        assert self.post(member.user, member.team, member.pk).status_code == 403

    def test_for_others_there_is_no_such_team(self, member):
        assert self.post(captain_of(TeamFactory()), member.team, member.pk).status_code == 404

    @pytest.mark.parametrize("heir", ["", "x", "-1", "٣", "9" * 30])
    def test_a_forged_member(self, member, heir):
        assert self.post(captain_of(member.team), member.team, heir).status_code == 404

    def test_nobody_is_offered_a_team_of_one(self):
        team = TeamFactory()

        assert b"hand-over" not in client_for(captain_of(team)).get(team.get_absolute_url()).content


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_handing_over_to_two_at_once_makes_one_captain(member):
    other = TeamMemberFactory(team=member.team)
    captain = captain_of(member.team)

    race([lambda to=to: hand_over(member.team, actor=captain, to=to) for to in (member, other)])

    assert member.team.members.filter(role=MemberRole.CAPTAIN).count() == 1
