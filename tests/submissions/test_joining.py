"""From the mail with an invitation to the team: for somebody new, with as few steps as can be safe."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.accounts.models import User
from portal.notifications import relay
from submissions import services
from submissions.links import invitation_path
from submissions.models import Invitation, TeamMember
from tests.factories.accounts import UserFactory
from tests.factories.submissions import InvitationFactory, TeamFactory, captain_of
from tests.race import race

pytestmark = pytest.mark.django_db
ADDRESS, SIGNUP = "zhao@example.com", "/accounts/signup/"
ANSWERS = {"full_name": "赵六", "email": ADDRESS, "password1": "sunflower-quay-77", "accept_notice": "on"}


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def link(team):
    return invitation_path(services.invite(team, actor=captain_of(team), email=ADDRESS))


def begin(client, link):
    """The button on the invitation's page; returns the address of the form."""
    return client.post(link, {"register": "yes"})["Location"]


def register(client, link, **changes):
    form = begin(client, link)
    return client.post(form, {**ANSWERS, "next": link, **changes})


def test_three_presses_lead_from_the_link_into_the_team(team, link):
    client = Client()

    registered = register(client, link)
    joined = client.post(link)

    assert (registered["Location"], joined["Location"]) == (link, team.get_absolute_url())
    assert TeamMember.objects.filter(team=team, user__email=ADDRESS).exists()


def test_the_address_has_been_proved_by_the_link(link):
    register(Client(), link)

    assert EmailAddress.objects.values_list("email", "verified", "primary").get(email=ADDRESS) == (ADDRESS, True, True)


def test_no_second_mail_is_sent(link):
    register(Client(), link)
    relay.drain()

    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    assert "邀请" in mail.outbox[0].subject


def test_the_address_stands_in_the_form_and_is_fixed(link):
    client = Client()
    page = client.get(begin(client, link)).content.decode()
    box = re.search(r'<input[^>]+name="email"[^>]*>', page)[0]

    assert (f'value="{ADDRESS}"' in box, "readonly" in box) == (True, True)


def test_another_address_in_the_form_changes_nothing(link):
    register(Client(), link, email="thief@example.com")

    assert User.objects.order_by("-pk").first().email == ADDRESS


def test_an_error_in_the_form_loses_nothing(link):
    client = Client()
    refused = register(client, link, password1="short")
    client.post(SIGNUP, {**ANSWERS, "next": link})

    assert (refused.status_code, EmailAddress.objects.get(email=ADDRESS).verified) == (400, True)


def test_looking_at_the_link_proves_nothing(link):
    """A mail program that opens links ahead has pressed no button."""
    client = Client()
    client.get(link)
    client.post(f"{SIGNUP}?next={link}", {**ANSWERS, "next": link})

    assert not EmailAddress.objects.get(email=ADDRESS).verified


def test_a_proof_counts_on_the_way_back_to_its_page_alone(link):
    client = Client()
    begin(client, link)
    client.post(SIGNUP, {**ANSWERS, "next": "/teams/new/"})

    assert not EmailAddress.objects.get(email=ADDRESS).verified


def test_the_form_without_the_way_back_asks_for_an_address(link):
    client = Client()
    begin(client, link)

    assert "readonly" not in client.get(SIGNUP).content.decode()


def test_a_proof_is_another_browsers_business_no_more_than_a_session_is(link):
    begin(Client(), link)
    other = Client()
    other.post(SIGNUP, {**ANSWERS, "next": link})

    assert not EmailAddress.objects.get(email=ADDRESS).verified


def test_a_proof_grows_old(link, time_machine):
    client = Client()
    begin(client, link)
    time_machine.move_to(time.time() + 3601)
    client.post(SIGNUP, {**ANSWERS, "next": link})

    assert not EmailAddress.objects.get(email=ADDRESS).verified


def test_a_forged_link_proves_nothing(link):
    client = Client()
    forged = f"{link[:-5]}xxxx/"

    assert client.post(forged, {"register": "yes"})["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("end", [{"revoked_at": "now"}, {"accepted_at": "now"}, {"expires_at": "now"}])
def test_a_link_that_is_over_proves_nothing(team, end):
    fields = {name: timezone.now() for name in end}
    link = invitation_path(InvitationFactory(team=team, email=ADDRESS, **fields))

    assert Client().post(link, {"register": "yes"}).status_code == 409


def test_a_link_from_somebody_who_was_disabled_since_proves_nothing(team, link):
    User.objects.filter(pk=captain_of(team).pk).update(is_active=False)

    assert Client().post(link, {"register": "yes"}).status_code == 409


def test_nor_does_it_let_anybody_in(team):
    user = UserFactory(email=ADDRESS)
    link = invitation_path(InvitationFactory(team=team, email=ADDRESS))
    client = Client()
    client.force_login(user)
    User.objects.filter(pk=captain_of(team).pk).update(is_active=False)

    assert client.post(link).status_code == 409


def test_a_second_account_by_one_link_there_is_not(link):
    register(Client(), link)
    again = Client().post(link, {"register": "yes"})

    assert again["Location"].startswith("/accounts/login/")
    assert User.objects.filter(email=ADDRESS).count() == 1


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_by_one_link_at_once_one_gets_the_account(link):
    clients = [Client() for _ in range(3)]
    for client in clients:
        begin(client, link)

    race([lambda client=client: client.post(SIGNUP, {**ANSWERS, "next": link}) for client in clients])

    assert (EmailAddress.objects.filter(email=ADDRESS).count(), sum(is_in(client) for client in clients)) == (1, 1)


def is_in(client):
    return "_auth_user_id" in client.session


def test_whoever_is_signed_in_does_not_register(link):
    client = Client()
    client.force_login(UserFactory())

    assert client.post(link, {"register": "yes"}).status_code == 409


def test_a_disabled_person_does_not_get_in_by_the_link_either(team):
    UserFactory(email=ADDRESS, is_active=False)
    link = invitation_path(InvitationFactory(team=team, email=ADDRESS))

    assert Client().post(link, {"register": "yes"})["Location"].startswith("/accounts/login/")
    assert (User.objects.filter(email=ADDRESS).count(), Invitation.objects.get().accepted_at) == (1, None)


def test_without_the_link_one_confirms_by_mail_and_comes_back_to_the_invitation(link):
    client = Client()
    client.post(f"{SIGNUP}?next={link}", {**ANSWERS, "next": link})
    relay.drain()
    confirm = re.search(r"/accounts/confirm-email/\S+", mail.outbox[-1].body).group()
    response = client.post(confirm)

    assert response["Location"] == link
