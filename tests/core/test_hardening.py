"""What every request and every answer is held to."""

import pytest
from csp.decorators import csp_update
from csp.exceptions import CSPNonceError
from csp.utils import build_policy
from django.conf import settings as portal_settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from django.views.decorators.cache import cache_control

from portal import urls
from portal.core.hardening import CLAIMS, PERMISSIONS, ProxyMiddleware
from tests.api.programs import program
from tests.factories.accounts import UserFactory
from tests.factories.tracks import TrackFactory

pytestmark = pytest.mark.django_db


@cache_control(max_age=60)
def lasting(request):
    return HttpResponse("for a minute")


@cache_control(public=True, max_age=60)
def everybodys(request):
    return HttpResponse("the same for all")


def beginning(request):
    request.session["begun"] = True
    return HttpResponse("from now on there is a session")


@csp_update({"img-src": ["https://maps.example"]})
def with_a_map(request):
    return HttpResponse("a map")


def with_a_script(request):
    return HttpResponse(request.csp_nonce)


urlpatterns = [
    path("map/", with_a_map),
    path("script/", with_a_script),
    path("lasting/", lasting),
    path("beginning/", beginning),
    path("everybodys/", everybodys),
    *urls.urlpatterns,
]


@pytest.fixture
def signed_in():
    client = Client()
    client.force_login(UserFactory())
    return client


class TestPrivacy:
    @pytest.mark.parametrize(
        "name", ["dashboards:home", "dashboards:desk", "dashboards:competitions", "accounts:privacy", "accounts:data"]
    )
    def test_no_page_of_a_session_is_kept(self, signed_in, name):
        assert signed_in.get(reverse(name))["Cache-Control"] == "private, no-store"

    def test_nor_one_about_a_competition(self, signed_in):
        track = TrackFactory()

        assert signed_in.get(track.get_absolute_url())["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("address", ["/none/", "/api/v1/tracks/", "/api/v1/none/", "/api/v1/schema/"])
    def test_nor_what_is_missing_or_for_programs(self, signed_in, address):
        assert signed_in.get(address)["Cache-Control"] == "private, no-store"

    def test_no_etag_lets_one_ask_whether_it_has_changed(self, signed_in):
        assert "ETag" not in signed_in.get(reverse("dashboards:desk"))

    def test_nor_what_a_program_reads(self):
        assert program(UserFactory()).get("/api/v1/tracks/")["Cache-Control"] == "private, no-store"

    @pytest.mark.urls("tests.core.test_hardening")
    def test_nor_the_answer_that_begins_a_session(self):
        response = Client().get("/beginning/")

        assert (bool(response.cookies), response["Cache-Control"]) == (True, "private, no-store")

    @pytest.mark.urls("tests.core.test_hardening")
    def test_a_view_that_would_be_kept_is_not(self, signed_in):
        answers = [client.get("/lasting/")["Cache-Control"] for client in (Client(), signed_in)]

        assert answers == ["max-age=60", "private, no-store"]

    @pytest.mark.urls("tests.core.test_hardening")
    def test_what_says_that_it_is_everybodys_may_be(self, signed_in):
        assert "no-store" not in signed_in.get("/everybodys/")["Cache-Control"]

    def test_of_our_views_only_the_colours_of_a_track_say_so(self, signed_in):
        """A new one has to be looked at: nothing in it may depend on who asks."""
        folders = ("portal", "tracks", "submissions", "judging")
        files = [file for folder in folders for file in (portal_settings.BASE_DIR / folder).rglob("*.py")]
        saying = [file.name for file in files if "cache_control(public=True" in file.read_text(encoding="utf-8")]

        assert saying == ["theme.py"]


class TestPolicies:
    @pytest.mark.parametrize("address", ["/", "/none/", "/api/v1/tracks/", "/healthz", "/accounts/login/"])
    def test_every_answer_carries_them(self, client, address):
        response = client.get(address)
        named = ["Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy"]

        assert [response[name] for name in named] == ["same-origin"] * 3
        assert (response["Permissions-Policy"], response["X-Content-Type-Options"]) == (PERMISSIONS, "nosniff")

    def test_passkeys_stay_possible_and_cameras_are_nobodys(self):
        assert ("publickey-credentials-get=(self)" in PERMISSIONS, "camera=()" in PERMISSIONS) == (True, True)

    def test_no_name_stands_twice(self):
        names = [part.partition("=")[0] for part in PERMISSIONS.split(", ")]

        assert len(names) == len(set(names))


class TestProxies:
    @pytest.mark.parametrize(
        ("count", "kept"),
        [
            (0, set()),
            (1, {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_START", "HTTP_X_REQUEST_ID"}),
        ],
    )
    def test_what_a_client_claims_is_taken_away(self, settings, count, kept):
        settings.TRUSTED_PROXY_COUNT = count
        request = RequestFactory().get("/", **dict.fromkeys(CLAIMS, "claimed"))
        seen = ProxyMiddleware(lambda request: {name for name in CLAIMS if name in request.META})(request)

        assert seen == kept

    def test_they_are_read_by_nothing_that_stands_before(self):
        assert portal_settings.MIDDLEWARE[0] == "portal.core.hardening.ProxyMiddleware"

    def test_a_claimed_host_is_none(self, client):
        response = client.get("/accounts/login/", headers={"x-forwarded-host": "evil.example"})

        assert "evil.example" not in response.content.decode()

    def test_a_claim_of_https_is_no_https(self, settings):
        settings.SECURE_SSL_REDIRECT = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        statuses = []
        for count in (0, 1):
            settings.TRUSTED_PROXY_COUNT = count
            statuses.append(Client().get("/", headers={"x-forwarded-proto": "https"}).status_code)

        assert statuses == [301, 200]


def sources(policy):
    return {part.split()[0]: set(part.split()[1:]) for part in policy.split(";")}


@pytest.mark.urls(__name__)
def test_a_page_may_load_what_the_settings_say(client):
    assert sources(client.get("/lasting/")["Content-Security-Policy"]) == sources(build_policy())


@pytest.mark.urls(__name__)
def test_a_page_that_needs_more_says_so_for_itself_alone(client):
    maps = ["https://maps.example" in client.get(url)["Content-Security-Policy"] for url in ("/map/", "/lasting/")]

    assert maps == [True, False]


@pytest.mark.urls(__name__)
def test_a_script_s_nonce_stands_in_the_policy_of_its_page(client):
    page = client.get("/script/")

    assert f"'nonce-{page.content.decode()}'" in page["Content-Security-Policy"]


def test_a_nonce_that_no_policy_will_name_is_refused(client):
    request = client.get("/healthz").wsgi_request

    with pytest.raises(CSPNonceError):
        str(request.csp_nonce)
