"""What programs get with a token: never more than its person, within its competition, as long as both are in use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.accounts.models import ApiToken, User
from tests.visibility.world import World
from tests.visibility.world.trail import issue

pytestmark = pytest.mark.database

ALPHA, BETA, GAMMA = "track1.name", "beta_track.name", "gamma_track.name"
TRACKS = {ALPHA, BETA, GAMMA}


def ask(world: World, where: str, secret: str, *, method: str = "GET", actor: str = "An"):
    return world.ask(actor, method, where, {}, authorization=f"Bearer {secret}")


def tracks_told(world: World, secret: str, actor: str = "An") -> set[str]:
    answer = ask(world, "/api/v1/tracks/", secret, actor=actor)
    assert answer.status == 200
    return TRACKS & world.canaries.in_response(answer.body, answer.headers)


@pytest.mark.parametrize(
    ("actor", "bound_to", "told"),
    [
        ("TM", None, {ALPHA, BETA}),
        ("TM", "alpha", {ALPHA}),
        ("TM", "gamma", set()),
        ("OX", None, {ALPHA, BETA}),
        ("OX", "gamma", set()),
        ("OR", None, TRACKS),
        ("OR", "beta", {BETA}),
        ("OR", "gamma", {GAMMA}),
        ("TI", "gamma", {GAMMA}),
        ("TO", "gamma", set()),
        ("SU", None, TRACKS),
        ("SU", "alpha", {ALPHA}),
    ],
)
def test_a_token_tells_what_its_person_may_know_within_its_competition(world, actor, bound_to, told):
    competition = world.find(f"{bound_to}.pk") if bound_to else None
    token = issue(world, actor, competition_id=competition)
    assert tracks_told(world, token.secret) == told


@pytest.mark.parametrize(("actor", "bound_to", "status"), [("OR", "alpha", 404), ("OR", "gamma", 200), ("TM", "", 404)])
def test_a_row_outside_the_token_is_not_there(world, actor, bound_to, status):
    token = issue(world, actor, competition_id=world.find(f"{bound_to}.pk") if bound_to else None)
    assert ask(world, f"/api/v1/tracks/{world.gamma_track.pk}/", token.secret).status == status


def test_the_token_counts_and_not_the_session_beside_it(world):
    """The site admin's browser sends a cookie, too; what comes back is what the token lets through."""
    token = issue(world, "TM")
    assert tracks_told(world, token.secret, actor="SU") == {ALPHA, BETA}


def test_a_token_opens_no_page(world):
    token = issue(world, "SU")
    answers = [
        ask(world, where, token.secret) for where in ("/desk/", "/admin/", "/organize/trail/", "/accounts/tokens/")
    ]
    assert [answer.status for answer in answers] == [302, 302, 302, 302]


@pytest.mark.parametrize("end", ["revoked", "expired", "disabled", "nobody's"])
def test_a_token_that_has_ended_opens_nothing(world, end):
    token = issue(world, "OR")
    secret = token.secret
    if end == "revoked":
        ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    elif end == "expired":
        ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    elif end == "disabled":
        User.objects.filter(pk=world.users["OR"].pk).update(is_active=False)
    else:
        secret = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    assert ask(world, "/api/v1/tracks/", secret).status == 401


def test_what_a_token_learns_of_itself_is_no_address_that_is_hidden(world):
    """Bound to a competition that its person sees no more."""
    token = issue(world, "TM", competition_id=world.gamma.pk)
    answer = ask(world, "/api/v1/token/", token.secret)
    assert (answer.status, "gamma.slug" in world.canaries.in_response(answer.body, answer.headers)) == (200, False)
