"""A person's own deeds and what was done to their account: all of it, and nothing of others."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from judging.services import appoint_judge
from portal.core import audit
from portal.core.audit import ACCESS
from portal.dashboards import activity as activity_module
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("dashboards:activity")
TRACE = {"address": "203.0.113.0/24", "browser": "Chrome 126 · Windows"}


@pytest.fixture
def person():
    return UserFactory(full_name="李雷")


@pytest.fixture
def own(client, person):
    client.force_login(person)
    return client


def actions(client):
    return [line.entry.action for line in client.get(PAGE).context["lines"]]


def test_own_deeds_and_what_was_done_to_the_account(own, person):
    entry = SubmissionFactory(team__captain=person)
    audit.record("start", entry, actor=person)
    audit.record("sign_in_failed", person, actor=None, after=TRACE, scope=ACCESS)
    audit.record("start", SubmissionFactory(), actor=UserFactory())
    audit.record("sign_in", UserFactory(), actor=None, scope=ACCESS)

    assert actions(own) == ["sign_in_failed", "start"]


def test_a_role_that_was_given_is_told(own, person):
    appoint_judge(person, CompetitionFactory(), actor=None)

    assert actions(own) == ["appoint"]


def test_a_deed_on_the_own_account_stands_there_once(own, person):
    audit.record("sign_in", person, actor=person, after=TRACE, scope=ACCESS)

    assert actions(own) == ["sign_in"]


def test_a_sign_in_says_from_where(own, person):
    audit.record("sign_in", person, actor=person, after=TRACE, scope=ACCESS)

    assert own.get(PAGE).context["lines"][0].trace == "203.0.113.0/24 · Chrome 126 · Windows"


def test_who_of_the_organizers_it_was_is_not_said(own, person):
    organizer = OrganizerFactory(user__full_name="陈静", user__is_staff=True)
    appoint_judge(person, organizer.competition, actor=organizer.user)

    assert "陈静" not in own.get(PAGE).content.decode()


def test_why_somebody_acted_for_one_is_told(own, person):
    audit.record("act_for", person, actor=SiteAdminFactory(full_name="站长王"), reason="电话求助", scope=ACCESS)

    page = own.get(PAGE).content.decode()
    assert ("电话求助" in page, "站长王" in page) == (True, False)


def test_other_reasons_of_others_are_not(own, person):
    role = OrganizerFactory(user=person)
    audit.record("dismiss", role, actor=SiteAdminFactory(), reason="内部说明")

    assert "内部说明" not in own.get(PAGE).content.decode()


def test_values_of_what_one_may_no_longer_see_are_not_shown(own, person):
    """Somebody who was an organizer once."""
    audit.record("change", CompetitionFactory(is_published=False), actor=person, after={"name": "秘密名称"})

    page = own.get(PAGE).content.decode()
    assert ("秘密名称" in page, own.get(PAGE).context["lines"][0].name) == (False, "")


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_much_there_is(own, person, count):
    for _ in range(count):
        entry = SubmissionFactory(team__captain=person)
        audit.record("start", entry, actor=person)
        audit.record("start", SubmissionFactory(), actor=None)
    with CaptureQueriesContext(connection) as queries:
        own.get(PAGE)

    # session, person, agreements, the three parts, the entries' rows
    assert len(queries) == 7


def test_pages_lead_through_all_of_it(own, person, monkeypatch):
    monkeypatch.setattr(activity_module, "LINES_A_PAGE", 2)
    for _ in range(5):
        audit.record("sign_in", person, actor=person, scope=ACCESS)
    seen, address = [], PAGE
    while address:
        context = own.get(address).context
        seen += [line.entry.sequence for line in context["lines"]]
        address = context["next_url"] and PAGE + context["next_url"]

    assert seen == [5, 4, 3, 2, 1]


def test_a_visitor_has_none(client):
    assert client.get(PAGE).status_code == 302


def test_a_disabled_person_sees_nothing(person):
    client = Client()
    client.force_login(person)
    type(person).objects.update(is_active=False)

    assert client.get(PAGE).status_code == 302


def test_the_captain_of_another_team_sees_nothing_of_it(own):
    entry = SubmissionFactory(submitted=True)
    audit.record("submit", entry, actor=captain_of(entry.team))

    assert actions(own) == []
