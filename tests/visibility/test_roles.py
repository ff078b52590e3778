"""Roles by themselves: whose word counts where; and none outlives its account or does without its second factor."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.apps import apps

from judging import rules as judging_rules
from portal.accounts.acting import may_act_for
from portal.accounts.services.people import is_self
from portal.core import people
from tests.visibility.actors import ACTORS, EVERYBODY, JUDGES, RUN, RUN_BETA, RUN_SOME, SIGNED_IN, SIGNED_OUT, SITE
from tests.visibility.matrix.administration import EVERY_RUN, TRACKS
from tests.visibility.matrix.rows import GAMMA, VISIBLE, Rows
from tests.visibility.test_rows import row
from tracks import rules

pytestmark = pytest.mark.django_db

ROLES: dict[Any, Rows] = {
    rules.is_organizer: EVERY_RUN,
    rules.is_track_organizer: TRACKS,
    rules.is_some_organizer: {"alpha": RUN_SOME, "beta": RUN_BETA, "gamma": GAMMA},
    rules.is_site_admin: {"alpha": SITE},
    people.is_site_admin: {"alpha": SITE},
    judging_rules.runs: {"planned": RUN, "beta_round": RUN_BETA},
}


def name_of(value: Any) -> str:
    return getattr(value, "__qualname__", str(value))


LACKS = ["disabled", "no second factor"]


def without(person: Any, lack: str) -> Any:
    """The same person, disabled or before they have shown their second factor."""
    found = copy.copy(person)
    if lack == "disabled":
        found.is_active = False
    else:
        found.lacks_second_factor = True
    return found


@pytest.mark.parametrize("rule", ROLES, ids=name_of)
def test_a_role_is_theirs_who_have_it(world, rule):
    found = {path: {actor for actor in ACTORS if rule(world.person(actor), row(world, path))} for path in ROLES[rule]}

    assert found == {path: set(who) for path, who in ROLES[rule].items()}


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("rule", ROLES, ids=name_of)
def test_a_role_counts_only_for_an_account_that_is_all_right(world, rule, lack):
    found = [without(world.users[actor], lack) for actor in world.users]

    assert not [person for path in ROLES[rule] for person in found if rule(person, row(world, path))]


def test_whoever_is_signed_in_is_somebody(world):
    assert {actor for actor in ACTORS if rules.is_somebody(world.person(actor))} == SIGNED_IN


def test_a_disabled_person_is_nobody(world):
    assert not rules.is_somebody(without(world.person("TM"), "disabled"))


def seen_without(world: Any, lack: str, model: str) -> set[str]:
    """What the site admin still sees."""
    rows = {path: row(world, path).pk for path in VISIBLE[model]}
    visible = apps.get_model(model)._default_manager.visible_to(without(world.person("SU"), lack))
    return {path for path, pk in rows.items() if visible.filter(pk=pk).exists()}


def seen_by_anybody(model: str) -> set[str]:
    return {path for path, who in VISIBLE[model].items() if who == EVERYBODY}


@pytest.mark.parametrize("model", VISIBLE)
def test_a_disabled_site_admin_sees_what_anybody_sees(world, model):
    assert seen_without(world, "disabled", model) == seen_by_anybody(model)


@pytest.mark.parametrize("model", VISIBLE)
def test_a_site_admin_without_the_second_factor_sees_what_anybody_sees(world, model):
    assert seen_without(world, "no second factor", model) == seen_by_anybody(model)


def test_only_i_am_myself(world):
    asked = [actor for actor in ACTORS if actor not in SIGNED_OUT]
    found = {(one, other) for one in asked for other in asked if is_self(world.person(one), world.person(other))}

    assert found == {(actor, actor) for actor in asked}


def test_a_disabled_person_is_not_even_themselves(world):
    person = world.person("TM")

    assert not is_self(without(person, "disabled"), person)


def test_site_admins_act_for_anybody_but_each_other_and_those_who_decide_about_their_team(world):
    found = {
        (one, other)
        for one in ACTORS
        for other in ACTORS
        if may_act_for(hijacker=world.person(one), hijacked=world.person(other))
    }

    kept_from = {("SE", actor) for actor in RUN_SOME | JUDGES}
    assert found == {(admin, actor) for admin in SITE for actor in SIGNED_IN - SITE} - kept_from


def test_a_disabled_site_admin_acts_for_nobody(world):
    assert not may_act_for(hijacker=without(world.person("SU"), "disabled"), hijacked=world.person("TM"))


def test_a_site_admin_without_the_second_factor_acts_for_nobody(world):
    assert not may_act_for(hijacker=without(world.person("SU"), "no second factor"), hijacked=world.person("TM"))


def test_nobody_acts_for_nobody(world):
    assert may_act_for(hijacker=world.person("SU"), hijacked=None) is False
