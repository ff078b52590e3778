"""Sessions that are over are forgotten every night, and where somebody was signed in from with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from portal.accounts import periodic, policies, sessions
from portal.accounts.models import User
from tests.accounts.people import signed_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.now() - timedelta(days=days)


def end(client):
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=ago(1))


@pytest.fixture
def client():
    return signed_in(UserFactory())


def test_one_that_is_over_leaves_nothing_behind(client):
    end(client)
    periodic.clear_sessions()

    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)


def test_what_had_no_session_any_more_goes_too(client):
    Session.objects.all().delete()
    periodic.clear_sessions()

    assert UserSession.objects.count() == 0


def test_one_that_goes_on_stays(client):
    periodic.clear_sessions()

    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)


def test_it_is_done_a_chunk_at_a_time(monkeypatch):
    monkeypatch.setattr(sessions, "CHUNK", 2)
    Session.objects.bulk_create(Session(session_key=f"k{n}", session_data="", expire_date=ago(1)) for n in range(5))

    assert sessions.clear_expired() == 5


def test_nothing_else_is_ended_at_that_time():
    UserFactory(is_verified=False, joined_at=ago(31))
    periodic.clear_sessions()

    assert User.objects.get().is_active


def test_the_report_lists_them(client):
    end(client)

    assert [outcome.policy.name for _rule, outcome in policies.report() if outcome.due] == ["ended_sessions"]
