"""The index in step with the database, in every process."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from tests import search_sets
from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tracks import finding, services
from tracks.enums import TopicStatus
from tracks.models import Topic
from tracks.search import Finder

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def track():
    return TrackFactory(name="现代农业")


@pytest.fixture
def topic(track):
    TopicFactory.create_batch(4, track=track)
    return TopicFactory(track=track, title="生猪养殖", body="猪场的防疫。")


def found(text: str, topics=None) -> list[int]:
    return [one.key for one in finding.find(Topic.objects.all() if topics is None else topics, text, limit=5)]


def test_a_new_text_is_found_and_the_old_one_no_longer(topic):
    assert found("养殖") == [topic.pk]

    services.revise_topic(topic, actor=None, title="公积金提取", body="住房贷款。")

    assert (found("养殖"), found("公积金")) == ([], [topic.pk])


def test_a_change_by_another_process_is_found(topic):
    assert found("养殖") == [topic.pk]

    # Nothing in this process hears of it.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tracks_topic SET title = '公积金提取', body = '住房' WHERE id = %s", [topic.pk])
        cursor.execute(
            "INSERT INTO tracks_topicrevision (topic_id, number, title, body, reason, created_at)"
            " VALUES (%s, 2, '公积金提取', '住房', '', %s)",
            [topic.pk, timezone.now()],
        )

    assert (found("养殖"), found("公积金")) == ([], [topic.pk])


def test_a_new_topic_is_found(topic):
    found("养殖")

    added = services.add_topic(topic.track, actor=None, number=9, title="公积金", body="住房。")

    assert found("公积金") == [added.pk]


def test_a_topic_that_went_to_another_track_is_found_by_that_name(topic):
    other = TrackFactory(competition=topic.track.competition, name="航天航空")
    assert found("航天航空") == []

    Topic.objects.filter(pk=topic.pk).update(track=other)

    assert found("航天航空") == [topic.pk]


def test_a_track_with_a_new_name_is_found_by_it(topic):
    found("养殖")

    services.rename_track(topic.track, actor=None, name="航天航空")

    assert topic.pk in found("航天航空")


def test_what_has_not_changed_is_not_read_again(topic, django_assert_num_queries):
    found("养殖")

    with django_assert_num_queries(2):
        found("防疫")


def test_only_the_topics_given_are_found(topic):
    services.add_topic(topic.track, actor=None, number=9, title="生猪养殖场", body="猪场。")

    assert found("养殖", Topic.objects.filter(pk=topic.pk)) == [topic.pk]


def test_a_withdrawn_topic_is_found_when_it_is_among_those_given(topic):
    Topic.objects.filter(pk=topic.pk).update(status=TopicStatus.WITHDRAWN)

    assert (found("养殖", Topic.objects.open()), found("养殖")) == ([], [topic.pk])


def test_topics_of_several_competitions_stand_in_one_order(topic):
    other = TopicFactory(track__competition=CompetitionFactory(), title="养殖户", body="猪价。")

    shares = [one.share for one in finding.find(Topic.objects.all(), "生猪养殖 猪场", limit=5)]

    assert set(found("生猪养殖 猪场")) == {topic.pk, other.pk}
    assert (shares[0], shares) == (1, sorted(shares, reverse=True))


def test_no_more_is_found_than_was_asked_for_of_all_competitions(topic):
    TopicFactory(title="养殖户", body="猪价。")

    assert len(finding.find(Topic.objects.all(), "养殖", limit=1)) == 1


def test_no_more_indexes_are_kept_than_there_is_room_for(monkeypatch, topic):
    monkeypatch.setattr(finding, "MOST_INDEXES", 2)
    TopicFactory.create_batch(3)

    found("养殖")

    assert len(finding._indexes) == 2


def test_nothing_is_found_where_there_are_no_topics():
    assert found("养殖") == []


def test_the_order_is_that_of_the_texts_whatever_the_database():
    guide = search_sets.topics()
    competition = CompetitionFactory()
    names = dict.fromkeys(document.group for document in guide)
    tracks = {name: TrackFactory(competition=competition, name=name) for name in names}
    # In no order that an index could take over.
    for document in sorted(guide, key=lambda document: document.body):
        number = int(document.key.split(".")[1])
        TopicFactory(track=tracks[document.group], number=number, title=document.title, body=document.body)

    for text in ("农业", "数据", "老人看病", "nongye", "gjj"):
        pure = [found.match.title for found in Finder(guide).find(text, limit=12)]
        assert [found.match.title for found in finding.find(Topic.objects.all(), text, limit=12)] == pure
