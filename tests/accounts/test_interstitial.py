"""A newer version is in force: the next page asks for it, and nothing that was typed is lost."""

import pytest
from django.urls import reverse

from portal.accounts.models import Consent
from portal.accounts.services import accept
from tests.accounts.people import acted_for, client_for
from tests.factories.accounts import AgreementFactory, UserFactory
from tests.factories.submissions import TeamFactory, captain_of

pytestmark = pytest.mark.django_db
ASKED = reverse("accounts:agreements_due")


@pytest.fixture
def text():
    return AgreementFactory()


@pytest.fixture
def client(text):
    return client_for(UserFactory())


def test_the_next_page_is_the_one_that_asks(client):
    response = client.get("/desk/?tab=2")

    assert response["Location"] == f"{ASKED}?next=%2Fdesk%2F%3Ftab%3D2"


def test_it_shows_the_text_and_what_has_changed(text):
    user = UserFactory()
    accept(user, [text])
    newer = AgreementFactory(series=text.series)
    page = client_for(user).get(ASKED).content.decode()

    assert [words in page for words in (newer.body, newer.changes, text.body)] == [True, True, False]


def test_accepting_leads_on_to_where_one_was_going(client, text):
    response = client.post(ASKED, {"accept": text.pk, "next": "/desk/?tab=2"})

    assert (response["Location"], client.get("/desk/").status_code) == ("/desk/?tab=2", 200)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(client, text, target):
    response = client.post(ASKED, {"accept": text.pk, "next": target})

    assert response["Location"] == "/"


def test_without_a_tick_nothing_is_accepted(client):
    response = client.post(ASKED, {"next": "/desk/"})

    assert (response.status_code, Consent.objects.count(), b'value="/desk/"' in response.content) == (400, 0, True)


def test_one_of_two_is_kept_and_the_other_asked_for(client, text):
    other = AgreementFactory(series__kind="user_agreement")
    response = client.post(ASKED, {"accept": text.pk, "next": "/desk/"})

    assert ([each.pk for each in response.context["agreements"]], response.status_code) == ([other.pk], 400)


@pytest.mark.parametrize("ids", [["x"], ["-1"], ["999999999999999999999"], ["1;drop"]])
def test_a_forged_id_accepts_nothing(client, ids):
    response = client.post(ASKED, {"accept": ids})

    assert (response.status_code, Consent.objects.count()) == (400, 0)


def test_what_came_into_force_while_the_page_was_open_is_asked_for(client, text):
    newer = AgreementFactory(series=text.series)
    response = client.post(ASKED, {"accept": text.pk, "next": "/desk/"})

    assert [each.pk for each in response.context["agreements"]] == [newer.pk]


def test_what_was_typed_arrives(text):
    team = TeamFactory()
    client = client_for(captain_of(team))
    form = {"email": "new@example.com", "idempotency_key": "0123456789abcdef"}

    response = client.post(team.get_absolute_url(), form)
    assert (response["Location"], team.invitations.count()) == (team.get_absolute_url(), 1)


def test_a_form_that_was_refused_comes_back_as_it_was(text):
    team = TeamFactory()
    response = client_for(captain_of(team)).post(team.get_absolute_url(), {"email": "no address"})

    assert (response.status_code, b"no address" in response.content) == (400, True)


@pytest.mark.parametrize("path", ["/accounts/data/", "/accounts/close/", "/accounts/profile/", "/privacy/"])
def test_ones_own_account_stays_open(client, path):
    assert client.get(path).status_code == 200


def test_files_and_frames_are_not_interrupted(client):
    response = client.get("/desk/", headers={"sec-fetch-dest": "iframe"})

    assert response.status_code == 200


def test_programs_are_not_interrupted(client):
    assert client.get("/api/v1/topics/").status_code == 200


def test_a_visitor_is_asked_nothing(text, client):
    client.logout()

    assert client.get("/").status_code == 200


def test_nobody_accepts_in_somebody_elses_name(text):
    client = acted_for(UserFactory())

    assert (client.get("/desk/").status_code, client.get(ASKED).status_code) == (200, 403)


def test_signing_in_leads_there_too(client, text):
    response = client.get("/desk/", follow=True)

    assert response.redirect_chain[-1][0].startswith(ASKED)


def test_whoever_has_accepted_all_pays_one_query(client, text, django_assert_num_queries):
    client.post(ASKED, {"accept": text.pk})
    client.get("/competitions/")
    with django_assert_num_queries(4):  # session, user, versions; the competitions themselves
        client.get("/competitions/")
