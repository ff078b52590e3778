"""Whatever points to a person is known to the registry: in their copy, and when they leave."""

from django.apps import apps
from django.conf import settings
from django.db import models

from portal.accounts.personal_data import KEEPERS

# Columns that hold a person's id without a foreign key.
IDS = {"actor_id", "user_id"}
# Made by Django beside what is covered.
BESIDE = {"accounts.User_groups", "accounts.User_user_permissions"}


def points_to_a_person(field):
    related = getattr(field, "related_model", None)
    is_link = isinstance(field, models.ForeignKey) and related is apps.get_model(settings.AUTH_USER_MODEL)
    return is_link or (field.name in IDS and isinstance(field, models.IntegerField))


def test_every_table_that_points_to_a_person_has_a_keeper():
    pointing = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if any(points_to_a_person(field) for field in model._meta.concrete_fields)
    }
    covered = set().union(*(keeper.covers for keeper in KEEPERS))

    assert sorted(pointing - covered - BESIDE) == []


def test_no_two_lists_have_the_same_name():
    names = [section.name for keeper in KEEPERS for section in keeper.sections]

    assert sorted(names) == sorted(set(names))


def test_those_above_are_asked_before_those_below():
    """Locks are taken in one order, and audit lines of competitions come before the site's."""
    assert [type(keeper).__module__ for keeper in KEEPERS] == [
        "judging.keeper",
        "submissions.keeper",
        "tracks.keeper",
        "portal.notifications.keeper",
        "portal.accounts.keeper",
    ]
