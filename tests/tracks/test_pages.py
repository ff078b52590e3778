from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, RevisionFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
def test_a_track_costs_a_visitor_the_same_however_many_topics(client, count, django_assert_num_queries):
    track = TrackFactory()
    TopicFactory.create_batch(count, track=track)
    TopicFactory()  # of another track, must not appear

    with django_assert_num_queries(5):
        response = client.get(track.get_absolute_url())

    assert len(response.context["topics"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_topic_costs_a_visitor_the_same_however_many_beside_it(client, count, django_assert_num_queries):
    topic, *_others = TopicFactory.create_batch(count, track=TrackFactory())

    with django_assert_num_queries(5):
        response = client.get(topic.get_absolute_url())

    assert len(response.context["siblings"]) == count


def test_a_topic_leaves_no_cookie_with_a_visitor(client):
    assert client.get(TopicFactory().get_absolute_url()).cookies == {}


def test_a_topic_shows_its_whole_text_in_paragraphs(client):
    topic = TopicFactory(body="第一段。\n第二段 <b>。")

    page = client.get(topic.get_absolute_url()).content.decode()

    assert "<p>第一段。</p>" in page
    assert "<p>第二段 &lt;b&gt;。</p>" in page


@pytest.mark.parametrize("page", ["track", "topic"])
def test_what_belongs_to_a_hidden_competition_is_not_there(client, page):
    topic = TopicFactory(track__competition__is_published=False)
    shown = topic.track if page == "track" else topic

    assert client.get(shown.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", [0, 2, 99999999999])
def test_a_topic_that_does_not_exist_is_not_there(client, number):
    topic = TopicFactory()

    address = reverse("tracks:topic", args=[topic.track.competition.slug, topic.track.number, number])

    assert client.get(address).status_code == 404


def test_a_topic_names_the_one_before_and_the_one_after(client):
    first, second, third = TopicFactory.create_batch(3, track=TrackFactory())

    context = client.get(second.get_absolute_url()).context

    assert (context["previous"], context["following"]) == (first, third)


def test_the_only_track_has_none_beside_it(client):
    context = client.get(TrackFactory().get_absolute_url()).context

    assert (context["previous"], context["following"]) == (None, None)


def test_a_revised_topic_says_so(client):
    topic = TopicFactory()
    RevisionFactory(topic=topic, number=2, reason="补充数据来源")

    assert "补充数据来源" in client.get(topic.get_absolute_url()).content.decode()


def test_a_topic_can_be_entered_while_the_stage_is_open(client):
    topic = TopicFactory(track__competition=CompetitionFactory(open=True))
    client.force_login(UserFactory())

    start = reverse("submissions:start", args=[topic.track.competition.slug, topic.track.number, topic.number])

    assert f'href="{start}"' in client.get(topic.get_absolute_url()).content.decode()


def test_a_topic_can_not_be_entered_from_the_end_of_the_stage_on(client):
    topic = TopicFactory(track__competition=CompetitionFactory(open=True))
    topic.track.competition.stages.update(closes_at=timezone.now() - timedelta(seconds=1))

    assert client.get(topic.get_absolute_url()).context["submission_stage"] is None


def test_a_withdrawn_topic_stays_readable_but_takes_no_entries(client):
    topic = TopicFactory(track__competition=CompetitionFactory(open=True), status=TopicStatus.WITHDRAWN)
    client.force_login(UserFactory())

    page = client.get(topic.get_absolute_url()).content.decode()

    assert topic.body in page
    assert "/submissions/start/" not in page
    assert "正在接收作品" not in page
