"""Who may act on a competition: each rule, and what each person gets of it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from tests.factories.accounts import UserFactory
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tracks import rules

pytestmark = pytest.mark.django_db

WHOLE, SOME, SITE = "whole organizer", "track organizer", "site admin"
NOT_NOW = {
    f"{role}, {state}": (role, state)
    for role in (WHOLE, SOME, SITE)
    for state in ("disabled", "without the second factor")
}
PEOPLE = ["nobody", "account", "organizer elsewhere", "organizer of another track", WHOLE, SOME, SITE, *NOT_NOW]


@pytest.fixture
def track():
    return TrackFactory()


def person(kind, track):
    """Disabled, or signed in without the second factor that one of their roles asks for, they are as if without it."""
    if kind == "nobody":
        return AnonymousUser()
    role, state = NOT_NOW.get(kind, (kind, ""))
    user = UserFactory(is_staff=role != "account", is_superuser=role == SITE)
    if role in {WHOLE, SOME}:
        OrganizerFactory(user=user, competition=track.competition, tracks=[track] if role == SOME else [])
    if role == "organizer elsewhere":
        OrganizerFactory(user=user)
    if role == "organizer of another track":
        OrganizerFactory(user=user, competition=track.competition, tracks=[another(track)])
    user.is_active = state != "disabled"
    user.lacks_second_factor = state == "without the second factor"
    return user


def another(track):
    return TrackFactory(competition=track.competition)


HOLDS = {
    "is_organizer": {WHOLE, SITE},
    "is_track_organizer": {WHOLE, SOME, SITE},
    "is_some_organizer": {WHOLE, SOME, SITE, "organizer of another track"},
    "is_site_admin": {SITE},
    "can_place": {WHOLE, SOME, SITE},
}


def asked(rule, user, track):
    about = {
        "is_organizer": [track.competition],
        "is_track_organizer": [track],
        "is_some_organizer": [track.competition],
        "can_place": [track.competition, {track.pk}],
    }
    return getattr(rules, rule)(user, *about.get(rule, []))


@pytest.mark.parametrize("rule", HOLDS)
def test_a_rule_holds_for_whom_it_is_meant(track, rule):
    assert {kind for kind in PEOPLE if asked(rule, person(kind, track), track)} == HOLDS[rule]


def test_a_topic_goes_to_another_track_only_by_whoever_runs_both(track):
    touched = {track.pk, another(track).pk}
    placing = {kind for kind in PEOPLE if rules.can_place(person(kind, track), track.competition, touched)}
    assert placing == {WHOLE, SITE}


@pytest.mark.parametrize(("kind", "is_one"), [("nobody", False), ("account", True), (f"{WHOLE}, disabled", False)])
def test_somebody_is_whoever_has_an_account_that_is_not_disabled(track, kind, is_one):
    assert rules.is_somebody(person(kind, track)) == is_one
