"""Roles that ask for a second factor: who is led to set one up, where, and what it costs."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from portal.accounts import second_factor
from portal.core.models import AuditEntry
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import JudgeFactory, RoundFactory
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tracks.services import change_competition

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SET_UP = reverse("accounts:second_factor")
PRIVILEGED = ["/admin/", "/organize/", "/judging/"]


@pytest.fixture
def competition():
    return CompetitionFactory(requires_second_factor=True)


@pytest.fixture
def organizer(competition):
    user = UserFactory(is_staff=True)
    OrganizerFactory(user=user, competition=competition)
    return user


def client_for(user):
    client = Client()
    client.force_login(user)
    return client


def with_factor(user, kind="totp"):
    Authenticator.objects.create(user=user, type=kind, data={})
    return user


def is_led(response, path):
    return response.status_code == 302 and response["Location"] == f"{SET_UP}?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", PRIVILEGED)
def test_an_organizer_without_one_is_led_to_it(organizer, path):
    assert is_led(client_for(organizer).get(path), path)


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_one_the_pages_open(organizer, kind):
    assert client_for(with_factor(organizer, kind)).get("/organize/").status_code == 200


def test_recovery_codes_alone_are_no_factor(organizer):
    assert is_led(client_for(with_factor(organizer, "recovery_codes")).get("/organize/"), "/organize/")


def test_a_judge_without_one_is_led_to_it(competition):
    judge = JudgeFactory(competition=competition)

    assert is_led(client_for(judge.user).get("/judging/"), "/judging/")


def test_a_judge_who_takes_no_assignments_is_asked_for_none(competition):
    judge = JudgeFactory(competition=competition, is_active=False)

    assert client_for(judge.user).get("/judging/").status_code == 200


def test_an_organizer_of_another_competition_is_asked_for_none(competition):
    role = OrganizerFactory()

    assert client_for(role.user).get("/organize/").status_code == 200


def test_the_setting_works_at_the_next_request():
    role = OrganizerFactory()
    client = client_for(role.user)
    before = client.get("/organize/").status_code

    change_competition(role.competition, actor=None, requires_second_factor=True)

    assert (before, is_led(client.get("/organize/"), "/organize/")) == (200, True)


def test_switching_it_on_is_in_the_audit_trail():
    change_competition(CompetitionFactory(), actor=None, requires_second_factor=True)

    assert AuditEntry.objects.get(action="change").after == {"requires_second_factor": True}


@pytest.mark.parametrize("required", [True, False])
def test_site_admins_are_asked_where_the_settings_say_so(settings, required):
    settings.REQUIRE_ADMIN_SECOND_FACTOR = required

    assert is_led(client_for(SiteAdminFactory()).get("/admin/"), "/admin/") is required


def test_what_was_asked_for_waits_until_there_is_one(organizer):
    client = client_for(organizer)
    client.get("/organize/", follow=True)
    with_factor(organizer)

    assert client.get(reverse("accounts:go_on"))["Location"] == "/organize/"


def test_whoever_has_one_already_goes_on_at_once(organizer):
    response = client_for(with_factor(organizer)).get(f"{SET_UP}?next=/organize/")

    assert response["Location"] == "/organize/"


def test_a_visitor_is_asked_to_sign_in_and_nothing_waits_for_them(client):
    response = client.get(f"{SET_UP}?next=/organize/")

    assert (response.status_code, dict(client.session)) == (302, {})


@pytest.mark.parametrize(
    "page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_nobody_goes_on_to_another_site(organizer, page):
    client = client_for(organizer)
    client.get(SET_UP, {"next": page})
    with_factor(organizer)

    assert client.get(reverse("accounts:go_on"))["Location"] == reverse("accounts:security")


def test_what_was_being_sent_is_refused_and_told_how_to_send_it_again(organizer, competition):
    round_ = RoundFactory(competition=competition)
    response = client_for(organizer).post(reverse("judging:open", args=[round_.pk]))

    assert response.status_code == 403
    assert SET_UP in response.content.decode()


def test_the_api_says_so_in_json(organizer):
    response = client_for(organizer).get("/api/v1/tracks/")

    assert (response.status_code, response.json()["error"]["code"]) == (403, "second_factor_required")


def test_the_apis_description_is_for_everybody(organizer):
    assert client_for(organizer).get("/api/v1/docs/").status_code == 200


def test_until_then_the_role_shows_nothing_elsewhere_either(organizer, competition):
    entry = SubmissionFactory(team__competition=competition, submitted=True)
    client = client_for(organizer)
    before = client.get(entry.get_absolute_url()).status_code
    with_factor(organizer)

    assert (before, client.get(entry.get_absolute_url()).status_code) == (404, 200)


def test_until_then_a_competition_in_preparation_stays_hidden(organizer, competition):
    change_competition(competition, actor=None, is_published=False)
    client = client_for(organizer)
    before = client.get(competition.get_absolute_url()).status_code
    with_factor(organizer)

    assert (before, client.get(competition.get_absolute_url()).status_code) == (404, 200)


def test_an_organizer_of_one_track_is_asked_too(competition):
    role = OrganizerFactory(competition=competition)
    role.tracks.set([TrackFactory(competition=competition)])

    assert is_led(client_for(role.user).get("/admin/"), "/admin/")


def test_the_desk_says_what_is_missing(organizer):
    assert SET_UP in client_for(organizer).get("/desk/").content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/desk/", "/privacy/", "/accounts/security/", "/accounts/email/", "/accounts/2fa/"]
)
def test_what_is_everybodys_stays_open(organizer, path):
    assert client_for(organizer).get(path).status_code == 200


def queries(client, path):
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query["sql"] for query in captured]


def test_asking_costs_no_query(organizer):
    """The person of the session is loaded in one query, and the answer comes with them."""
    loaded = queries(client_for(organizer), "/organize/")

    assert (len(loaded), "lacks_second_factor" in loaded[1]) == (2, True)


@pytest.mark.parametrize("path", PRIVILEGED)
def test_visitors_cost_nothing(path):
    assert queries(Client(), path) == []


def test_every_page_of_judging_is_guarded_but_what_is_public_or_a_teams():
    names = {f"judging:{name}" for name in get_resolver("judging.urls").reverse_dict if isinstance(name, str)}
    open_ones = {name for name in names if not second_factor.is_guarded(name, "/")}

    assert open_ones == {
        "judging:results",
        "judging:verify_certificate",
        "judging:certificate",
        "judging:retry_certificate",
    }
