"""The list of people of a competition: found by what it shows of them, and by nothing that it hides."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.submissions import TeamFactory, TeamMemberFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.submissions.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def team(competition):
    captain = UserFactory(
        full_name="刘洋", email="liu@minjiang.example", affiliation="岷江数据公司", phone="13900001234"
    )
    TeamFactory(competition=competition, name="别的队")
    return TeamFactory(competition=competition, name="沱江水情队", captain=captain)


@pytest.fixture
def page(competition, team):
    client = client_for(OrganizerFactory(competition=competition).user)
    address = reverse("dashboards:people", args=[competition.slug])
    return lambda **asked: client.get(address, asked)


@pytest.mark.parametrize("words", ["刘洋", "LIU@minjiang", "岷江数据", "沱江水情"])
def test_somebody_is_found_by_what_the_list_shows(page, words):
    assert [row.user.full_name for row in page(q=words).context["people"]] == ["刘洋"]


@pytest.mark.parametrize("words", ["13900001234", "0000"])
def test_nobody_is_found_by_a_number_that_is_masked(page, words):
    assert page(q=words).context["count"] == 0


def test_nobody_is_found_by_a_team_of_another_competition(page, team):
    elsewhere = TeamFactory(name="别赛之队")
    TeamMemberFactory(team=elsewhere, user=team.members.get().user)

    assert page(q="别赛之队").context["count"] == 0


@pytest.mark.parametrize("asked", [{"q": "x" * 61}, {"pledge": "given"}])
def test_what_cannot_be_asked_for_is_said_and_nobody_shown(page, asked):
    answer = page(**asked)

    assert (answer.status_code, answer.content.decode().count('class="error"')) == (400, 1)
    assert "刘洋" not in answer.content.decode()


def test_the_list_leads_to_the_teams(page, team):
    assert f'href="{team.get_absolute_url()}"' in page().content.decode()


def test_the_menu_says_that_one_is_still_at_the_desk(page):
    assert f'href="{reverse("dashboards:desk")}" aria-current="page"' in page().content.decode()
