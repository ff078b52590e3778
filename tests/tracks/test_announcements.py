"""What organizers announce, and who reads it from when on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from portal.core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.tracks import AnnouncementFactory, CompetitionFactory, OrganizerFactory, TrackFactory
from tracks.models import Announcement, Competition
from tracks.services import change_announcement, write_announcement

pytestmark = pytest.mark.django_db
NOON = datetime(2030, 5, 1, 4, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def list_of(competition):
    return reverse("tracks:announcements", args=[competition.slug])


def listed(client, competition, **query):
    return list(client.get(list_of(competition), query).context["announcements"])


@pytest.fixture
def organizer():
    return OrganizerFactory()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_a_visitor_the_same_however_long(client, count, django_assert_num_queries):
    competition = CompetitionFactory()
    AnnouncementFactory.create_batch(count, competition=competition)
    AnnouncementFactory()  # of another competition, must not appear

    with django_assert_num_queries(4):
        found = listed(client, competition)

    assert len(found) == count


def test_a_page_costs_a_visitor_two_queries(client, django_assert_num_queries):
    announcement = AnnouncementFactory()

    with django_assert_num_queries(3):
        response = client.get(announcement.get_absolute_url())

    assert response.cookies == {}


@pytest.mark.parametrize(("published_at", "is_there"), [(NOON, True), (NOON + TICK, False), (None, False)])
def test_visitors_read_it_from_its_moment_on(client, time_machine, published_at, is_there):
    time_machine.move_to(NOON, tick=False)
    announcement = AnnouncementFactory(published_at=published_at)

    assert (client.get(announcement.get_absolute_url()).status_code == 200) is is_there
    assert (listed(client, announcement.competition) == [announcement]) is is_there


def test_an_organizer_sees_drafts(client, organizer):
    draft = AnnouncementFactory(competition=organizer.competition, published_at=None)
    client.force_login(organizer.user)

    assert client.get(draft.get_absolute_url()).status_code == 200


def test_an_organizer_of_a_track_sees_no_drafts(client):
    track = TrackFactory()
    client.force_login(OrganizerFactory(competition=track.competition, tracks=[track]).user)
    draft = AnnouncementFactory(competition=track.competition, published_at=None)

    assert client.get(draft.get_absolute_url()).status_code == 404


def test_an_organizer_of_another_competition_sees_no_drafts(client, organizer):
    client.force_login(organizer.user)

    assert client.get(AnnouncementFactory(published_at=None).get_absolute_url()).status_code == 404


def test_a_hidden_competition_announces_nothing(client):
    announcement = AnnouncementFactory(competition__is_published=False)

    assert client.get(announcement.get_absolute_url()).status_code == 404
    assert client.get(list_of(announcement.competition)).status_code == 404


def test_what_is_kept_on_top_comes_first_then_the_newest(client):
    competition, long_ago = CompetitionFactory(), NOON.replace(year=2020)
    older, newest = (
        AnnouncementFactory(competition=competition, published_at=long_ago + timedelta(days=day)) for day in (1, 2)
    )
    pinned = AnnouncementFactory(competition=competition, published_at=long_ago, is_pinned=True)

    assert listed(client, competition) == [pinned, newest, older]


def test_the_twenty_first_is_on_the_second_page(client):
    competition = CompetitionFactory()
    rows = AnnouncementFactory.create_batch(21, competition=competition, published_at=NOON.replace(year=2020))

    assert (len(listed(client, competition)), listed(client, competition, page=2)) == (20, [rows[0]])


@pytest.mark.parametrize("page", ["0", "-1", "3", "x", "１", "1e3", "99999999999999999999", ""])
def test_a_page_that_is_none_is_not_there(client, page):
    announcement = AnnouncementFactory()

    assert client.get(list_of(announcement.competition), {"page": page}).status_code == 404


def test_an_empty_list_says_so(client):
    page = client.get(list_of(CompetitionFactory())).content.decode()

    assert 'class="empty"' in page


def test_markdown_is_shown_as_meant(client):
    announcement = AnnouncementFactory(body="# 要点\n\n- **一**")

    page = client.get(announcement.get_absolute_url()).content.decode()

    assert "<h2>要点</h2>" in page
    assert "<li><strong>一</strong></li>" in page


HOSTILE = ["<script>alert(1)</script>", "{{ 7|add:7 }}{% now 'Y' %}", "𠮷🏆", "\u202e.exe", "数" * 10_000]


@pytest.mark.parametrize("text", HOSTILE, ids=["script", "template", "four bytes", "bidi", "long"])
def test_hostile_text_stays_text(client, text):
    announcement = AnnouncementFactory(title=text[:120], body=text)

    for address in (announcement.get_absolute_url(), list_of(announcement.competition)):
        page = client.get(address)
        assert (page.status_code, "<script>alert" in page.content.decode()) == (200, False)


def test_an_edit_link_is_for_organizers_alone(client, organizer):
    announcement = AnnouncementFactory(competition=organizer.competition)
    address = reverse("admin:tracks_announcement_change", args=[announcement.pk])
    before = client.get(announcement.get_absolute_url()).content.decode()
    client.force_login(organizer.user)

    after = client.get(announcement.get_absolute_url()).content.decode()

    assert (address in before, address in after) == (False, True)


def test_no_way_to_write_is_offered_to_whoever_runs_another_competition(client, organizer):
    client.force_login(OrganizerFactory().user)

    assert client.get(list_of(organizer.competition)).context["can_write"] is False


def test_writing_numbers_them_in_each_competition(organizer):
    AnnouncementFactory.create_batch(2)

    written = [
        write_announcement(organizer.competition, actor=organizer.user, title=f"通知{n}", body="正文") for n in (1, 2)
    ]

    assert [row.number for row in written] == [1, 2]


def test_the_writer_is_kept(organizer):
    written = write_announcement(organizer.competition, actor=organizer.user, title="通知", body="正文")

    assert (written.author, written.published_at) == (organizer.user, None)


@pytest.mark.parametrize("title", ["a\u202eb", "第一行\n第二行", "", "数" * 121, "https://example.cn"], ids=ascii)
def test_a_title_is_one_plain_line(organizer, title):
    with pytest.raises(ValidationError) as refused:
        write_announcement(organizer.competition, actor=organizer.user, title=title, body="正文")

    assert list(refused.value.error_dict) == ["title"]


@pytest.mark.parametrize("body", ["", "a\x00b", "a\x0bb", "数" * 20_001], ids=["empty", "null", "control", "long"])
def test_a_text_has_its_limits(organizer, body):
    with pytest.raises(ValidationError) as refused:
        write_announcement(organizer.competition, actor=organizer.user, title="通知", body=body)

    assert list(refused.value.error_dict) == ["body"]


def test_whoever_runs_some_tracks_writes_nothing(organizer):
    track = TrackFactory(competition=organizer.competition)
    helper = OrganizerFactory(competition=organizer.competition, tracks=[track]).user

    with pytest.raises(PermissionDenied):
        write_announcement(organizer.competition, actor=helper, title="通知", body="正文")


def test_a_stranger_changes_nothing():
    announcement = AnnouncementFactory()

    with pytest.raises(PermissionDenied):
        change_announcement(announcement, actor=UserFactory(), title="不许")


def test_a_change_keeps_the_address_and_leaves_a_line(organizer):
    announcement = AnnouncementFactory(competition=organizer.competition, title="旧")

    changed = change_announcement(announcement, actor=organizer.user, title="新", body=announcement.body)

    line = AuditEntry.objects.get()
    assert changed.get_absolute_url() == announcement.get_absolute_url()
    assert (line.action, line.before, line.after) == ("change", {"title": "旧"}, {"title": "新"})


def test_a_long_text_is_in_the_trail_as_its_fingerprint(organizer):
    announcement = AnnouncementFactory(competition=organizer.competition)

    change_announcement(announcement, actor=organizer.user, body="数" * 500)

    assert AuditEntry.objects.get().after["body"].startswith("sha256:")


def test_what_stays_the_same_leaves_no_line(organizer):
    announcement = AnnouncementFactory(competition=organizer.competition)

    change_announcement(announcement, actor=organizer.user, title=announcement.title)

    assert not AuditEntry.objects.exists()


def test_a_change_is_dated(organizer, time_machine):
    announcement = AnnouncementFactory(competition=organizer.competition)
    time_machine.move_to(NOON, tick=False)

    assert change_announcement(announcement, actor=organizer.user, title="新").changed_at == NOON


def form(competition, **changes):
    return {"competition": competition.pk, "title": "通知", "body": "正文", **changes}


def test_an_organizer_publishes_in_the_administration(client, organizer):
    client.force_login(organizer.user)
    moment = {"published_at_0": "2026-06-01", "published_at_1": "09:00"}
    client.post(reverse("admin:tracks_announcement_add"), form(organizer.competition, **moment))

    assert Announcement.objects.get().published_at.isoformat() == "2026-06-01T01:00:00+00:00"


def test_an_organizer_takes_it_back_in_the_administration(client, organizer):
    announcement = AnnouncementFactory(competition=organizer.competition)
    client.force_login(organizer.user)
    client.post(reverse("admin:tracks_announcement_change", args=[announcement.pk]), form(organizer.competition))

    announcement.refresh_from_db()
    assert (announcement.published_at, announcement.title) == (None, "通知")


def test_nothing_is_written_for_a_competition_of_others(client, organizer):
    client.force_login(organizer.user)
    client.post(reverse("admin:tracks_announcement_add"), form(CompetitionFactory()))

    assert not Announcement.objects.exists()


def test_the_administration_lists_ones_own_only(client, organizer):
    own = AnnouncementFactory(competition=organizer.competition)
    AnnouncementFactory()
    client.force_login(organizer.user)

    response = client.get(reverse("admin:tracks_announcement_changelist"))

    assert list(response.context["cl"].result_list) == [own]


def test_somebody_elses_is_not_there_in_the_administration(client, organizer):
    client.force_login(organizer.user)

    assert client.get(reverse("admin:tracks_announcement_change", args=[AnnouncementFactory().pk])).status_code == 404


def test_the_front_page_shows_the_latest_three(client):
    competition = CompetitionFactory()
    rows = AnnouncementFactory.create_batch(4, competition=competition, published_at=NOON.replace(year=2020))

    assert client.get(competition.get_absolute_url()).context["news"] == rows[:0:-1]


@pytest.mark.parametrize("is_published", [True, False])
def test_a_feed_is_offered_where_there_is_one(client, organizer, is_published):
    competition = organizer.competition
    Competition.objects.filter(pk=competition.pk).update(is_published=is_published)
    client.force_login(organizer.user)
    feed = reverse("tracks:announcement_feed", args=[competition.slug])

    offered = feed in client.get(list_of(competition)).content.decode()

    assert (offered, client.get(feed).status_code) == (is_published, 200 if is_published else 404)
