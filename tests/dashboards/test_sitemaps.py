"""What search engines and those who share a link are told."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from django.urls import reverse

from portal.core.templatetags.share import LONGEST
from portal.dashboards.sitemaps import PRIVATE
from tests.factories.tracks import AnnouncementFactory, CompetitionFactory, TopicFactory, TrackFactory

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def addresses(client, path):
    root = ET.fromstring(client.get(path).content)  # noqa: S314 - our own words
    return {entry.find(f"{MAP}loc").text: entry.findtext(f"{MAP}lastmod") for entry in root}


def map_of(competition):
    return reverse("dashboards:competition_sitemap", args=[competition.slug])


def test_the_index_names_the_maps_of_public_competitions(client, settings):
    public = CompetitionFactory()
    CompetitionFactory(is_published=False)

    assert list(addresses(client, "/sitemap.xml")) == [settings.CANONICAL_URL + map_of(public)]


@pytest.mark.parametrize("count", [1, 3])
def test_a_map_costs_the_same_however_long(client, count, django_assert_num_queries):
    competition = CompetitionFactory()
    for track in TrackFactory.create_batch(count, competition=competition):
        TopicFactory(track=track)
        AnnouncementFactory(competition=competition)

    with django_assert_num_queries(4):
        found = addresses(client, map_of(competition))

    assert len(found) == 2 + 3 * count


def test_a_map_names_each_public_page_with_its_last_change(client, settings):
    topic = TopicFactory()
    revised_at = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    topic.revisions.update(created_at=revised_at)
    competition = topic.track.competition
    pages = [page.get_absolute_url() for page in (competition, topic.track, topic)]
    pages.append(reverse("dashboards:topics", args=[competition.slug]))

    changed = "2026-06-01T09:00:00+08:00"
    assert addresses(client, map_of(competition)) == {settings.CANONICAL_URL + page: changed for page in pages}


def test_a_map_names_no_draft(client):
    draft = AnnouncementFactory(published_at=None)

    assert len(addresses(client, map_of(draft.competition))) == 2


def test_a_hidden_competition_has_no_map(client):
    assert client.get(map_of(CompetitionFactory(is_published=False))).status_code == 404


def test_search_engines_are_shown_the_map_and_kept_out_of_private_rooms(client, settings):
    said = client.get("/robots.txt").content.decode().splitlines()

    assert f"Sitemap: {settings.CANONICAL_URL}/sitemap.xml" in said
    assert {f"Disallow: {path}" for path in PRIVATE} <= set(said)


def preview(page):
    head = page.content.decode().split("</head>")[0]
    found = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', head))
    return {**found, "canonical": re.search(r'rel="canonical" href="([^"]*)"', head)[1]}


def test_a_shared_topic_shows_what_it_is(client, settings):
    topic = TopicFactory(title="山洪预警", body="第一行\n第二行")
    address = settings.CANONICAL_URL + topic.get_absolute_url()

    assert preview(client.get(topic.get_absolute_url() + "?utm_source=x")) == {
        "title": "山洪预警",
        "description": "第一行 第二行",
        "type": "article",
        "url": address,
        "locale": "zh_CN",
        "site_name": settings.SITE_NAME,
        "canonical": address,
    }


def test_a_shared_announcement_shows_words_without_marks(client):
    announcement = AnnouncementFactory(body="## 通知\n\n**重要**")

    assert preview(client.get(announcement.get_absolute_url()))["description"] == "通知 重要"


def test_the_root_is_the_same_page_as_its_competitions(client, settings):
    competition = CompetitionFactory()

    assert preview(client.get("/"))["canonical"] == settings.CANONICAL_URL + competition.get_absolute_url()


@pytest.mark.parametrize("page", ["/", "/competitions/"])
def test_a_page_without_a_competition_is_shared_as_the_site(client, settings, page):
    assert preview(client.get(page))["title"] == settings.SITE_NAME


def test_hostile_text_stays_inside_its_attribute(client):
    topic = TopicFactory(title='"><script>alert(1)</script>')

    assert "<script>alert" not in client.get(topic.get_absolute_url()).content.decode()


def test_a_preview_is_short(client):
    topic = TopicFactory(body="长" * 10_000)

    assert len(preview(client.get(topic.get_absolute_url()))["description"]) <= LONGEST
