"""The page that finds a topic: what is typed, what comes up, and what is refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.finding import LONGEST
from tracks.models import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    track = TrackFactory(name="城市治理", number=11)
    TopicFactory.create_batch(5, track=track)
    return TopicFactory(track=track, title="住房公积金服务", body="探索新模式。")


@pytest.fixture
def page(topic):
    return f"/{topic.track.competition.slug}/search/"


def shown(response) -> list[Topic]:
    context = response.context
    groups = [result for group in context.get("groups", ()) for result in group.results]
    return [result.topic for result in [*context.get("best", ()), *groups]]


def test_the_page_opens_with_advice_and_without_results(client, page):
    response = client.get(page)

    assert (response.status_code, response.context["is_asked"]) == (200, False)


@pytest.mark.parametrize("text", ["公积金", "gongjijin", "gjj", "提取公积金", "  公积金\n"])
def test_a_word_in_the_address_finds_a_topic(client, page, topic, text):
    assert shown(client.get(page, {"q": text})) == [topic]


def test_what_matched_is_marked(client, page):
    assert "<mark>住房公积金</mark>服务" in client.get(page, {"q": "公积金"}).content.decode()


def test_markup_stays_text_in_the_box_and_in_the_results(client, page, topic):
    Topic.objects.filter(pk=topic.pk).update(title="<script>公积金</script>")

    html = client.get(page, {"q": "公积金<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in html
    assert "<script>公积金" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_short_text_that_is_sent_gets_an_address(client, page):
    response = client.post(page, {"q": "公积金", "withdrawn": "on"})

    assert (response.status_code, response.headers["Location"]) == (302, f"{page}?q={quote('公积金')}&withdrawn=on")


def test_a_long_text_is_answered_at_once_and_stays_in_the_box(client, page, topic):
    text = "职工提取公积金要跑很多窗口，开很多证明。" * 100

    response = client.post(page, {"q": text})

    assert (response.status_code, shown(response), text in response.content.decode()) == (200, [topic], True)


def test_a_text_that_is_too_long_is_refused_at_its_field_and_kept(client, page):
    text = "公" * (LONGEST + 1)

    response = client.post(page, {"q": text})

    assert (response.status_code, list(response.context["form"].errors), text in response.content.decode()) == (
        400,
        ["q"],
        True,
    )


def test_a_hundred_thousand_characters_get_a_clear_answer(client, page):
    assert client.post(page, {"q": "字" * 100_000}).status_code == 400


def test_a_null_character_is_refused_at_its_field(client, page):
    response = client.post(page, {"q": "公积金\x00"})

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["q"])


@pytest.mark.parametrize("query", [b"%ED%A0%80", b"%FF%FE", b"%EF%BF%BD"])
def test_bytes_that_are_no_text_find_nothing(client, page, query):
    response = client.get(f"{page}?q={query.decode()}")

    assert (response.status_code, shown(response)) == (200, [])


@pytest.mark.parametrize("text", ["，。？！", "😀" * 4000, "的"], ids=["punctuation", "emoji", "grammar"])
def test_what_says_nothing_gets_advice(client, page, text):
    response = client.post(page, {"q": text}, follow=True)

    assert (response.status_code, response.context["is_asked"], shown(response)) == (200, True, [])


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_box_is_no_mistake(client, page, text):
    response = client.post(page, {"q": text})

    assert (response.status_code, response.context["form"].errors) == (200, {})


def test_a_withdrawn_topic_comes_up_only_when_it_is_asked_for(client, page, topic):
    Topic.objects.filter(pk=topic.pk).update(status=TopicStatus.WITHDRAWN)

    answers = [shown(client.get(page, {"q": "公积金", **more})) for more in ({}, {"withdrawn": "on"})]

    assert answers == [[], [topic]]


def test_topics_of_another_competition_do_not_come_up(client, page):
    TopicFactory(track__competition=CompetitionFactory(), title="公积金贷款")

    assert len(shown(client.get(page, {"q": "公积金"}))) == 1


def test_a_contest_in_preparation_has_no_such_page(client, topic, page):
    type(topic.track.competition).objects.update(is_published=False)

    assert client.get(page).status_code == 404


def test_its_organizer_can_search_a_contest_in_preparation(client, topic, page):
    type(topic.track.competition).objects.update(is_published=False)
    client.force_login(OrganizerFactory(competition=topic.track.competition).user)

    assert shown(client.get(page, {"q": "公积金"})) == [topic]


def test_the_first_three_stand_alone_and_the_others_by_track(client):
    competition = CompetitionFactory()
    tracks = [TrackFactory(competition=competition, name=name) for name in ("工业制造", "城市治理")]
    for number in range(1, 5):
        for track in tracks:
            TopicFactory(track=track, number=number, title="公积金" * number)
    TopicFactory.create_batch(20, track=TrackFactory(competition=competition))

    context = client.get(f"/{competition.slug}/search/", {"q": "公积金"}).context

    assert len(context["best"]) == 3
    assert sorted(len(group.results) for group in context["groups"]) == [2, 3]
    assert {result.topic.track for group in context["groups"] for result in group.results} == set(tracks)


def test_the_box_of_a_page_without_cookies_takes_a_whole_summary(page, topic):
    response = Client(enforce_csrf_checks=True).post(page, {"q": f"{topic.title}。" * 100})

    assert shown(response)[0] == topic


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, page, method):
    assert getattr(client, method)(page).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_costs_the_same_however_many_topics_are_found(client, count, django_assert_num_queries):
    track = TrackFactory()
    TopicFactory.create_batch(10, track=track)
    for number in range(count):
        TopicFactory(track=track, number=90 + number, title=f"公积金{number}")
    address = f"/{track.competition.slug}/search/?q=公积金"
    client.get(address)

    with django_assert_num_queries(5):
        response = client.get(address)

    assert len(shown(response)) == count


def test_home_has_the_box(client, topic, page):
    assert f'action="{page}"' in client.get(f"/{topic.track.competition.slug}/").content.decode()
