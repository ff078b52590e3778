"""What is said before a contest opens, about one whose set-up is sound but for the one thing tested."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from submissions.asked import plain_form
from submissions.enums import ReasonUse
from submissions.models import ScreeningPlan
from submissions.services import set_up_form
from tests.factories.accounts import AgreementFactory
from tests.factories.judging import RubricFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, StageFactory, TopicFactory, TrackFactory
from tracks.checking import findings
from tracks.enums import StageKind, TopicStatus
from tracks.models import Competition, Stage, Topic, Track
from tracks.signals import competition_checked

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, tzinfo=UTC)
CALENDAR = {StageKind.REGISTRATION: (31, 60), StageKind.SUBMISSION: (31, 90)} | {
    StageKind.SCREENING: (40, 95),
    StageKind.REVIEW: (95, 110),
    StageKind.DEFENCE: (111, 112),
    StageKind.PUBLICITY: (120, 127),
}


@pytest.fixture(autouse=True)
def _speak_english():
    with translation.override("en"):
        yield


@pytest.fixture
def competition():
    """Nothing is wrong with it."""
    competition = CompetitionFactory(is_published=False, introduction="赛事简介。")
    OrganizerFactory(competition=competition)
    AgreementFactory(published_at=NOW - timedelta(days=1))
    RubricFactory(competition=competition)
    set_up_form(competition, plain_form(), actor=None)
    plan = ScreeningPlan.objects.create(competition=competition)
    plan.items.create(key="seal", title="申报书已盖章")
    plan.reasons.create(code="seal", title="未盖章", text="请补交盖章页。")
    plan.reasons.create(code="copy", title="抄袭", text="与往届作品雷同。", use=ReasonUse.REJECT)
    for kind, (opens, closes) in CALENDAR.items():
        days = {"opens_at": NOW + timedelta(days=opens), "closes_at": NOW + timedelta(days=closes)}
        StageFactory(competition=competition, kind=kind, **days)
    for name in ("甲", "乙"):
        track = TrackFactory(competition=competition, name=name)
        for title in ("第一题", "第二题", "第三题"):
            TopicFactory(
                track=track,
                title=f"{name}的{title}",
                body=f"{name}的{title}：征集数据要素的应用，面向实际场景，成效可以衡量。",
            )
    return competition


def said(competition, **options) -> list[tuple[str, str]]:
    return [(str(found.severity), found.words) for found in findings(competition, now=NOW, **options)]


def topic(competition, track=1, number=1):
    return Topic.objects.filter(track__competition=competition, track__number=track, number=number)


def test_nothing_is_said_of_a_sound_one(competition):
    assert said(competition) == []


# Topics


@pytest.mark.parametrize("body", ["", "  \n", "……。——"])
def test_an_empty_brief_stops(competition, body):
    topic(competition).update(body=body)

    assert said(competition) == [("stops", "T01-1 “甲的第一题” has no text.")]


def test_a_short_brief_should_be_looked_at(competition):
    topic(competition).update(body="待补充，待补充。")

    assert said(competition) == [("look", "T01-1 “甲的第一题” has a text of only 6 characters.")]


@pytest.mark.parametrize("title", ["甲的第一题", "甲的 第一题", "甲的，第一题。", "甲的第一题\u3000"])
def test_a_title_twice_in_a_track_stops(competition, title):
    topic(competition, number=3).update(title=title)

    assert said(competition) == [("stops", f"T01-3 “{title}” has the title of T01-1.")]


def test_titles_are_the_same_in_full_width_and_capitals(competition):
    topic(competition, number=1).update(title="ＡＩ 应用")
    topic(competition, number=3).update(title="ai应用")

    assert said(competition) == [("stops", "T01-3 “ai应用” has the title of T01-1.")]


def test_a_title_in_two_tracks_may_be_meant(competition):
    topic(competition, track=2, number=2).update(title="甲的第一题")

    assert said(competition) == [("look", "T02-2 “甲的第一题” has the title of T01-1.")]


def test_a_text_twice_should_be_looked_at(competition):
    body = topic(competition).get().body
    topic(competition, track=2, number=2).update(body=body.replace("，", " ,"))

    assert said(competition) == [("look", "T02-2 “乙的第二题” has the same text as T01-1.")]


@pytest.mark.parametrize("change", [{"body": ""}, {"title": "甲的第一题"}, {"body": "短"}])
def test_a_withdrawn_topic_may_be_as_it_likes(competition, change):
    topic(competition, number=2).update(status=TopicStatus.WITHDRAWN, **change)

    assert said(competition) == []


def test_a_number_left_out_should_be_looked_at(competition):
    topic(competition, number=2).update(number=7)

    assert said(competition) == [("look", "T01 甲: there is no topic 2, 4, 5, 6.")]


def test_numbers_are_listed_as_chinese_lists_them(competition):
    topic(competition, number=2).update(number=5)

    with translation.override("zh-hans"):
        assert said(competition) == [("look", "赛道“T01 甲”缺少赛题 2、4。")]


def test_many_numbers_left_out_are_not_all_named(competition):
    topic(competition, number=2).update(number=32767)

    assert said(competition) == [("look", "T01 甲: there is no topic 2, 4, 5, 6, 7, 8, 9, 10, 11, 12….")]


def test_long_titles_are_cut(competition):
    topic(competition).update(title="长" * 120, body="")

    assert said(competition) == [("stops", f"T01-1 “{'长' * 40}…” has no text.")]


# Tracks


def test_no_tracks_stop(competition):
    Track.objects.filter(competition=competition).update(competition=CompetitionFactory())

    assert said(competition) == [("stops", "There are no tracks.")]


def test_a_track_without_topics_stops(competition):
    TrackFactory(competition=competition, number=3, name="丙")

    assert said(competition) == [("stops", "T03 丙 has no topic that can be entered.")]


def test_a_track_whose_topics_are_withdrawn_stops(competition):
    Topic.objects.filter(track__competition=competition, track__number=2).update(status=TopicStatus.WITHDRAWN)

    assert said(competition) == [("stops", "T02 乙 has no topic that can be entered.")]


def test_a_track_left_out_should_be_looked_at(competition):
    Track.objects.filter(competition=competition, number=2).update(number=4)

    assert said(competition) == [("look", "There is no track 2, 3.")]


def test_tracks_of_one_name_should_be_looked_at(competition):
    Track.objects.filter(competition=competition, number=2).update(name="甲 ")

    assert said(competition) == [("look", "T01 and T02 甲  are called the same.")]


# Stages


@pytest.mark.parametrize(
    ("kind", "severity", "name"),
    [
        ("registration", "stops", "registration"),
        ("submission", "stops", "submission"),
        ("review", "look", "expert review"),
        ("publicity", "look", "publicity"),
    ],
)
def test_a_missing_stage(competition, kind, severity, name):
    competition.stages.filter(kind=kind).delete()

    assert said(competition) == [(severity, f"The stage “{name}” has no window.")]


@pytest.mark.parametrize("kind", ["screening", "defence"])
def test_not_every_contest_has_these(competition, kind):
    competition.stages.filter(kind=kind).delete()

    assert said(competition) == []


def moved(competition, kind, opens, closes):
    days = {"opens_at": NOW + timedelta(days=opens), "closes_at": NOW + timedelta(days=closes)}
    Stage.objects.filter(competition=competition, kind=kind).update(**days)


def test_stages_out_of_order_stop(competition):
    moved(competition, "publicity", 100, 105)

    assert said(competition) == [("stops", "The stage “publicity” opens before “defence”.")]


def test_a_review_that_begins_before_the_entries_are_in_should_be_looked_at(competition):
    moved(competition, "review", 80, 110)

    assert said(competition) == [("look", "The stage “expert review” opens while “submission” is still open.")]


def test_a_review_that_begins_when_the_entries_are_in_is_sound(competition):
    moved(competition, "review", 90, 110)

    assert said(competition) == []


@pytest.mark.parametrize("kind", ["registration", "submission"])
def test_a_stage_that_is_over_before_the_contest_is_public_stops(competition, kind):
    moved(competition, "registration", -40, -30)
    moved(competition, "submission", -40, -30)
    moved(competition, "registration" if kind == "submission" else "submission", -40, 1)

    assert said(competition) == [("stops", f"The stage “{kind}” is over already.")]


def test_a_stage_is_over_at_its_closing_second(competition):
    moved(competition, "submission", 32, 33)
    closes = competition.stages.get(kind="registration")
    Stage.objects.filter(pk=closes.pk).update(opens_at=NOW - timedelta(days=1), closes_at=NOW)

    assert said(competition) == [("stops", "The stage “registration” is over already.")]


def test_what_is_over_in_a_public_contest_is_no_fault(competition):
    Competition.objects.update(is_published=True)
    competition.refresh_from_db()
    moved(competition, "registration", -40, -30)

    assert said(competition) == []


# The competition, and what stands above and below


def test_without_a_notice_nobody_may_be_asked_for_data(competition, monkeypatch):
    # One that was published stands for good, so there can only be none yet.
    monkeypatch.setattr("tracks.checking.current", lambda kind: None)

    assert said(competition) == [("stops", "There is no published privacy notice.")]


def test_somebody_should_run_it(competition):
    competition.organizers.all().delete()
    OrganizerFactory(competition=competition, tracks=[competition.tracks.first()])

    assert said(competition) == [("look", "No organizer runs the whole competition.")]


def test_an_introduction_should_be_there(competition):
    Competition.objects.update(introduction=" \n")
    competition.refresh_from_db()

    assert said(competition) == [("look", "The introduction is empty.")]


def test_judging_asks_for_a_rubric(competition):
    competition.rubrics.all().delete()

    assert said(competition) == [("look", "There is no rubric yet.")]


def test_a_rubric_without_criteria_should_be_looked_at(competition):
    rubric = RubricFactory(competition=competition, criteria=[])

    assert said(competition) == [("look", f"The rubric “{rubric.name}” has no criteria.")]


def test_a_rubric_of_other_than_a_hundred_points_should_be_looked_at(competition):
    rubric = RubricFactory(competition=competition, criteria=[("创新性", 60), ("应用成效", "30.5")])

    assert said(competition) == [("look", f"The rubric “{rubric.name}” adds up to 90.5 points, not 100.")]


def test_what_stops_comes_first(competition):
    topic(competition, number=1).update(body="短")
    topic(competition, number=2).update(body="")
    competition.rubrics.all().delete()

    assert [severity for severity, _words in said(competition)] == ["stops", "look", "look"]


def test_an_app_above_is_asked_about_this_competition(competition):
    asked = []

    def answer(sender, competition, **kwargs):
        asked.append(competition.pk)
        return []

    competition_checked.connect(answer)
    try:
        findings(competition)
    finally:
        competition_checked.disconnect(answer)

    assert asked == [competition.pk]


def test_each_finding_leads_to_where_it_is_mended(competition):
    empty = topic(competition).get()
    topic(competition).update(body="")
    TrackFactory(competition=competition, number=3, name="丙")
    competition.stages.filter(kind="submission").delete()

    assert [found.url for found in findings(competition, now=NOW)] == [
        reverse("admin:tracks_competition_change", args=[competition.pk]),
        f"{reverse('admin:tracks_topic_changelist')}?track__id__exact={competition.tracks.get(number=3).pk}",
        reverse("admin:tracks_topic_change", args=[empty.pk]),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_check_costs_the_same_however_large(competition, count, django_assert_num_queries):
    for _track in range(count):
        TopicFactory.create_batch(count, track=TrackFactory(competition=competition))
    TopicFactory(body="")  # another competition's, must not appear

    with django_assert_num_queries(13):
        found = findings(competition, now=NOW)

    assert not any("has no text" in finding.words for finding in found)


def test_hostile_titles_are_words_like_any_other(competition):
    topic(competition).update(title="%(x)s {0} <script>", body="")

    assert said(competition) == [("stops", "T01-1 “%(x)s {0} <script>” has no text.")]
