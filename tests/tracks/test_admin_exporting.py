"""Topics leave the administration as tables."""

import csv
import io
import json
from urllib.parse import unquote

import pytest
from django.urls import reverse

from portal.core.models import AuditEntry
from portal.core.tables import LONGEST_XLSX_CELL
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tracks.models import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return CompetitionFactory(short_name="四川分赛")


@pytest.fixture
def topic(competition):
    return TopicFactory(track=TrackFactory(competition=competition), title="第一题")


@pytest.fixture
def organizer_client(client, competition):
    client.force_login(OrganizerFactory(competition=competition).user)
    return client


@pytest.fixture
def track_organizer_client(client, competition, topic):
    client.force_login(OrganizerFactory(competition=competition, tracks=[topic.track]).user)
    return client


def export(client, competition, kind="csv"):
    return client.post(reverse("admin:tracks_competition_export", args=[competition.pk]), {"kind": kind})


def export_chosen(client, topics, kind="csv"):
    chosen = {"action": f"export_{kind}", "_selected_action": [topic.pk for topic in topics]}
    return client.post(reverse("admin:tracks_topic_changelist"), chosen)


def titles(response) -> list[str]:
    text = response.getvalue().decode("utf-8-sig")
    return [row[3] for row in csv.reader(io.StringIO(text, newline=""))][1:]


# A whole competition


def test_the_page_offers_three_formats(organizer_client, competition):
    html = organizer_client.get(reverse("admin:tracks_competition_export", args=[competition.pk])).content.decode()

    assert [f'value="{kind}"' in html for kind in ("xlsx", "csv", "json")] == [True] * 3


def test_all_topics_come(organizer_client, competition, topic):
    assert titles(export(organizer_client, competition)) == ["第一题"]


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
    ],
)
def test_a_download_is_named_and_is_no_page(organizer_client, competition, topic, kind, content_type, time_machine):
    time_machine.move_to("2026-06-01T12:00:00+08:00")
    organizer_client.force_login(OrganizerFactory(competition=competition).user)
    response = export(organizer_client, competition, kind)
    response.close()

    assert response.headers["Content-Type"] == content_type
    assert unquote(response.headers["Content-Disposition"]).endswith(f"四川分赛 赛题 2026-06-01.{kind}")
    assert (response.headers["X-Content-Type-Options"], "no-store" in response.headers["Cache-Control"]) == (
        "nosniff",
        True,
    )


def test_it_is_streamed(organizer_client, competition, topic):
    assert export(organizer_client, competition).streaming


@pytest.mark.parametrize("kind", ["", "exe", "csv\x00"])
def test_a_format_there_is_not_is_told_at_its_box(organizer_client, competition, kind):
    response = export(organizer_client, competition, kind)

    assert (response.status_code, "kind" in response.context["form"].errors) == (400, True)


def test_a_text_that_a_workbook_cannot_hold_is_told_at_the_box(organizer_client, competition, topic):
    Topic.objects.update(body="长" * (LONGEST_XLSX_CELL + 1))
    response = export(organizer_client, competition, "xlsx")

    assert (response.status_code, "第 2 行“赛题内容”" in response.content.decode()) == (400, True)


def test_looking_at_the_page_exports_nothing(organizer_client, competition, topic):
    organizer_client.get(reverse("admin:tracks_competition_export", args=[competition.pk]), {"kind": "csv"})

    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("who", ["stranger", "track_organizer"])
def test_a_competition_that_one_does_not_run_as_a_whole_is_missing(client, competition, topic, who):
    strangers = {"stranger": {}, "track_organizer": {"competition": competition, "tracks": [topic.track]}}
    client.force_login(OrganizerFactory(**strangers[who]).user)

    assert export(client, competition).status_code == 404


# Chosen topics


def test_the_chosen_ones_come(organizer_client, topic):
    TopicFactory(track=topic.track)

    assert titles(export_chosen(organizer_client, [topic])) == ["第一题"]


def test_a_track_organizer_exports_from_their_own_tracks(track_organizer_client, topic):
    assert titles(export_chosen(track_organizer_client, [topic])) == ["第一题"]


def test_topics_of_other_tracks_are_not_to_be_had(track_organizer_client, competition, topic):
    other = TopicFactory(track=TrackFactory(competition=competition), title="别的赛道")

    assert titles(export_chosen(track_organizer_client, [topic, other])) == ["第一题"]


def test_json_of_the_chosen_ones(organizer_client, topic):
    response = export_chosen(organizer_client, [topic], "json")

    assert [row["topic_title"] for row in json.loads(response.getvalue())] == ["第一题"]


def test_topics_of_two_competitions_make_no_table(client, topic):
    other = TopicFactory()
    user = OrganizerFactory(competition=topic.track.competition).user
    OrganizerFactory(competition=other.track.competition, user=user)
    client.force_login(user)

    response = client.get(export_chosen(client, [topic, other]).url)

    assert "请只选择同一赛事的赛题" in response.content.decode()


def test_a_text_that_a_workbook_cannot_hold_is_said_above_the_list(organizer_client, topic):
    Topic.objects.update(body="长" * (LONGEST_XLSX_CELL + 1))
    response = organizer_client.get(export_chosen(organizer_client, [topic], "xlsx").url)

    assert "内容过长，Excel 单元格放不下" in response.content.decode()
