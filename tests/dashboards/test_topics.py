"""The list of all topics and its filters."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, RevisionFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.models import Competition

pytestmark = pytest.mark.django_db
PAGE = "/sichuan-2026/topics/"


@pytest.fixture
def competition():
    return CompetitionFactory(slug="sichuan-2026", open=True)


@pytest.fixture
def topics(competition):
    """In two tracks: changed lately, changed long ago, new, withdrawn."""
    first, second = TrackFactory(competition=competition), TrackFactory(competition=competition)
    rows = [TopicFactory(track=first, title=title) for title in ("新改", "旧改")]
    rows.append(TopicFactory(track=second, title="新题"))
    rows.append(TopicFactory(track=second, title="撤下", status=TopicStatus.WITHDRAWN))
    for topic, days in zip(rows[:2], (1, 30), strict=True):
        RevisionFactory(topic=topic, number=2, created_at=timezone.now() - timedelta(days=days))
    TopicFactory(title="别处")
    return rows


def titles(response):
    return [topic.title for _track, topics in response.context["groups"] for topic in topics]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["新改", "旧改", "新题", "撤下"]),
        ({"track": "2"}, ["新题", "撤下"]),
        ({"track": ""}, ["新改", "旧改", "新题", "撤下"]),
        ({"changed": "on"}, ["新改"]),
        ({"open": "on"}, ["新改", "旧改", "新题"]),
        ({"track": "2", "open": "on"}, ["新题"]),
        ({"track": "2", "changed": "on"}, []),
    ],
    ids=str,
)
def test_topics_stand_by_track_and_are_filtered(client, topics, query, found):
    assert titles(client.get(PAGE, query)) == found


def test_nothing_is_open_when_the_stage_is_not(client, topics, competition):
    competition.stages.all().delete()

    assert titles(client.get(PAGE, {"open": "on"})) == []


@pytest.mark.parametrize("track", ["x", "9", "-1", "1 OR 1=1", "9" * 5000])
def test_a_track_that_is_not_there_is_named_at_the_field(client, topics, track):
    response = client.get(PAGE, {"track": track})

    assert (response.status_code, set(response.context["form"].errors), titles(response)) == (400, {"track"}, [])


def test_a_hidden_contest_has_no_list(client, topics):
    Competition.objects.update(is_published=False)

    assert client.get(PAGE).status_code == 404


def test_its_organizer_sees_the_list_of_a_hidden_contest(client, topics, competition):
    Competition.objects.update(is_published=False)
    client.force_login(OrganizerFactory(competition=competition).user)

    assert len(titles(client.get(PAGE))) == 4


def enter(topic, **state):
    SubmissionFactory(team=TeamFactory(competition=topic.track.competition), topic=topic, **state)


def test_entries_are_counted_only_where_that_is_shown(client, topics, competition):
    for state in ({"submitted": True}, {"submitted": True}, {}, {"submitted": True, "status": "withdrawn"}):
        enter(topics[0], **state)

    hidden = client.get(PAGE).content.decode()
    Competition.objects.filter(pk=competition.pk).update(shows_entry_counts=True)
    client.force_login(TeamFactory().members.get().user)
    shown = client.get(PAGE)

    assert "件作品" not in hidden
    assert [topic.entry_count for _track, rows in shown.context["groups"] for topic in rows] == [2, 0, 0, 0]


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("shows", [False, True])
def test_the_list_costs_the_same_however_long(client, competition, count, shows, django_assert_num_queries):
    Competition.objects.update(shows_entry_counts=shows)
    for _each in range(count):
        enter(TopicFactory(track__competition=competition), submitted=True)
    TopicFactory()

    with django_assert_num_queries(5):
        response = client.get(PAGE)

    assert len(titles(response)) == count
