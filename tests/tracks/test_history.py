"""A topic's revisions on their page: all of them, and what changed between any two."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.tracks import OrganizerFactory, RevisionFactory, TopicFactory
from tracks.services import place_topics, revise_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return TopicFactory(
        track__competition__slug="sichuan-2026",
        track__number=9,
        number=2,
        title="提升监测能力",
        body="第一段。\n第二段。",
    )


def page(client, topic, **query):
    return client.get(topic.get_history_url(), query)


def revise(topic, body, *, reason="", actor=None, title=None):
    return revise_topic(topic, actor=actor, title=title or topic.title, body=body, reason=reason)


def text(response):
    return response.content.decode()


def test_one_text_has_nothing_to_compare(client, topic):
    response = page(client, topic)

    assert response.status_code == 200
    assert response.context["form"] is None
    assert "<del>" not in text(response)


def test_the_latest_is_compared_with_the_one_before(client, topic):
    for body in ("第一段。\n第二段改过。", "第一段。\n第二段又改过。"):
        revise(topic, body)

    response = page(client, topic)

    assert (response.context["before"].number, response.context["after"].number) == (2, 3)


def test_what_went_and_what_came_is_marked(client, topic):
    revise(topic, "第一段。\n第二段改过。")

    response = page(client, topic)

    assert "第二段<ins>改过</ins>。" in text(response)


def test_any_two_are_compared_the_older_one_first(client, topic):
    for body in ("第一段。\n第二段改过。", "第一段。"):
        revise(topic, body)

    response = page(client, topic, **{"from": 3, "to": 1})

    assert (response.context["before"].number, response.context["after"].number) == (1, 3)
    assert "<del>第二段。</del>" in text(response)


def test_a_text_compared_with_itself_differs_in_nothing(client, topic):
    revise(topic, "另一段。")

    response = page(client, topic, **{"from": 2, "to": 2})

    assert [row.kind for row in response.context["rows"]] == ["same"]


def test_another_title_is_told_as_well(client, topic):
    revise(topic, topic.body, title="完全两样的名称")

    response = page(client, topic)

    assert "<del>提升监测能力</del>" in text(response)
    assert "<ins>完全两样的名称</ins>" in text(response)


@pytest.mark.parametrize(
    "query",
    [{"from": "9"}, {"to": "x"}, {"from": ""}, {"from": "1e1"}, {"to": "１"}, {"from": "-1"}, {"to": "9" * 5000}],
    ids=lambda query: str(query)[:20],
)
def test_a_text_that_is_not_there_is_named_at_the_field(client, topic, query):
    revise(topic, "另一段。")

    response = page(client, topic, **query)

    assert response.status_code == 400
    assert set(response.context["form"].errors) == set(query)
    assert "rows" not in response.context


def test_reasons_stand_there_and_no_person(client, topic):
    somebody = OrganizerFactory(competition=topic.track.competition, user=UserFactory(full_name="张组织")).user
    revise(topic, "另一段。", reason="按主管部门意见调整", actor=somebody)

    said = text(page(client, topic)) + text(client.get(topic.get_absolute_url()))

    assert said.count("按主管部门意见调整") == 2
    assert "张组织" not in said


def test_texts_are_shown_as_they_are(client, topic):
    revise(topic, "<script>alert(1)</script>", reason="<b>为什么</b>", title="<i>名</i>")

    said = text(page(client, topic))

    assert "<script>alert" not in said
    assert "<b>为什么" not in said
    assert "&lt;script&gt;" in said


def test_the_page_of_a_hidden_contest_is_missing(client, topic):
    topic.track.competition.__class__.objects.update(is_published=False)

    assert page(client, topic).status_code == 404


def test_its_organizer_sees_the_page_of_a_hidden_contest(client, topic):
    client.force_login(OrganizerFactory(competition=topic.track.competition).user)
    topic.track.competition.__class__.objects.update(is_published=False)

    assert page(client, topic).status_code == 200


@pytest.mark.parametrize("count", [2, 4])
def test_the_page_costs_the_same_however_many_texts(client, topic, count, django_assert_num_queries):
    for number in range(2, count + 1):
        RevisionFactory(topic=topic, number=number)
    RevisionFactory(topic=TopicFactory(track=topic.track, number=7), number=2)

    # Remembered pages ask for the state of the trail, then the topic, its texts, the two compared, the menu.
    with django_assert_num_queries(5):
        response = page(client, topic)

    assert len(response.context["revisions"]) == count


@pytest.mark.parametrize(("days", "is_recent"), [(1, True), (13, True), (15, False)])
def test_a_change_is_recent_for_two_weeks(client, topic, days, is_recent):
    RevisionFactory(topic=topic, number=2, created_at=timezone.now() - timedelta(days=days))

    assert client.get(topic.get_absolute_url()).context["revision"].is_recent == is_recent
    assert client.get(topic.track.get_absolute_url()).context["topics"][0].is_recent == is_recent


def test_a_new_topic_is_no_changed_one(client, topic):
    assert not client.get(topic.get_absolute_url()).context["revision"].is_recent


def test_old_links_say_that_another_topic_stood_there(client, topic):
    other = TopicFactory(track=topic.track, title="数据治理", number=5)
    place_topics(topic.track.competition, {topic.pk: (9, 5), other.pk: (9, 2)}, actor=None, reason="重排")

    response = client.get("/sichuan-2026/tracks/9/topics/2/revisions/")

    assert "/sichuan-2026/tracks/9/topics/5/revisions/" in text(response)
