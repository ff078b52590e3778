"""The first of a ranking, and whom only a tie leaves open."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.urls import reverse

from judging.shortlisting import first_of
from tests.factories.judging import RankingEntryFactory, RankingFactory
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for


def places(*positions):
    return [SimpleNamespace(position=position) for position in positions]


@pytest.mark.parametrize(
    ("positions", "count", "taken", "tied"),
    [
        ([1, 2, 3], 2, [1, 2], []),
        ([1, 2], 5, [1, 2], []),
        ([1, 2, 2, 4], 2, [1], [2, 2]),
        ([1, 2, 2, 4], 3, [1, 2, 2], []),
        ([1, 1, 1], 1, [], [1, 1, 1]),
        ([], 3, [], []),
    ],
)
def test_a_tie_for_the_last_place_is_named(positions, count, taken, tied):
    found = first_of(places(*positions), count)

    assert ([each.position for each in found.taken], [each.position for each in found.tied]) == (taken, tied)


@pytest.mark.django_db
def test_the_page_ticks_the_first_and_leaves_a_tie_open():
    ranking = RankingFactory(round__status="closed")
    best = RankingEntryFactory(ranking=ranking, position=1)
    track = best.track
    tied = {RankingEntryFactory(ranking=ranking, position=2, track=track).pk for _each in range(2)}
    client = client_for(OrganizerFactory(competition=ranking.round.competition).user)
    page = client.get(reverse("judging:shortlist", args=[ranking.round_id]), {"track": track.number, "first": 2})

    first = page.context["first"]
    assert ({each.pk for each in first.taken}, {each.pk for each in first.tied}) == ({best.pk}, tied)


@pytest.mark.django_db
@pytest.mark.parametrize(("track", "first"), [("9", "5"), ("x", "5"), ("1", "0")])
def test_what_makes_no_sense_is_not_there(track, first):
    ranking = RankingFactory(round__status="closed")
    client = client_for(OrganizerFactory(competition=ranking.round.competition).user)
    answer = client.get(reverse("judging:shortlist", args=[ranking.round_id]), {"track": track, "first": first})

    assert answer.status_code == 404
