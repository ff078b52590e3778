"""What a token opens, what it doesn't, and how that is said."""

import logging

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, include, path
from django.utils import timezone
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from portal import urls
from portal.accounts.authentication import _touch
from portal.accounts.models import ApiToken
from portal.accounts.services.tokens import revoke_token
from portal.core.api_access import WithinToken
from portal.core.api_rows import RowViewSet
from portal.core.models import AuditEntry
from tests.api.programs import bearer, issue, program
from tests.factories.accounts import UserFactory
from tests.factories.judging import AwardFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.race import race
from tracks.models import Track

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LISTS = ["tracks", "topics", "results"]
TRACKS, TOKEN = "/api/v1/tracks/", "/api/v1/token/"


class WritingViewSet(RowViewSet):
    """As one that writes would be written: nothing in it thinks of tokens."""

    ordering = ("id",)
    competition_path = "competition"

    def get_queryset(self):
        return Track.objects.visible_to(self.request.user).values("id", "number")

    def create(self, request):
        return Response({"written": True}, status=201)

    def destroy(self, request, pk=None):
        return Response(self.get_object())


class ForgetfulView(APIView):
    """It doesn't say how its rows lead to a competition."""

    def get(self, request):
        return Response({"everything": True})


class BareViewSet(RowViewSet):
    ordering = ("id",)

    def get_queryset(self):
        return Track.objects.all().values("id")


router = SimpleRouter(use_regex_path=False)
router.register("writing", WritingViewSet, basename="writing")
router.register("bare", BareViewSet, basename="bare")
urlpatterns = [
    path("probe/", include([*router.urls, path("forgetful/", ForgetfulView.as_view())])),
    *urls.urlpatterns,
]


@pytest.fixture
def person():
    return UserFactory()


def numbers(client, name="tracks"):
    return sorted(row["id"] for row in client.get(f"/api/v1/{name}/").json()["results"])


class TestWhoItIs:
    def test_a_program_is_its_person(self, person):
        hidden = TrackFactory(competition=CompetitionFactory(is_published=False))
        OrganizerFactory(competition=hidden.competition, user=person)

        assert (numbers(Client()), numbers(program(person))) == ([], [hidden.pk])

    def test_a_right_that_was_taken_is_gone_with_the_next_request(self, person):
        hidden = TrackFactory(competition=CompetitionFactory(is_published=False))
        role = OrganizerFactory(competition=hidden.competition, user=person)
        client = program(person)
        numbers(client)
        role.delete()

        assert numbers(client) == []

    def test_it_can_ask_what_it_is(self, person):
        competition = CompetitionFactory(slug="c2")
        issued = issue(person, competition_id=competition.pk, can_write=True)
        answer = bearer(issued.secret).get(TOKEN).json()

        expected = {"name": "程序", "may_write": True, "competition": "c2"}
        assert {**answer, **expected} == answer

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    def test_the_scheme_is_read_in_any_case(self, person, scheme):
        client = Client(headers={"authorization": f"{scheme} {issue(person).secret}"})

        assert client.get(TOKEN).status_code == 200

    def test_whose_role_lacks_its_second_factor_gets_in_with_none_either(self, person, settings):
        client = program(person)
        settings.REQUIRE_ADMIN_SECOND_FACTOR = True
        type(person).objects.update(is_superuser=True)
        response = client.get(TRACKS)

        assert (response.status_code, response.json()["error"]["code"]) == (403, "second_factor_required")

    def test_pages_know_no_tokens(self, person):
        assert program(person).get("/desk/").status_code == 302

    def test_the_administration_knows_none(self):
        assert program(UserFactory(is_staff=True, is_superuser=True)).get("/admin/").status_code == 302


class TestRefusals:
    @pytest.mark.parametrize(
        "header",
        [
            "Bearer",
            "Bearer a b",
            "Bearer portal_",
            "Bearer portal_" + "0" * 64,
            "Bearer portal_" + "G" * 64,
            "Bearer " + "x" * 5000,
            "Bearer \xff\xfe",
            "Bearer portal_" + "0" * 64 + "\x00",
        ],
        ids=ascii,
    )
    def test_what_is_no_token(self, header):
        response = Client(headers={"authorization": header}).get(TRACKS)

        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert set(response.json()["error"]) == {"code", "message", "fields"}

    @pytest.mark.parametrize("how", ["revoked", "expired", "disabled"])
    def test_one_that_has_ended_is_not_taken_for_a_visitor(self, person, how, time_machine):
        issued = issue(person, days=7)
        if how == "revoked":
            revoke_token(issued.token, actor=person)
        elif how == "disabled":
            type(person).objects.update(is_active=False)
        else:
            time_machine.move_to(issued.token.expiry, tick=False)
        response = bearer(issued.secret).get(TRACKS)

        assert (response.status_code, response.json()["error"]["code"]) == (401, "invalid_token")

    def test_at_its_last_moment_it_still_opens(self, person, time_machine):
        issued = issue(person, days=7)
        time_machine.move_to(issued.token.expiry - timezone.timedelta(microseconds=1), tick=False)

        assert bearer(issued.secret).get(TRACKS).status_code == 200

    def test_one_that_begins_alike_opens_nothing(self, person):
        issued = issue(person)
        other = issued.secret[:15] + "0" * (len(issued.secret) - 15)

        assert bearer(other).get(TRACKS).status_code == 401

    def test_without_one_what_is_about_one_says_how_to_sign_in(self):
        response = Client().get(TOKEN)

        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")

    def test_the_message_is_in_the_readers_language(self):
        client = Client(headers={"authorization": "Bearer x", "accept-language": "en"})

        assert "not valid" in client.get(TRACKS).json()["error"]["message"]


class TestInAnAddress:
    @pytest.mark.parametrize("name", ["token", "access_token", "api_key", "Authorization", "anything"])
    @pytest.mark.parametrize("address", [TRACKS, "/api/v1/tracks/0/", "/api/v1/none/", TOKEN])
    def test_it_is_refused(self, person, name, address):
        secret = issue(person).secret
        response = Client().get(address, {name: secret})

        assert (response.status_code, response.json()["error"]["code"]) == (401, "token_in_address")

    def test_beside_one_in_the_header_too(self, person):
        secret = issue(person).secret

        assert bearer(secret).get(TRACKS, {"token": secret}).status_code == 401

    def test_it_is_not_logged(self, person, caplog):
        secret = issue(person).secret
        with caplog.at_level(logging.DEBUG):
            Client().get(TRACKS, {"token": secret})
            bearer("portal_" + "0" * 64).get(TRACKS)

        assert (secret in caplog.text, "portal_0000" in caplog.text) == (False, False)


class TestOneCompetition:
    @pytest.fixture
    def own(self):
        return AwardFactory()

    @pytest.fixture
    def narrow(self, person, own):
        """For the competition of ``own`` alone; there is another one that is as public."""
        AwardFactory()
        return program(person, competition_id=own.publication.round.competition_id)

    @pytest.mark.parametrize("name", LISTS)
    def test_lists_hold_its_rows_alone(self, narrow, name):
        of_all = numbers(Client(), name)
        seen = numbers(narrow, name)

        assert (len(seen), len(of_all)) == (1, 2)

    @pytest.mark.parametrize("name", LISTS)
    def test_a_row_of_another_is_missing(self, narrow, name):
        (other,) = set(numbers(Client(), name)) - set(numbers(narrow, name))

        assert narrow.get(f"/api/v1/{name}/{other}/").status_code == 404

    def test_a_search_finds_its_topics_alone(self, narrow):
        body = {"search": "自然灾害监测预警"}
        answers = [
            client.post("/api/v1/topics/search/", body, "application/json").json()["results"]
            for client in (Client(), narrow)
        ]

        assert [len({row["competition"] for row in answer}) for answer in answers] == [2, 1]

    def test_it_never_widens(self, person):
        """A token for a competition that its person doesn't see."""
        hidden = TrackFactory(competition=CompetitionFactory(is_published=False))

        assert numbers(program(person, competition_id=hidden.competition_id)) == []

    def test_the_filter_of_the_address_stays_within(self, narrow):
        (other,) = set(numbers(Client(), "tracks")) - set(numbers(narrow, "tracks"))
        slug = Track.objects.get(pk=other).competition.slug

        assert narrow.get(TRACKS, {"competition": slug}).json()["results"] == []

    @pytest.mark.urls("tests.api.test_tokens")
    @pytest.mark.parametrize("address", ["/probe/forgetful/", "/probe/bare/"])
    def test_a_view_that_forgot_to_say_answers_no_such_token(self, person, narrow, address):
        assert [client.get(address).status_code for client in (narrow, program(person))] == [403, 200]

    @pytest.mark.urls("tests.api.test_tokens")
    def test_what_is_written_to_is_within_as_well(self, person):
        own, other = TrackFactory(), TrackFactory()
        client = program(person, competition_id=own.competition_id, can_write=True)

        assert [client.delete(f"/probe/writing/{row.pk}/").status_code for row in (own, other)] == [200, 404]


@pytest.mark.urls("tests.api.test_tokens")
class TestWriting:
    @pytest.mark.parametrize(("can_write", "status"), [(False, 403), (True, 201)])
    def test_only_one_that_may_write_writes(self, person, can_write, status):
        assert program(person, can_write=can_write).post("/probe/writing/").status_code == status

    def test_that_one_may_not_is_in_the_trail(self, person):
        program(person).post("/probe/writing/")

        assert AuditEntry.objects.get(action="refused").actor_id == person.pk

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_by_no_method(self, person, method):
        assert getattr(program(person), method)(f"/probe/writing/{TrackFactory().pk}/").status_code == 403

    def test_reading_needs_no_more(self, person):
        client = program(person)

        statuses = [getattr(client, method)("/probe/writing/").status_code for method in ("get", "head", "options")]
        assert statuses == [200] * 3

    def test_a_search_is_no_writing(self, person):
        TopicFactory()
        response = program(person).post("/api/v1/topics/search/", {"search": "灾害"}, "application/json")

        assert response.status_code == 200

    def test_a_browsers_session_still_needs_its_token_against_forgery(self, person):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person)

        assert strict.post("/probe/writing/").status_code == 403

    def test_a_program_needs_none(self, person):
        secret = issue(person, can_write=True).secret
        strict = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {secret}"})

        assert strict.post("/probe/writing/").status_code == 201


class TestLastUsed:
    def test_it_is_written_down_once_a_minute(self, person, time_machine):
        time_machine.move_to("2026-07-01T00:00:00Z", tick=False)
        client = program(person)
        seen = []
        for seconds in (0, 59, 1):
            time_machine.shift(seconds)
            client.get(TRACKS)
            seen.append(ApiToken.objects.get().last_used_at.second + 60 * ApiToken.objects.get().last_used_at.minute)

        assert seen == [0, 0, 60]

    def test_a_refused_one_is_not_used(self, person):
        issued = issue(person)
        revoke_token(issued.token, actor=person)
        bearer(issued.secret).get(TRACKS)

        assert ApiToken.objects.get().last_used_at is None

    def test_a_token_costs_three_queries_and_within_the_minute_two(self, person):
        client = program(person)
        costs = []
        for each in (Client(), client, client):
            with CaptureQueriesContext(connection) as queries:
                each.get(TRACKS)
            costs.append(len(queries))

        assert (costs[1] - costs[0], costs[2] - costs[0]) == (3, 2)

    def test_of_two_at_once_one_writes(self, transactional_db):
        token = issue(UserFactory()).token
        written = []

        def touch():
            with CaptureQueriesContext(connection) as queries:
                _touch(ApiToken(pk=token.pk, last_used_at=None))
            written.append(len(queries))
            return ApiToken.objects.values_list("last_used_at", flat=True).get()

        moments = race([touch] * 6)

        assert (len(set(moments)), len(written)) == (1, 6)


def api_views(patterns=None):
    """Every view class that is reached through the API's addresses."""
    for entry in patterns or get_resolver("portal.urls").url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from api_views(entry.url_patterns)
        elif cls := getattr(entry.callback, "cls", None):
            yield cls


def test_every_view_of_the_api_takes_what_is_shared():
    """Who overrides one of them steps out of what tokens may do; then it has to be said here, and why."""
    views = set(api_views())

    shared = ("authentication_classes", "permission_classes", "throttle_classes", "filter_backends")
    usual = {name: getattr(GenericAPIView, name) for name in shared}

    # Sending files is for whoever is signed in, whatever they may write besides.
    own = {"UploadsView": "permission_classes", "UploadView": "permission_classes"}
    usual_of = {view: {name: usual[name] for name in shared if name != own.get(view.__name__)} for view in views}

    assert len(views) >= 5
    others = [v for v, kept in usual_of.items() if {name: getattr(v, name, usual[name]) for name in kept} != kept]
    assert others == []
    assert all(WithinToken in view.permission_classes for view in views if view.__name__ in own)
    assert [view for view in views if "filter_queryset" in vars(view)] == []


def test_every_list_of_the_api_leads_to_its_competition():
    rows = [view for view in set(api_views()) if issubclass(view, RowViewSet)]

    assert [view for view in rows if not getattr(view, "competition_path", "")] == []


def test_the_description_says_how_to_sign_in(client):
    schema = client.get("/api/v1/schema/").json()

    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert {"token": []} in schema["paths"][TRACKS]["get"]["security"]
    assert {"401", "403", "429"} <= set(schema["paths"][TRACKS]["get"]["responses"])
