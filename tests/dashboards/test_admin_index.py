"""The first page of the administration: the contests at hand."""

from __future__ import annotations

import pytest
from django.urls import reverse

from portal.dashboards.contests import contests_at_hand
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import (
    AnnouncementFactory,
    DocumentFactory,
    OrganizerFactory,
    TopicFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db


def tiles(user):
    (contest,) = contests_at_hand(user)
    return {tile.label: tile.count for tile in contest.tiles}


def test_an_organizer_finds_the_contest_with_what_is_in_it():
    organizer = OrganizerFactory()
    topic = TopicFactory(track__competition=organizer.competition)
    for state in ("submitted", "eligible"):
        SubmissionFactory(team__competition=organizer.competition, topic=topic, **{state: True})
    AnnouncementFactory.create_batch(2, competition=organizer.competition)
    DocumentFactory(competition=organizer.competition)
    DocumentFactory()  # of another competition, must not count

    assert list(tiles(organizer.user).values()) == [1, 2, 1, 1, 0, 2, 1, 0]


def test_a_track_organizer_finds_their_tracks_alone():
    track = TrackFactory()
    TopicFactory(track=track)
    elsewhere = TopicFactory(track__competition=track.competition)
    SubmissionFactory(team__competition=track.competition, topic=elsewhere, submitted=True)
    organizer = OrganizerFactory(competition=track.competition, tracks=[track])

    assert list(tiles(organizer.user).values()) == [0, 0, 1, 1]


def test_drafts_are_mentioned():
    organizer = OrganizerFactory()
    AnnouncementFactory(competition=organizer.competition, published_at=None)

    (contest,) = contests_at_hand(organizer.user)

    assert [tile.hint for tile in contest.tiles if "1" in tile.hint] != []


def test_whoever_runs_nothing_finds_nothing():
    TrackFactory()

    assert contests_at_hand(UserFactory()) == []


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many_contests(count, django_assert_num_queries):
    user = UserFactory(is_staff=True)
    for organizer in OrganizerFactory.create_batch(count, user=user):
        TopicFactory.create_batch(count, track__competition=organizer.competition)

    with django_assert_num_queries(11):
        found = contests_at_hand(user)

    assert len(found) == count


@pytest.mark.parametrize("who", ["organizer", "track organizer"])
def test_each_tile_leads_to_a_list(client, who):
    track = TrackFactory()
    organizer = OrganizerFactory(competition=track.competition, tracks=[track] if who == "track organizer" else [])
    client.force_login(organizer.user)
    (contest,) = client.get(reverse("admin:index")).context["rows"]

    assert [client.get(tile.url).status_code for tile in contest.tiles] == [200] * len(contest.tiles)


def test_a_list_of_one_contest_leaves_the_others_out(client):
    user = UserFactory(is_staff=True)
    own, other = (OrganizerFactory(user=user).competition for _ in range(2))
    mine = AnnouncementFactory(competition=own)
    AnnouncementFactory(competition=other)
    client.force_login(user)

    listed = client.get(reverse("admin:tracks_announcement_changelist"), {"competition__id__exact": own.pk})

    assert list(listed.context["cl"].result_list) == [mine]


@pytest.mark.parametrize(("tracks", "is_whole"), [(0, True), (1, False)])
def test_the_settings_are_offered_to_whoever_runs_the_whole_competition(tracks, is_whole):
    track = TrackFactory()
    organizer = OrganizerFactory(competition=track.competition, tracks=[track][:tracks])

    (contest,) = contests_at_hand(organizer.user)

    assert contest.is_whole == is_whole
