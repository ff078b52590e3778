"""An address is one person's, whatever keyboard types it, and the databases see to it."""

from unittest.mock import Mock

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.core.models import AuditEntry
from submissions import services
from tests.accounts.entrances import LOGIN, SIGNUP, is_signed_in, letters, link_in, signed_in
from tests.factories.accounts import PASSWORD, AgreementFactory, EmailAddressFactory, UserFactory
from tests.factories.submissions import TeamFactory, captain_of
from tests.race import race

pytestmark = [pytest.mark.django_db, pytest.mark.database]
EMAIL = reverse("account_email")
ADDRESS, TWIN = "abc@example.com", "ＡＢＣ＠ｅｘａｍｐｌｅ．com"
ODD = ["Abc@example.com", "ａbc@example.com", "abc@exämple.com", "abc@example.com\u200b"]


@pytest.fixture
def _notice():
    AgreementFactory()


def register(address, client=None):
    entry = {"full_name": "李雷", "email": address, "password1": PASSWORD, "accept_notice": "on"}
    return (client or Client()).post(SIGNUP, entry)


@pytest.mark.usefixtures("_notice")
def test_a_full_width_twin_is_the_same_person():
    register(ADDRESS)
    register(TWIN)

    assert list(User.objects.values_list("email", flat=True)) == [ADDRESS]


@pytest.mark.usefixtures("_notice")
@pytest.mark.django_db(transaction=True)
def test_of_two_who_register_one_address_at_once_one_gets_the_account():
    answers = race([lambda: register(ADDRESS), lambda: register(TWIN), lambda: register(ADDRESS)])

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert (User.objects.count(), EmailAddress.objects.count()) == (1, 1)


def test_one_signs_in_with_either():
    UserFactory(email=ADDRESS)
    client = Client()

    client.post(LOGIN, {"login": TWIN, "password": PASSWORD})

    assert is_signed_in(client)


def test_an_invitation_to_the_twin_is_the_persons():
    user, team = UserFactory(email=ADDRESS), TeamFactory()
    invitation = services.invite(team, actor=captain_of(team), email=TWIN)

    assert (invitation.email, services.accept_invitation(invitation, actor=user).user) == (ADDRESS, user)


def test_a_letter_for_a_new_password_goes_to_the_one_spelling():
    UserFactory(email=ADDRESS)
    Client().post("/accounts/password/reset/", {"email": TWIN})

    assert letters()[0].to == [ADDRESS]


class TestSomebodyElseRegisteredIt:
    """A stranger registered the owner's second address and never confirmed it."""

    SECOND = "second@example.com"

    @pytest.fixture
    def owner(self):
        return UserFactory()

    @pytest.fixture
    def stranger(self):
        stranger = UserFactory(email=self.SECOND, is_verified=False)
        EmailAddressFactory(user=stranger, verified=False)
        return stranger

    def confirmed(self, owner):
        """The browser of the owner, who has added the address and followed the mailed link."""
        client = signed_in(owner)
        client.post(EMAIL, {"email": self.SECOND, "action_add": ""})
        client.post(link_in(next(letter for letter in letters() if letter.to == [self.SECOND])))
        return client

    def addresses(self, user):
        rows = EmailAddress.objects.filter(user=user).order_by("pk")
        return User.objects.get(pk=user.pk).email, list(rows.values_list("email", "verified", "primary"))

    @pytest.mark.usefixtures("stranger")
    def test_whoever_proved_it_makes_it_their_main_one(self, owner):
        first = owner.email
        self.confirmed(owner).post(EMAIL, {"email": self.SECOND, "action_primary": ""})

        assert self.addresses(owner) == (self.SECOND, [(first, True, False), (self.SECOND, True, True)])

    def test_the_other_registration_loses_it(self, owner, stranger):
        self.confirmed(owner)
        email, rows = self.addresses(stranger)

        assert (email.endswith("@taken.invalid"), rows) == (True, [])
        assert AuditEntry.objects.get(action="free_address").person_id == stranger.pk

    def test_while_nobody_has_proved_it_it_stays(self, owner, stranger):
        signed_in(owner).post(EMAIL, {"email": self.SECOND, "action_add": ""})

        assert self.addresses(stranger) == (self.SECOND, [(self.SECOND, False, True)])

    def test_an_account_with_another_proven_address_goes_by_that(self, owner, stranger):
        EmailAddressFactory(user=stranger, email="third@example.com", primary=False)
        self.confirmed(owner)

        assert self.addresses(stranger) == ("third@example.com", [("third@example.com", True, False)])

    def test_what_fails_changes_nothing(self, owner, monkeypatch):
        EmailAddressFactory(user=owner, email=self.SECOND, primary=False)
        before, client = self.addresses(owner), signed_in(owner)
        monkeypatch.setattr(User, "save", Mock(side_effect=IntegrityError))

        with pytest.raises(IntegrityError):
            client.post(EMAIL, {"email": self.SECOND, "action_primary": ""})
        assert self.addresses(owner) == before


def test_an_account_made_by_hand_has_the_one_spelling():
    assert User.objects.create_user(TWIN, PASSWORD, full_name="李雷").email == ADDRESS


def test_a_site_admin_made_on_the_command_line_has_it(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", "--email", "ABC@Example.com", "--full_name", "管理员", verbosity=0)

    assert User.objects.values_list("email", "is_superuser").get() == (ADDRESS, True)


@pytest.mark.parametrize("odd", ODD)
def test_the_database_takes_no_other_spelling_for_a_person(odd):
    user = UserFactory(email=ADDRESS)

    with pytest.raises(IntegrityError, match="user_email_has_its_one_spelling"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email=odd)


@pytest.mark.parametrize("odd", ODD)
def test_the_database_takes_no_other_spelling_for_an_address(odd):
    user = UserFactory(email=ADDRESS)

    with pytest.raises(IntegrityError, match="emailaddress_has_its_one_spelling"), transaction.atomic():
        EmailAddress.objects.create(user=user, email=odd)
    with pytest.raises(IntegrityError, match="emailaddress_has_its_one_spelling"), transaction.atomic():
        EmailAddress.objects.filter(user=user).update(email=odd)
