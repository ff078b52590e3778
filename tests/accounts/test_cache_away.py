"""The counters are out of reach: nobody new is let in, and whoever is in goes on working."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from submissions.models import Receipt
from tests.accounts.entrances import LOGIN, is_signed_in, sign_in
from tests.factories.accounts import UserFactory
from tests.factories.submissions import captain_of
from tests.submissions.people import KEY, complete_draft

pytestmark = pytest.mark.django_db
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def away(settings):
    settings.CACHES = {
        **settings.CACHES,
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": NOBODY_LISTENS,
            "OPTIONS": {"socket_connect_timeout": 0.2},
        },
    }


def test_the_cache_really_is_away(away):
    with pytest.raises(Exception, match="refused"):
        cache.get("anything")


def test_signing_in_fails_closed_and_says_when_to_try_again(away, user):
    client = Client()
    response = sign_in(client, user)

    assert (response.status_code, response["Retry-After"], "_auth_user_id" in client.session) == (503, "30", False)


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_request_login_code"])
def test_so_does_what_else_is_counted(away, name):
    assert Client().post(reverse(name), {"email": "x@example.com"}).status_code == 503


@pytest.mark.parametrize("path", [LOGIN, "/accounts/signup/", "/accounts/password/reset/"])
def test_the_forms_are_shown_all_the_same(away, path):
    assert Client().get(path).status_code == 200


def test_whoever_is_signed_in_stays_so(user, away):
    client = Client()
    client.force_login(user)

    assert is_signed_in(client)


def test_a_team_submits_as_ever(settings):
    """With a cache that answers nothing: no submit waits for it."""
    draft = complete_draft()
    client = Client()
    client.force_login(captain_of(draft.team))
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "tests.accounts.test_cache_away.NoCache"}}
    data = {"expected_version": draft.draft_version, "idempotency_key": KEY}

    response = client.post(reverse("submissions:submission_submit", args=[draft.public_id]), data)

    assert response["Location"] == Receipt.objects.get().get_absolute_url()


class NoCache:
    """Whatever is asked of it fails."""

    def __init__(self, location, params):
        pass

    def __getattr__(self, name):
        if name == "close":
            return lambda **kwargs: None
        raise AssertionError(f"the cache was asked to {name}")
