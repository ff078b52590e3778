"""Tracks and topics as programs read them."""

import pytest

from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.services import revise_topic

TRACKS, TOPICS = "/api/v1/tracks/", "/api/v1/topics/"


@pytest.fixture
def track(db):
    return TrackFactory(competition__slug="sichuan-2026", number=17, name="数据基础设施")


def rows(client, address, **query):
    return client.get(address, query).json()["results"]


def test_a_track_as_it_is_sent(client, track, settings):
    settings.CANONICAL_URL = "https://contest.example"
    TopicFactory.create_batch(2, track=track)
    TopicFactory(track=track, status=TopicStatus.WITHDRAWN)

    assert rows(client, TRACKS) == [
        {
            "id": track.pk,
            "competition": "sichuan-2026",
            "number": 17,
            "name": "数据基础设施",
            "topic_count": 2,
            "url": "https://contest.example/sichuan-2026/tracks/17/",
        }
    ]


def test_a_topic_as_it_is_sent(client, track, settings):
    settings.CANONICAL_URL = "https://contest.example"
    topic = TopicFactory(track=track, number=4, title="可信数据空间", body="第一段。\n第二段。")

    assert rows(client, TOPICS) == [
        {
            "id": topic.pk,
            "competition": "sichuan-2026",
            "track": {"number": 17, "name": "数据基础设施"},
            "number": 4,
            "title": "可信数据空间",
            "body": "第一段。\n第二段。",
            "status": "open",
            "revision": 1,
            "url": "https://contest.example/sichuan-2026/tracks/17/topics/4/",
        }
    ]


def test_the_revision_is_the_latest(client, track):
    topic = revise_topic(TopicFactory(track=track), actor=None, title="可信数据空间", body="新的正文。")

    assert client.get(f"{TOPICS}{topic.pk}/").json()["revision"] == 2


@pytest.mark.parametrize("make", [TrackFactory, TopicFactory], ids=["track", "topic"])
def test_one_alone_is_the_row_of_the_list(client, db, make):
    address = TRACKS if make is TrackFactory else TOPICS
    pk = make().pk

    assert client.get(f"{address}{pk}/").json() == rows(client, address)[0]


def test_topics_stand_by_track_and_number(client, track):
    for number in (3, 1, 2):
        TopicFactory(track=track, number=number)

    assert [row["number"] for row in rows(client, TOPICS)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["a1", "a2", "b"]),
        ({"competition": "contest-a"}, ["a1", "a2"]),
        ({"track": "2"}, ["a2"]),
        ({"status": "withdrawn"}, ["b"]),
        ({"competition": "contest-b", "track": "2"}, []),
        ({"competition": "nowhere"}, []),
    ],
    ids=str,
)
def test_topics_can_be_filtered(client, db, query, found):
    contest = CompetitionFactory(slug="contest-a")
    for number in (1, 2):
        TopicFactory(track__competition=contest, track__number=number, title=f"a{number}")
    elsewhere = CompetitionFactory(slug="contest-b")
    TopicFactory(track__competition=elsewhere, track__number=1, title="b", status=TopicStatus.WITHDRAWN)

    assert [row["title"] for row in rows(client, TOPICS, **query)] == found


@pytest.mark.parametrize(("query", "found"), [({"number": "2"}, [2]), ({"competition": "nowhere"}, [])], ids=str)
def test_tracks_can_be_filtered(client, db, query, found):
    contest = CompetitionFactory()
    for number in (1, 2):
        TrackFactory(competition=contest, number=number)

    assert [row["number"] for row in rows(client, TRACKS, **query)] == found


def test_a_contest_in_preparation_is_not_there(client, db):
    hidden = TopicFactory(track__competition__is_published=False)

    answers = [client.get(TRACKS), client.get(TOPICS), client.get(f"{TOPICS}{hidden.pk}/")]

    assert [answer.json() for answer in answers] == [
        {"next": None, "results": []},
        {"next": None, "results": []},
        client.get(f"{TOPICS}{hidden.pk + 1}/").json(),
    ]


def test_its_organizer_sees_a_contest_in_preparation(client, db):
    hidden = TopicFactory(track__competition__is_published=False)
    client.force_login(OrganizerFactory(competition=hidden.track.competition).user)

    assert [row["id"] for row in rows(client, TOPICS)] == [hidden.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_topics_cost_the_same_however_many(client, track, django_assert_num_queries, count):
    TopicFactory.create_batch(count, track=track)
    TopicFactory(track__competition__is_published=False)

    with django_assert_num_queries(1):
        found = rows(client, TOPICS)

    assert len(found) == count


@pytest.mark.parametrize("count", [1, 3])
def test_tracks_cost_the_same_however_many(client, db, django_assert_num_queries, count):
    contest = CompetitionFactory()
    for _ in range(count):
        TopicFactory(track__competition=contest)

    with django_assert_num_queries(1):
        found = rows(client, TRACKS)

    assert len(found) == count
