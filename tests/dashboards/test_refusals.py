"""What the board of people gives away, whoever calls for it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from portal.dashboards import people
from tests.factories.submissions import TeamFactory, captain_of
from tests.factories.tracks import OrganizerFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory()


def strangers(team):
    """Who runs another competition, who runs one track of this one, who is in the team."""
    track = TrackFactory(competition=team.competition)
    of_track = OrganizerFactory(competition=team.competition, tracks=[track]).user
    return [OrganizerFactory().user, of_track, captain_of(team)]


@pytest.mark.parametrize("number", range(3))
def test_nobody_takes_the_list_but_who_runs_the_whole_competition(team, number):
    with pytest.raises(PermissionDenied):
        list(people.export_rows(team.competition, actor=strangers(team)[number]))


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("what", ["phone", "number"])
def test_nobody_reads_a_number_but_who_runs_the_whole_competition(team, number, what):
    with pytest.raises(PermissionDenied):
        people.read_private(
            team.competition, captain_of(team), actor=strangers(team)[number], what=what, purpose="核对获奖名单"
        )


def test_who_runs_it_takes_the_list(team):
    actor = OrganizerFactory(competition=team.competition).user

    assert [row[0] for row in people.export_rows(team.competition, actor=actor)] == [captain_of(team).full_name]
