"""What every list keeps to: pages by key, strict parameters, one shape of errors, answers that can be cached."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories.tracks import TopicFactory, TrackFactory

TOPICS = "/api/v1/topics/"
LISTS = ["/api/v1/tracks/", TOPICS, "/api/v1/results/"]


@pytest.fixture
def topics(db):
    track = TrackFactory()
    return TopicFactory.create_batch(5, track=track)


def walk(client, address):
    """The ids on each page, following ``next`` to the end."""
    pages = []
    while address is not None:
        answer = client.get(address).json()
        pages.append([row["id"] for row in answer["results"]])
        address = answer["next"]
    return pages


def cursor(client, **query):
    following = client.get(TOPICS, {"page_size": "2", **query}).json()["next"]
    return parse_qs(urlsplit(following).query)["cursor"][0]


def test_pages_together_are_the_list(client, topics):
    first, second, third, fourth, fifth = (topic.pk for topic in topics)

    assert walk(client, f"{TOPICS}?page_size=2") == [[first, second], [third, fourth], [fifth]]


def test_a_full_last_page_has_no_next(client, topics):
    assert client.get(TOPICS, {"page_size": "5"}).json()["next"] is None


def test_the_next_page_keeps_the_filter(client, topics):
    TopicFactory()
    number = topics[0].track.number

    pages = walk(client, f"{TOPICS}?page_size=2&track={number}&competition={topics[0].track.competition.slug}")

    assert [pk for page in pages for pk in page] == [topic.pk for topic in topics]


def test_a_row_that_comes_in_between_repeats_none(client, topics):
    following = client.get(TOPICS, {"page_size": "2"}).json()["next"]
    type(topics[0]).objects.filter(pk=topics[0].pk).update(number=99)

    assert [row["id"] for row in client.get(following).json()["results"]] == [topics[2].pk, topics[3].pk]


def test_the_121_topics_of_a_contest_fit_on_one_page(client, db):
    track = TrackFactory()
    TopicFactory._meta.model.objects.bulk_create(
        TopicFactory.build(track=track, number=number) for number in range(1, 122)
    )

    assert [len(page) for page in walk(client, f"{TOPICS}?page_size=200")] == [121]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page_size", "0"),
        ("page_size", "201"),
        ("page_size", "1000000"),
        ("page_size", "-1"),
        ("page_size", "NaN"),
        ("page_size", "１０"),
        ("page_size", "9" * 5000),
        ("page_size", ""),
        ("cursor", "x"),
        ("cursor", ""),
        ("cursor", "WzEsIDJd"),
        ("cursor", "WzEsIDJd:forged"),
        ("cursor", "\x00"),
        ("track", "NaN"),
        ("track", "Infinity"),
        ("track", "1.5"),
        ("track", "1e3"),
        ("track", "one"),
        ("status", "secret"),
        ("competition", "\x00"),
        ("page", "-1"),
        ("offset", "50"),
        ("ordering", "track__competition__created_at"),
        ("anything", "x"),
        ("track__competition__is_published", "false"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(client, db, name, value):
    response = client.get(TOPICS, {name: value})

    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, [name])


@pytest.mark.parametrize("value", ["999999999999999999999999", "-1", "0"])
def test_a_number_that_no_track_has_finds_nothing(client, topics, value):
    assert client.get(TOPICS, {"track": value}).json()["results"] == []


def test_a_cursor_that_was_changed_is_refused(client, topics):
    given = cursor(client)

    assert client.get(TOPICS, {"cursor": f"{given[:-1]}{'A' if given[-1] != 'A' else 'B'}"}).status_code == 400


def test_a_cursor_of_another_list_is_refused(client, topics):
    assert client.get("/api/v1/tracks/", {"cursor": cursor(client)}).status_code == 400


@pytest.mark.parametrize("address", [f"{TOPICS}999999/", f"{TOPICS}abc/", "/api/v1/nothing/", "/api/v1/"])
def test_what_is_not_there_is_said_in_json(client, db, address):
    response = client.get(address)

    assert (response.status_code, response.json()["error"]["code"], response.json()["error"]["fields"]) == (
        404,
        "not_found",
        {},
    )


def test_an_address_without_its_slash_finds_the_way(client, db):
    assert client.get("/api/v1/topics").headers["Location"] == TOPICS


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, db, address, method):
    response = getattr(client, method)(address, "{}", content_type="application/json")

    assert (response.status_code, response.json()["error"]["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("method", ["head", "options"])
def test_every_list_can_be_asked_about(client, db, address, method):
    assert getattr(client, method)(address).status_code == 200


@pytest.mark.parametrize("address", LISTS)
def test_what_has_not_changed_is_not_sent_again(client, topics, address):
    known = client.get(address)["ETag"]

    assert client.get(address, headers={"if-none-match": known}).status_code == 304


def test_a_page_with_a_next_can_be_cached_too(client, topics):
    known = client.get(f"{TOPICS}?page_size=2")["ETag"]

    assert client.get(f"{TOPICS}?page_size=2", headers={"if-none-match": known}).status_code == 304


def test_what_has_changed_is_sent(client, topics):
    known = client.get(TOPICS)["ETag"]
    type(topics[0]).objects.filter(pk=topics[0].pk).update(title="新题目")

    assert client.get(TOPICS, headers={"if-none-match": known}).status_code == 200


def test_chinese_is_sent_as_it_is(client, topics):
    assert topics[0].title in client.get(TOPICS).content.decode()
