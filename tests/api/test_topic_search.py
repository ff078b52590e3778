"""Topics by what they are about, as programs ask for them."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.finding import LONGEST
from tracks.models import Topic

TOPICS, SEARCH = "/api/v1/topics/", "/api/v1/topics/search/"


@pytest.fixture
def topic(db):
    track = TrackFactory(competition__slug="sichuan-2026", number=11, name="城市治理")
    TopicFactory.create_batch(5, track=track)
    return TopicFactory(track=track, title="住房公积金服务", body="探索新模式。")


def post(client, body, query=""):
    content = body if isinstance(body, str) else json.dumps(body)
    return client.post(f"{SEARCH}{query}", content, content_type="application/json")


def ids(response):
    return [row["id"] for row in response.json()["results"]]


def test_the_best_comes_first_with_a_score_and_what_matched(client, topic):
    row = client.get(TOPICS, {"search": "提取公积金"}).json()["results"][0]

    assert {name: row[name] for name in ("id", "score", "fit", "phrases")} == {
        "id": topic.pk,
        "score": 1.0,
        "fit": "close",
        "phrases": [{"text": "住房公积金", "words": ["提取公积金"]}],
    }


def test_a_found_topic_is_sent_as_in_the_list(client, topic):
    found = client.get(TOPICS, {"search": "公积金"}).json()["results"][0]
    listed = client.get(f"{TOPICS}{topic.pk}/").json()

    assert {name: found[name] for name in listed} == listed


def test_a_long_text_is_sent_as_a_body(client, topic):
    assert ids(post(client, {"search": "职工提取公积金要跑很多窗口。" * 100})) == [topic.pk]


def test_both_ways_give_the_same_topics(client, topic):
    assert ids(post(client, {"search": "公积金"})) == ids(client.get(TOPICS, {"search": "公积金"}))


@pytest.mark.parametrize("ask", ["get", "post"])
def test_filters_leave_out_what_does_not_fit_them(client, topic, ask):
    elsewhere = TopicFactory(track__competition=CompetitionFactory(slug="other"), title="公积金贷款")

    if ask == "get":
        answer = client.get(TOPICS, {"search": "公积金", "competition": "other"})
    else:
        answer = post(client, {"search": "公积金"}, "?competition=other")

    assert ids(answer) == [elsewhere.pk]


def test_a_withdrawn_topic_is_found_only_when_it_is_asked_for(client, topic):
    Topic.objects.filter(pk=topic.pk).update(status=TopicStatus.WITHDRAWN)

    answers = [ids(client.get(TOPICS, {"search": "公积金", **more})) for more in ({}, {"status": "withdrawn"})]

    assert answers == [[], [topic.pk]]


def test_topics_of_a_contest_in_preparation_are_not_found(client, topic):
    type(topic.track.competition).objects.update(is_published=False)

    assert ids(client.get(TOPICS, {"search": "公积金"})) == []


def test_as_many_come_as_were_asked_for(client, topic):
    TopicFactory.create_batch(3, track=topic.track, title="公积金贷款")

    assert len(ids(client.get(TOPICS, {"search": "公积金", "page_size": "2"}))) == 2


@pytest.mark.parametrize("text", ["", "  ", "公\x00", "公" * (LONGEST + 1), "公" * 100_000], ids=len)
def test_a_text_that_can_not_be_searched_for_is_refused_by_name(client, db, text):
    response = client.get(TOPICS, {"search": text})

    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, ["search"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "search"),
        ({"search": ""}, "search"),
        ({"search": None}, "search"),
        ({"search": ["公积金"]}, "search"),
        ({"search": "公\x00"}, "search"),
        ('{"search": "\\ud800"}', "search"),
        ({"search": "公" * 100_000}, "search"),
        ({"search": "公积金", "limit": 3}, "limit"),
        (["公积金"], "non_field_errors"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_can_not_be_searched_for_is_refused_by_name(client, db, body, field):
    response = post(client, body)

    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, [field])


def test_a_body_that_is_no_json_is_refused(client, db):
    assert (post(client, "{").status_code, post(client, "{").json()["error"]["code"]) == (400, "parse_error")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_size", "0"),
        ("page_size", "51"),
        ("page_size", "x"),
        ("cursor", "x"),
        ("status", "secret"),
        ("limit", "3"),
    ],
)
@pytest.mark.parametrize("ask", ["get", "post"])
def test_a_parameter_that_makes_no_sense_is_refused_by_name(client, db, ask, name, value):
    query = {"search": "公积金", name: value}
    response = client.get(TOPICS, query) if ask == "get" else post(client, {"search": "公积金"}, f"?{name}={value}")

    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, [name])


def test_a_text_in_two_places_is_refused(client, db):
    assert list(post(client, {"search": "公积金"}, "?search=1").json()["error"]["fields"]) == ["search"]


@pytest.mark.parametrize("text", ["😀" * 4000, "，。？！", "的"], ids=["emoji", "punctuation", "grammar"])
def test_what_says_nothing_finds_nothing(client, topic, text):
    assert (post(client, {"search": text}).status_code, ids(post(client, {"search": text}))) == (200, [])


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_the_search_is_asked_by_post_alone(client, db, method):
    assert getattr(client, method)(SEARCH).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_costs_the_same_however_many_are_found(client, topic, count, django_assert_num_queries):
    for number in range(count - 1):
        TopicFactory(track=topic.track, number=90 + number, title="住房公积金")
    client.get(TOPICS, {"search": "公积金"})

    with django_assert_num_queries(3):
        found = ids(client.get(TOPICS, {"search": "公积金"}))

    assert len(found) == count


@pytest.mark.parametrize("ask", ["get", "post"])
def test_what_is_sent_is_what_is_described(client, topic, ask):
    schema = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()
    path = TOPICS if ask == "get" else SEARCH
    answer = client.get(TOPICS, {"search": "公积金"}) if ask == "get" else post(client, {"search": "公积金"})
    described = schema["paths"][path][ask]["responses"]["200"]["content"]["application/json"]["schema"]

    jsonschema.validate(answer.json(), {**described, "components": schema["components"]})


def test_refusals_of_the_search_are_described(client, db):
    schema = client.get("/api/v1/schema/", headers={"accept": "application/json"}).json()

    assert {"200", "400"} <= set(schema["paths"][SEARCH]["post"]["responses"])


@pytest.mark.parametrize("depth", [30, 500, 1200, 100_000])
def test_what_is_nested_too_deeply_is_refused(client, topic, depth):
    response = post(client, f'{{"search": {"[" * depth}{"]" * depth}}}')

    assert (response.status_code, response.json()["error"]["code"]) == (400, "parse_error")


@pytest.mark.parametrize("body", ['{"search": "x", "\\ud800": 1}', '{"search": "\\ud800"}'], ids=["name", "text"])
def test_half_a_character_has_an_answer(client, topic, body):
    response = post(client, body)

    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid")


def test_a_body_that_is_too_large_is_refused_in_the_shape_of_errors(client, topic):
    response = post(client, {"search": "字" * 1_000_000})

    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")


def test_what_is_not_there_is_said_in_the_readers_language(client, topic):
    message = client.get(f"{TOPICS}999999/", headers={"Accept-Language": "zh-hans"}).json()["error"]["message"]

    assert "Topic" not in message
