"""Tracks and topics as programs read them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, RevisionFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.services import place_topics, rename_track, reopen_topic, revise_topic, withdraw_topic

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
    topic.revisions.update(created_at=datetime(2026, 6, 1, 1, tzinfo=UTC))

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
            "revised_at": "2026-06-01T01:00:00Z",
            "revision_reason": "",
            "withdrawn_at": None,
            "withdrawal_reason": "",
            "url": "https://contest.example/sichuan-2026/tracks/17/topics/4/",
        }
    ]


def test_the_revision_is_the_latest_of_that_topic(client, track):
    topic = revise_topic(TopicFactory(track=track), actor=None, title="可信数据空间", body="新的正文。")
    quiet = TopicFactory(track=track)

    assert {row["id"]: row["revision"] for row in rows(client, TOPICS)} == {topic.pk: 2, quiet.pk: 1}


@pytest.mark.parametrize("make", [TrackFactory, TopicFactory], ids=["track", "topic"])
def test_one_alone_is_the_row_of_the_list(client, db, make):
    address = TRACKS if make is TrackFactory else TOPICS
    pk = make().pk

    assert client.get(f"{address}{pk}/").json() == rows(client, address)[0]


def test_topics_stand_by_track_and_number(client, track):
    for number in (3, 1, 2):
        TopicFactory(track=track, number=number)

    assert [row["number"] for row in rows(client, TOPICS)] == [1, 2, 3]


def test_topics_stand_by_the_tracks_numbers_whichever_was_made_first(client, track):
    later = TopicFactory(track=track)
    earlier = TopicFactory(track=TrackFactory(competition=track.competition, number=3))

    assert [row["id"] for row in rows(client, TOPICS)] == [earlier.pk, later.pk]


@pytest.mark.parametrize(
    "change",
    [
        lambda topic: reopen_topic(withdraw_topic(topic, actor=None, reason="合并"), actor=None),
        lambda topic: rename_track(topic.track, actor=None, name="新的名称"),
    ],
    ids=["opened again", "track renamed"],
)
def test_whoever_keeps_a_copy_learns_of_it(client, track, change):
    topic = TopicFactory(track=track)
    topic.revisions.update(created_at=timezone.now() - timedelta(days=2))
    TopicFactory(track=TrackFactory(competition=track.competition)).revisions.update(
        created_at=timezone.now() - timedelta(days=2)
    )
    change(topic)
    yesterday = timezone.now() - timedelta(days=1)

    assert [row["id"] for row in rows(client, TOPICS, changed_since=yesterday.isoformat())] == [topic.pk]


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


def test_a_revision_says_when_and_why(client, track):
    topic = revise_topic(TopicFactory(track=track), actor=None, title="可信", body="新的正文。", reason="按意见修改")

    row = client.get(f"{TOPICS}{topic.pk}/").json()

    assert datetime.fromisoformat(row["revised_at"]) == topic.revisions.get(number=2).created_at
    assert row["revision_reason"] == "按意见修改"


def test_a_withdrawal_says_when_and_why(client, track):
    topic = withdraw_topic(TopicFactory(track=track), actor=None, reason="与另一赛题合并")

    row = client.get(f"{TOPICS}{topic.pk}/").json()

    assert datetime.fromisoformat(row["withdrawn_at"]) == topic.withdrawn_at
    assert row["withdrawal_reason"] == "与另一赛题合并"


@pytest.fixture
def quiet(track):
    """A topic that nothing has happened to for a month."""
    topic = TopicFactory(track=track)
    topic.revisions.update(created_at=timezone.now() - timedelta(days=30))
    return topic


def change_text(topic):
    revise_topic(topic, actor=None, title=topic.title, body="新的正文。")


def change_place(topic):
    place_topics(topic.track.competition, {topic.pk: (topic.track.number, 99)}, actor=None)


def withdraw(topic):
    withdraw_topic(topic, actor=None, reason="合并")


@pytest.mark.parametrize("change", [change_text, change_place, withdraw])
def test_what_has_changed_since_is_found(client, track, quiet, change):
    other = TopicFactory(track=track)
    other.revisions.update(created_at=timezone.now() - timedelta(days=30))
    change(quiet)

    found = rows(client, TOPICS, changed_since=(timezone.now() - timedelta(hours=1)).isoformat())

    assert [row["id"] for row in found] == [quiet.pk]


def test_what_is_new_has_changed_since(client, quiet):
    new = TopicFactory(track=quiet.track)

    found = rows(client, TOPICS, changed_since=(timezone.now() - timedelta(hours=1)).isoformat())

    assert [row["id"] for row in found] == [new.pk]


def test_what_changed_at_the_very_instant_has_changed_since(client, quiet):
    instant = datetime(2026, 6, 1, 1, tzinfo=UTC)
    RevisionFactory(topic=quiet, number=2, created_at=instant)
    quiet.revisions.filter(number=1).update(created_at=instant - timedelta(days=1))

    found = [
        len(rows(client, TOPICS, changed_since=moment.isoformat()))
        for moment in (instant, instant + timedelta(microseconds=1))
    ]
    assert found == [1, 0]


@pytest.mark.parametrize(
    "given",
    ["", "gestern", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9" * 4000],
)
def test_an_instant_that_is_none_is_named(client, track, given):
    TopicFactory(track=track)
    response = client.get(TOPICS, {"changed_since": given})

    # An empty parameter asks for nothing.
    expected = (200, set()) if not given else (400, {"changed_since"})
    assert (response.status_code, set(response.json().get("error", {}).get("fields", {}))) == expected


@pytest.mark.parametrize(("given", "found"), [("true", ["open"]), ("false", ["closed", "withdrawn"])])
def test_topics_can_be_found_that_take_entries_now(client, db, given, found):
    contest = CompetitionFactory(open=True)
    track = TrackFactory(competition=contest)
    TopicFactory(track=track, title="open")
    TopicFactory(track=track, title="withdrawn", status=TopicStatus.WITHDRAWN)
    TopicFactory(title="closed")

    assert sorted(row["title"] for row in rows(client, TOPICS, open=given)) == found


def test_open_is_true_or_false(client, track):
    assert client.get(TOPICS, {"open": "maybe"}).status_code == 400


@pytest.fixture
def entered(db):
    """A topic with two entries that count, and a draft and a withdrawn one that don't."""
    topic = TopicFactory(track__competition=CompetitionFactory(open=True))
    for state in ({"submitted": True}, {"rejected": True}, {}, {"submitted": True, "status": "withdrawn"}):
        SubmissionFactory(team=TeamFactory(competition=topic.track.competition), topic=topic, **state)
    return topic


def test_entries_are_counted_where_the_contest_shows_it(client, entered):
    type(entered.track.competition).objects.update(shows_entry_counts=True)

    assert client.get(f"{TOPICS}{entered.pk}/").json()["entry_count"] == 2


def test_entries_are_counted_nowhere_else(client, entered):
    TopicFactory(track__competition__shows_entry_counts=True)

    assert [row.get("entry_count") for row in rows(client, TOPICS)] == [None, 0]


def test_what_a_search_finds_is_counted_too(client, entered):
    type(entered.track.competition).objects.update(shows_entry_counts=True)

    assert [row["entry_count"] for row in rows(client, TOPICS, search=entered.title)] == [2]
