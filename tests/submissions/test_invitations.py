from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.core.errors import Conflict
from portal.notifications.models import Outbox
from submissions import services
from submissions.enums import MemberRole
from submissions.models import Invitation, TeamMember
from submissions.services.invitations import INVITATIONS_A_DAY, VALID_FOR
from tests.factories.accounts import EmailAddressFactory, UserFactory
from tests.factories.submissions import InvitationFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory
from tests.submissions.people import KEY, close
from tracks.enums import StageKind

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ADDRESS = "zhao@example.com"


@pytest.fixture
def team():
    return TeamFactory()


def small_team(*, members):
    """A team with room for ``members`` people, of whom the captain is one."""
    return TeamFactory(competition=CompetitionFactory(open=True, max_team_members=members))


def invite(team, **changes):
    return services.invite(team, **{"actor": captain_of(team), "email": ADDRESS, **changes})


def invited(team, **fields):
    """Somebody whose verified address was invited, and the invitation."""
    user = UserFactory(email=ADDRESS)
    return user, InvitationFactory(team=team, email=ADDRESS, **fields)


def test_an_invitation_is_valid_for_a_while(team):
    now = timezone.now()

    assert invite(team, now=now).expires_at == now + VALID_FOR


def test_an_address_is_kept_in_small_letters(team):
    assert invite(team, email=" Zhao@Example.COM ").email == ADDRESS


def test_the_mail_waits_in_the_outbox_and_holds_no_secret(team):
    invitation = invite(team)

    assert Outbox.objects.get().payload == {"invitation": invitation.pk}


def test_only_the_captain_invites(team):
    member = TeamMemberFactory(team=team).user

    with pytest.raises(PermissionDenied):
        invite(team, actor=member)


@pytest.mark.parametrize("email", ["", "zhao", "zhao@", "a@b\nBcc: c@example.com", "“赵”@example.com"])
def test_what_is_no_address_is_refused(team, email):
    with pytest.raises(ValidationError) as caught:
        invite(team, email=email)

    assert list(caught.value.message_dict) == ["email"]


def test_a_member_is_not_invited_again(team):
    with pytest.raises(ValidationError, match="email"):
        invite(team, email=captain_of(team).email.upper())


def test_an_open_invitation_is_not_repeated(team):
    invite(team)

    with pytest.raises(ValidationError, match="email"):
        invite(team)


def test_the_same_form_twice_sends_one_invitation(team):
    first = invite(team, key=KEY)

    assert (invite(team, key=KEY), Outbox.objects.count()) == (first, 1)


def test_after_a_revoked_one_the_address_may_be_invited_again(team):
    services.revoke_invitation(invite(team), actor=captain_of(team))

    assert invite(team).is_pending(timezone.now())


def test_after_an_expired_one_the_address_may_be_invited_again(team):
    InvitationFactory(team=team, email=ADDRESS, expires_at=timezone.now() - timedelta(days=1))

    assert invite(team).is_pending(timezone.now())


def test_open_invitations_count_as_people():
    team = small_team(members=2)
    InvitationFactory(team=team)

    with pytest.raises(ValidationError, match="2"):
        invite(team)


def test_the_last_place_can_be_given_away():
    assert invite(small_team(members=2)).pk


def test_one_team_sends_only_so_many_mails_a_day(team):
    InvitationFactory.create_batch(INVITATIONS_A_DAY, team=team, revoked_at=timezone.now())

    with pytest.raises(ValidationError, match="email"):
        invite(team)


def test_nobody_is_invited_after_registration(team):
    close(team.competition, StageKind.REGISTRATION)

    with pytest.raises(Conflict):
        invite(team)


def test_whoever_accepts_becomes_a_member(team):
    user, invitation = invited(team)

    member = services.accept_invitation(invitation, actor=user)

    assert (member.team, member.user, member.role) == (team, user, MemberRole.MEMBER)


def test_an_accepted_invitation_says_when(team):
    user, invitation = invited(team)

    services.accept_invitation(invitation, actor=user)

    invitation.refresh_from_db()
    assert invitation.accepted_at is not None


def test_an_address_counts_whatever_its_case(team):
    user = UserFactory(email=ADDRESS)
    invitation = InvitationFactory(team=team, email=ADDRESS.upper())

    assert services.accept_invitation(invitation, actor=user).user == user


def test_a_second_verified_address_counts_too(team):
    user = UserFactory()
    EmailAddressFactory(user=user, email=ADDRESS, primary=False)

    assert services.accept_invitation(InvitationFactory(team=team, email=ADDRESS), actor=user).user == user


def test_somebody_else_cannot_accept(team):
    _user, invitation = invited(team)

    with pytest.raises(PermissionDenied):
        services.accept_invitation(invitation, actor=UserFactory())


def test_an_address_that_was_not_verified_does_not_count(team):
    user = UserFactory(email=ADDRESS, is_verified=False)

    with pytest.raises(PermissionDenied):
        services.accept_invitation(InvitationFactory(team=team, email=ADDRESS), actor=user)


def test_accepting_twice_makes_one_member(team):
    user, invitation = invited(team)
    first = services.accept_invitation(invitation, actor=user)

    assert services.accept_invitation(invitation, actor=user) == first


@pytest.mark.parametrize("gone", ["revoked_at", "expires_at"])
def test_an_invitation_that_is_over_is_a_conflict(team, gone):
    user, invitation = invited(team, **{gone: timezone.now()})

    with pytest.raises(Conflict):
        services.accept_invitation(invitation, actor=user)


def test_nobody_joins_after_registration(team):
    user, invitation = invited(team)
    close(team.competition, StageKind.REGISTRATION)

    with pytest.raises(Conflict):
        services.accept_invitation(invitation, actor=user)


def test_nobody_joins_a_full_team():
    team = small_team(members=2)
    user, invitation = invited(team)
    TeamMemberFactory(team=team)

    with pytest.raises(Conflict):
        services.accept_invitation(invitation, actor=user)
    assert Invitation.objects.get().accepted_at is None


def test_revoking_twice_changes_nothing(team):
    invitation = invite(team)
    first = services.revoke_invitation(invitation, actor=captain_of(team)).revoked_at

    assert services.revoke_invitation(invitation, actor=captain_of(team)).revoked_at == first


def test_an_accepted_invitation_cannot_be_revoked(team):
    user, invitation = invited(team)
    services.accept_invitation(invitation, actor=user)

    with pytest.raises(Conflict):
        services.revoke_invitation(invitation, actor=captain_of(team))
    assert TeamMember.objects.filter(user=user).exists()


def test_only_the_captain_revokes(team):
    with pytest.raises(PermissionDenied):
        services.revoke_invitation(invite(team), actor=TeamMemberFactory(team=team).user)
