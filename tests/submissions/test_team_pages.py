import uuid
from datetime import timedelta

import pytest
from django.core.signing import Signer
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from submissions.links import SIGNER, invitation_path
from submissions.models import Invitation, Team
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    InvitationFactory,
    OrganizationFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
    credit_code,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.submissions.people import KEY, client_for, close
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
NEW = "/teams/new/"


def answers(**changes):
    return {
        "idempotency_key": KEY,
        "name": "山洪预警队",
        "organization_name": "成都数据科技有限公司",
        "organization_code": credit_code(7),
        "organization_kind": "company",
        **changes,
    }


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def team():
    return TeamFactory()


def test_founding_leads_to_the_teams_page(competition):
    response = client_for(UserFactory()).post(f"{NEW}?competition={competition.slug}", answers())

    assert response["Location"] == Team.objects.get().get_absolute_url()


def test_founding_leads_back_to_where_one_came_from(competition):
    url = f"{NEW}?competition={competition.slug}"

    response = client_for(UserFactory()).post(url, answers(next="/submissions/start/x/1/1/"))

    assert response["Location"] == "/submissions/start/x/1/1/"


@pytest.mark.parametrize("target", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)"])
def test_founding_leads_nowhere_else(competition, target):
    response = client_for(UserFactory()).post(f"{NEW}?competition={competition.slug}", answers(next=target))

    assert response["Location"] == Team.objects.get().get_absolute_url()


def test_a_double_click_founds_one_team_and_leads_to_it(competition):
    client, url = client_for(UserFactory()), f"{NEW}?competition={competition.slug}"

    assert client.post(url, answers())["Location"] == client.post(url, answers())["Location"]


def test_without_a_name_of_a_competition_it_is_the_current_one(competition):
    client_for(UserFactory()).post(NEW, answers())

    assert Team.objects.get().competition == competition


@pytest.mark.parametrize("slug", ["unknown", "hidden"])
def test_no_team_is_founded_where_there_is_nothing_to_see(slug):
    CompetitionFactory(slug="hidden", is_published=False, open=True)

    assert client_for(UserFactory()).post(f"{NEW}?competition={slug}", answers()).status_code == 404


def test_what_was_typed_is_still_there_when_something_is_wrong(competition):
    response = client_for(UserFactory()).post(NEW, answers(organization_code="91110000600037341M"))

    assert response.status_code == 400
    assert "山洪预警队" in response.content.decode()
    assert "91110000600037341M" in response.content.decode()


def test_what_was_typed_is_still_there_when_registration_has_closed(competition):
    close(competition, StageKind.REGISTRATION)

    response = client_for(UserFactory()).post(NEW, answers())

    assert (response.status_code, "山洪预警队" in response.content.decode()) == (409, True)


@pytest.mark.parametrize("key", ["", "short", "钥匙钥匙钥匙钥匙", "x" * 65])
def test_a_forged_key_founds_nothing(competition, key):
    response = client_for(UserFactory()).post(NEW, answers(idempotency_key=key))

    assert (response.status_code, Team.objects.count()) == (400, 0)


def test_a_visitor_is_asked_to_sign_in_and_comes_back(competition):
    response = Client().get(f"{NEW}?competition={competition.slug}")

    assert response["Location"] == f"/accounts/login/?next=/teams/new/%3Fcompetition%3D{competition.slug}"


def test_a_member_sees_who_is_in_the_team(team):
    member = TeamMemberFactory(team=team).user

    page = client_for(member).get(team.get_absolute_url()).content.decode()

    assert captain_of(team).email in page


@pytest.mark.parametrize("somebody", [UserFactory, lambda: captain_of(TeamFactory())])
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_for_others_there_is_no_such_team(team, somebody, method):
    assert getattr(client_for(somebody()), method)(team.get_absolute_url()).status_code == 404


def test_the_captain_invites_from_the_teams_page(team):
    data = {"idempotency_key": KEY, "email": "zhao@example.com"}

    response = client_for(captain_of(team)).post(team.get_absolute_url(), data)

    assert (response.status_code, Invitation.objects.get().email) == (302, "zhao@example.com")


def test_a_double_click_sends_one_invitation(team):
    client, data = client_for(captain_of(team)), {"idempotency_key": KEY, "email": "zhao@example.com"}

    assert [client.post(team.get_absolute_url(), data).status_code for _click in range(2)] == [302, 302]
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("somebody", ["member", "organizer"])
def test_who_sees_the_team_but_is_not_its_captain_invites_nobody(team, somebody):
    user = (
        TeamMemberFactory(team=team).user
        if somebody == "member"
        else OrganizerFactory(competition=team.competition).user
    )

    response = client_for(user).post(team.get_absolute_url(), {"idempotency_key": KEY, "email": "zhao@example.com"})

    assert (response.status_code, Invitation.objects.count()) == (403, 0)


def test_a_wrong_address_is_still_there_to_be_corrected(team):
    response = client_for(captain_of(team)).post(
        team.get_absolute_url(), {"idempotency_key": KEY, "email": "zhao@example"}
    )

    assert (response.status_code, 'value="zhao@example"' in response.content.decode()) == (400, True)


def test_the_captain_revokes_an_invitation(team):
    invitation = InvitationFactory(team=team)
    url = reverse("submissions:invitation_revoke", args=[team.pk, invitation.public_id])

    client_for(captain_of(team)).post(url)

    assert Invitation.objects.get().revoked_at is not None


def test_another_captain_finds_no_such_invitation(team):
    invitation = InvitationFactory(team=team)
    url = reverse("submissions:invitation_revoke", args=[team.pk, invitation.public_id])

    assert client_for(captain_of(TeamFactory())).post(url).status_code == 404


@pytest.fixture
def invited(team):
    """Somebody who was invited, and the address in the mail."""
    user = UserFactory(email="zhao@example.com")
    return user, invitation_path(InvitationFactory(team=team, email=user.email))


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_an_invitation_accepts_nothing(invited, method):
    user, url = invited

    getattr(client_for(user), method)(url)

    assert Invitation.objects.get().accepted_at is None


def test_accepting_leads_into_the_team(invited, team):
    user, url = invited

    response = client_for(user).post(url)

    assert response["Location"] == team.get_absolute_url()
    assert user.memberships.get().team == team


def test_accepting_by_a_double_click_leads_into_the_team(invited, team):
    user, url = invited
    client = client_for(user)

    assert client.post(url)["Location"] == client.post(url)["Location"]


def test_the_desk_may_link_to_it_without_the_signature(invited, team):
    user, _url = invited

    response = client_for(user).post(Invitation.objects.get().get_absolute_url())

    assert response["Location"] == team.get_absolute_url()


def test_without_the_signature_others_find_no_invitation(invited):
    url = Invitation.objects.get().get_absolute_url()

    assert client_for(UserFactory()).get(url).status_code == 404


def test_without_the_signature_a_visitor_is_asked_to_sign_in(invited):
    url = Invitation.objects.get().get_absolute_url()

    assert Client().get(url)["Location"] == f"/accounts/login/?next={url}"


def test_a_visitor_with_the_link_whose_address_has_an_account_signs_in(invited):
    _user, url = invited

    response = Client().post(url, {"register": "yes"})

    assert response["Location"] == f"/accounts/login/?next={url}"


def test_another_account_is_told_which_address_was_invited_without_learning_it(invited):
    _user, url = invited

    page = client_for(UserFactory()).get(url).content.decode()

    assert ("zh***@example.com" in page, "zhao@example.com" in page) == (True, False)


def test_another_account_cannot_accept(invited):
    _user, url = invited

    assert client_for(UserFactory()).post(url).status_code == 403


@pytest.mark.parametrize("signature", ["x", "A" * 43])
def test_a_forged_signature_opens_nothing(invited, signature):
    url = reverse("submissions:invitation_link", args=[Invitation.objects.get().public_id, signature])

    assert client_for(UserFactory()).get(url).status_code == 404


def test_a_signature_opens_only_its_own_invitation(invited):
    other = InvitationFactory()
    signature = Signer(salt=SIGNER).signature(str(Invitation.objects.exclude(pk=other.pk).get().public_id))

    response = client_for(UserFactory()).get(reverse("submissions:invitation_link", args=[other.public_id, signature]))

    assert response.status_code == 404


def test_a_signature_for_an_invitation_that_never_was_opens_nothing():
    public_id = uuid.uuid4()
    url = reverse("submissions:invitation_link", args=[public_id, Signer(salt=SIGNER).signature(str(public_id))])

    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_an_invitation_that_is_over_says_so(invited, end):
    user, url = invited
    Invitation.objects.update(**{end: timezone.now() - timedelta(minutes=1)})
    client = client_for(user)

    assert (client.get(url).status_code, client.post(url).status_code) == (200, 409)


def test_who_has_no_team_founds_one_and_comes_back_to_the_topic(competition):
    topic = TopicFactory(track__competition=competition)
    start = reverse("submissions:start", args=[competition.slug, topic.track.number, topic.number])
    client = client_for(UserFactory())

    founding = client.get(start)["Location"]
    page = client.get(founding)
    response = client.post(founding, answers(next=page.context["next"]))

    assert response["Location"] == start


def test_an_organization_known_by_its_code_keeps_its_name_on_the_page(competition):
    OrganizationFactory(code=credit_code(7), name="四川省气象局")

    response = client_for(UserFactory()).post(NEW, answers(organization_name="冒名单位"), follow=True)

    assert "四川省气象局" in response.content.decode()


@pytest.mark.parametrize(("typed", "is_told"), [("冒名单位", True), ("四川省气象局", False)])
def test_who_founds_a_team_is_told_that_the_code_belongs_to_another_name(competition, typed, is_told):
    OrganizationFactory(code=credit_code(7), name="四川省气象局")

    response = client_for(UserFactory()).post(NEW, answers(organization_name=typed), follow=True)

    assert ("请核对代码" in response.content.decode()) == is_told


@pytest.mark.parametrize("is_over", [True, False])
def test_no_way_leads_to_another_entry_once_entries_have_closed(team, is_over):
    SubmissionFactory(team=team)
    if is_over:
        close(team.competition, StageKind.SUBMISSION)

    page = client_for(captain_of(team)).get(team.get_absolute_url()).content.decode()

    assert ("选择其他赛题申报" in page) != is_over
