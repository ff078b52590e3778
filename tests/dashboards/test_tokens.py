"""The page of one's API tokens."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.keeper import ways_to_sign_in
from portal.accounts.models import ApiToken
from portal.accounts.services.closing import close_account
from portal.core.models import AuditEntry
from tests.accounts.people import acted_for, client_for, signed_in
from tests.api.programs import issue
from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory
from tracks.models import Competition

pytestmark = pytest.mark.django_db
PAGE = reverse("dashboards:tokens")


@pytest.fixture
def person():
    return UserFactory()


@pytest.fixture
def client(person):
    return signed_in(person)


def form(**changes):
    return {"name": "统计程序", "purpose": "每日统计", "days": "90", "key": "0123456789abcdef", **changes}


def test_it_is_shown_once(client):
    response = client.post(PAGE, form())
    secret = response.context["issued"].secret

    assert (response.status_code, secret in response.content.decode()) == (200, True)
    assert (secret in client.get(PAGE).content.decode(), response["Cache-Control"]) == (False, "private, no-store")


def test_what_was_chosen_is_what_it_may(client):
    competition = CompetitionFactory()
    client.post(PAGE, form(competition=competition.pk, can_write="on", days="30"))

    token = ApiToken.objects.get()
    days = (token.expiry.date() - token.created.date()).days
    assert (token.competition_id, token.can_write, days) == (competition.pk, True, 30)


def test_sent_again_it_makes_no_other(client):
    client.post(PAGE, form())

    assert (client.post(PAGE, form()).status_code, ApiToken.objects.count()) == (409, 1)


def test_making_one_asks_who_one_is_unless_one_has_just_said_so(person, time_machine):
    client = signed_in(person)
    time_machine.move_to(time.time() + 3600)
    response = client.post(PAGE, form())

    assert (response.status_code, ApiToken.objects.count()) == (302, 0)
    assert response["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\u202eb"),
        ("name", "长" * 61),
        ("purpose", "😀" * 4000),
        ("days", "366"),
        ("days", "x"),
        ("key", ""),
    ],
    ids=ascii,
)
def test_what_can_not_be_is_told_at_its_field_and_nothing_typed_is_lost(client, field, value):
    response = client.post(PAGE, form(**{field: value}))
    other = "purpose" if field == "name" else "name"

    assert (response.status_code, ApiToken.objects.count()) == (400, 0)
    assert (field in response.context["form"].errors, form()[other] in response.content.decode()) == (True, True)


def test_no_competition_that_one_does_not_see(client):
    hidden = CompetitionFactory(is_published=False, name="秘密赛事")
    response = client.post(PAGE, form(competition=hidden.pk))

    assert (response.status_code, "秘密赛事" in response.content.decode()) == (400, False)


def test_a_competition_that_was_taken_back_is_named_no_more(client, person):
    taken_back = CompetitionFactory(name="秘密赛事", short_name="秘密赛")
    issued = issue(person, competition_id=taken_back.pk)
    Competition.objects.filter(pk=taken_back.pk).update(is_published=False)

    told = client.get("/api/v1/token/", headers={"Authorization": f"Bearer {issued.secret}"}).json()
    assert (told["competition"], "秘密赛" in client.get(PAGE).content.decode()) == (None, False)


def test_markup_in_a_name_stays_text(client):
    page = client.post(PAGE, form(name="<script>x</script>")).content.decode()

    assert ("<script>x" in page, "&lt;script&gt;x" in page) == (False, True)


def test_one_of_ones_own_is_revoked(client, person):
    token = issue(person).token
    client.post(reverse("dashboards:revoke_token", args=[token.public_id]))
    token.refresh_from_db()

    assert (token.revoked_at is None, AuditEntry.objects.filter(action="revoke_token").count()) == (False, 1)


def test_for_anybody_else_there_is_no_such_token(client):
    token = issue(UserFactory(full_name="韩梅梅")).token

    assert client.post(reverse("dashboards:revoke_token", args=[token.public_id])).status_code == 404
    assert token.beginning not in client.get(PAGE).content.decode()


def test_looking_revokes_nothing(client, person):
    token = issue(person).token

    assert client.get(reverse("dashboards:revoke_token", args=[token.public_id])).status_code == 405


def test_a_visitor_signs_in_first():
    assert Client().get(PAGE).status_code == 302


def test_whoever_acts_in_somebodys_name_can_not(person):
    client = acted_for(person)

    assert [client.get(PAGE).status_code, client.post(PAGE, form()).status_code] == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many(person, count, django_assert_num_queries):
    competition = CompetitionFactory()
    for _ in range(count):
        issue(person, competition_id=competition.pk)
        issue(UserFactory())
    client = client_for(person)

    # session, person, agreements, tokens in use, ended ones, their competitions, those to choose from
    with django_assert_num_queries(7):
        response = client.get(PAGE)
    assert len(response.context["tokens"]) == count


def test_the_hub_leads_here_and_to_ones_activity(client):
    page = client.get(reverse("accounts:security")).content.decode()

    assert (PAGE in page, reverse("dashboards:activity") in page) == (True, True)


def test_a_copy_of_ones_data_tells_of_them_without_their_hash(person):
    issued = issue(person)
    issue(UserFactory())
    (row,) = [row for row in ways_to_sign_in(person) if row["what"] == "ApiToken"]

    assert (row["name"], row["last_used_at"]) == ("程序", None)
    assert issued.token.digest not in str(row)


def test_with_the_account_they_are_gone(person):
    issue(person)
    other = issue(UserFactory()).token
    close_account(person, actor=person)

    assert list(ApiToken.objects.all()) == [other]
