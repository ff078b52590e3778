"""The trail of a name that many have leaves none of them out, on the page and in the file."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from portal.core import audit
from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory

pytestmark = pytest.mark.django_db
MANY = 25


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def organizer(competition):
    client = Client()
    client.force_login(OrganizerFactory(competition=competition, user__is_staff=True).user)
    for person in UserFactory.create_batch(MANY, full_name="王伟"):
        audit.record("change", competition, actor=person)
    return client


def test_on_the_page(organizer, competition):
    response = organizer.get(reverse("dashboards:trail", args=[competition.slug]), {"person": "王"})

    assert len(response.context["lines"]) == MANY


def test_in_the_file(organizer, competition):
    response = organizer.post(reverse("dashboards:export_trail", args=[competition.slug]), {"person": "王"})

    assert response.getvalue().decode().count("王伟") == MANY
