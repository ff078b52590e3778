"""Pages that are made once for all visitors without a session, and what makes them anew."""

from datetime import UTC, datetime

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, StageFactory, TopicFactory
from tracks.services import revise_topic

pytestmark = pytest.mark.database
NOON = datetime(2026, 7, 1, 4, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def memory(settings, time_machine):
    settings.CACHES = {**settings.CACHES, "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    time_machine.move_to(NOON, tick=False)
    yield
    caches["pages"].clear()


@pytest.fixture
def topic(db):
    return TopicFactory()


def queries_of(client, address, **options):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address, **options)
    return len(queries), response


def test_a_second_visitor_costs_one_query(client, topic):
    client.get(topic.get_absolute_url())

    assert queries_of(client, topic.get_absolute_url())[0] == 1


def test_a_second_visitor_reads_the_same(client, topic):
    first = client.get(topic.get_absolute_url())
    second = client.get(topic.get_absolute_url())

    assert (second.content, second["Content-Type"]) == (first.content, first["Content-Type"])


def test_a_copy_that_is_still_good_is_not_sent_again(client, topic):
    etag = client.get(topic.get_absolute_url())["ETag"]
    cost, response = queries_of(client, topic.get_absolute_url(), headers={"if-none-match": etag})

    assert (cost, response.status_code, response.content) == (1, 304, b"")


def test_a_change_shows_at_once(client, topic):
    client.get(topic.get_absolute_url())
    revise_topic(topic, actor=None, title="换了题目", body="换了正文。")

    assert "换了正文。" in client.get(topic.get_absolute_url()).content.decode()


def test_a_change_elsewhere_leaves_the_etag_as_it_was(client, topic):
    etag = client.get(topic.get_absolute_url())["ETag"]
    revise_topic(TopicFactory(), actor=None, title="别处", body="别处的正文。")

    assert client.get(topic.get_absolute_url())["ETag"] == etag


def test_the_next_minute_is_another_page(client, db, time_machine):
    stage = StageFactory()
    address = stage.competition.get_absolute_url()
    client.get(address)
    time_machine.shift(60)

    assert queries_of(client, address)[0] > 1


def test_another_language_is_another_page(client, topic):
    client.get(topic.get_absolute_url())
    client.cookies["django_language"] = "en"

    assert 'lang="en"' in client.get(topic.get_absolute_url()).content.decode()


def test_somebody_signed_in_is_never_shown_a_visitors_page(client, topic):
    client.get(topic.get_absolute_url())
    client.force_login(UserFactory(full_name="李雷"))

    assert "李雷" in client.get(topic.get_absolute_url()).content.decode()


def test_a_visitor_is_never_shown_the_page_of_somebody_signed_in(client, topic):
    client.force_login(UserFactory(full_name="李雷"))
    client.get(topic.get_absolute_url())
    client.logout()

    assert "李雷" not in client.get(topic.get_absolute_url()).content.decode()


def test_caches_on_the_way_must_ask_again(client, topic):
    response = client.get(topic.get_absolute_url())

    assert (response["Cache-Control"], "Cookie" in response["Vary"]) == ("private, no-cache", True)


def test_what_is_missing_is_not_remembered(client, db):
    client.get("/later/")
    CompetitionFactory(slug="later")

    assert client.get("/later/").status_code == 200
