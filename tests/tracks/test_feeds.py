"""Announcements for feed readers."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from tests.factories.tracks import AnnouncementFactory, CompetitionFactory, OrganizerFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def feed_of(competition):
    return reverse("tracks:announcement_feed", args=[competition.slug])


def entries(client, competition):
    root = ET.fromstring(client.get(feed_of(competition)).content)  # noqa: S314 - our own words
    return root.findall(f"{ATOM}entry")


@pytest.mark.parametrize("count", [1, 3])
def test_the_feed_costs_the_same_however_long(client, count, django_assert_num_queries):
    competition = CompetitionFactory()
    AnnouncementFactory.create_batch(count, competition=competition)

    with django_assert_num_queries(2):
        found = entries(client, competition)

    assert len(found) == count


def test_an_empty_feed_is_a_feed(client):
    assert entries(client, CompetitionFactory()) == []


def test_an_entry_says_what_where_and_when(client, settings):
    published_at = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    announcement = AnnouncementFactory(title="通知", body="**重要**", published_at=published_at)
    entry = entries(client, announcement.competition)[0]

    assert entry.find(f"{ATOM}title").text == "通知"
    assert entry.find(f"{ATOM}link").get("href") == settings.CANONICAL_URL + announcement.get_absolute_url()
    assert datetime.fromisoformat(entry.find(f"{ATOM}published").text) == published_at
    assert entry.find(f"{ATOM}summary").text == "<p><strong>重要</strong></p>\n"


def test_a_draft_is_in_no_feed_not_even_its_organizers(client):
    organizer = OrganizerFactory()
    AnnouncementFactory(competition=organizer.competition, published_at=None)
    client.force_login(organizer.user)

    assert entries(client, organizer.competition) == []


def test_a_hidden_competition_has_no_feed(client):
    assert client.get(feed_of(CompetitionFactory(is_published=False))).status_code == 404


@pytest.mark.parametrize("text", ["]]><script>", "a\x0bb\ufffe", "&lt;b&gt; & <b>", "𠮷🏆\u202e"], ids=ascii)
def test_hostile_text_breaks_no_feed(client, text):
    announcement = AnnouncementFactory(title=text, body=text)

    assert len(entries(client, announcement.competition)) == 1


def test_the_list_of_announcements_names_its_feed(client):
    competition = CompetitionFactory()
    page = client.get(reverse("tracks:announcements", args=[competition.slug])).content.decode()

    assert f'type="application/atom+xml" href="{feed_of(competition)}"' in page
