"""Former addresses lead to where a track or a topic is now."""

import pytest

from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tracks.models import Competition
from tracks.services import place_topics, renumber_tracks

pytestmark = pytest.mark.django_db

OLD, NEW = "/sichuan-2026/tracks/1/topics/1/", "/sichuan-2026/tracks/2/topics/9/"


@pytest.fixture
def competition():
    return CompetitionFactory(slug="sichuan-2026", open=True)


@pytest.fixture
def topic(competition):
    return TopicFactory(track=TrackFactory(competition=competition, number=1), number=1)


@pytest.fixture
def moved(topic, competition):
    TrackFactory(competition=competition, number=2)
    place(topic, 2, 9)
    return topic


def place(topic, track, number):
    place_topics(topic.track.competition, {topic.pk: (track, number)}, actor=None)


def answer(client, path):
    response = client.get(path)
    return response.status_code, response.headers.get("Location", "")


def test_an_old_address_leads_to_the_new_one(client, moved):
    assert answer(client, OLD) == (302, NEW)


def test_so_does_that_of_its_revisions_with_what_was_asked(client, moved):
    assert answer(client, f"{OLD}revisions/?from=1&to=2") == (302, f"{NEW}revisions/?from=1&to=2")


def test_an_address_before_last_leads_to_the_last(client, moved):
    place(moved, 1, 5)

    assert answer(client, OLD) == (302, "/sichuan-2026/tracks/1/topics/5/")


def test_whoever_stands_there_now_comes_first(client, moved, competition):
    TopicFactory(track=competition.tracks.get(number=1), number=1)

    assert answer(client, OLD) == (200, "")


def test_of_two_that_stood_there_the_last_one_is_found(client, moved, competition):
    second = TopicFactory(track=competition.tracks.get(number=1), number=1)
    place(second, 2, 4)

    assert answer(client, OLD) == (302, "/sichuan-2026/tracks/2/topics/4/")


def test_topics_that_change_places_stay_where_they_are_found(client, moved, competition):
    other = TopicFactory(track=competition.tracks.get(number=1), number=1)
    place_topics(competition, {moved.pk: (1, 1), other.pk: (2, 9)}, actor=None)

    assert [answer(client, OLD), answer(client, NEW)] == [(200, ""), (200, "")]


def test_a_renumbered_track_leads_on_and_so_do_its_topics(client, topic, competition):
    renumber_tracks(competition, {topic.track.pk: 7}, actor=None)

    assert answer(client, "/sichuan-2026/tracks/1/") == (302, "/sichuan-2026/tracks/7/")
    assert answer(client, OLD) == (302, "/sichuan-2026/tracks/7/topics/1/")


@pytest.mark.parametrize("path", [OLD, f"{OLD}revisions/", "/sichuan-2026/tracks/1/"])
def test_a_hidden_contest_tells_nothing_of_its_old_addresses(client, moved, competition, path):
    renumber_tracks(competition, {competition.tracks.get(number=1).pk: 7}, actor=None)
    Competition.objects.update(is_published=False)

    assert client.get(path).status_code == 404


def test_its_organizer_is_led_on(client, moved, competition):
    Competition.objects.update(is_published=False)
    client.force_login(OrganizerFactory(competition=competition).user)

    assert answer(client, OLD) == (302, NEW)


@pytest.mark.parametrize("path", ["/sichuan-2026/tracks/1/topics/77/", "/sichuan-2026/tracks/88/", "/x/tracks/1/"])
def test_where_nothing_ever_was_nothing_is(client, moved, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("number", ["32768", "99999999999999999999"])
def test_numbers_that_no_topic_can_have_are_missing(client, moved, number):
    assert client.get(f"/sichuan-2026/tracks/1/topics/{number}/").status_code == 404
    assert client.get(f"/sichuan-2026/tracks/{number}/").status_code == 404
