"""Intake and screening in numbers: right, of one's own tracks, and as cheap with many entries as with one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.core.templatetags.ui import BEIJING
from submissions import services
from submissions.models import Replacement, ScreeningPlan, ScreeningReason, Shortlisting, Submission
from submissions.numbers import numbers_of
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    ReceiptFactory,
    ScreeningFactory,
    SubmissionFactory,
    TeamFactory,
    VersionFactory,
    captain_of,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import client_for, close, queries_of
from tests.submissions.screening_world import REASON, let_pass
from tracks.enums import StageKind
from tracks.models import Track

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.makeshift("entries that are a status and a date"),
]


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def topic(competition):
    return TopicFactory(track=TrackFactory(competition=competition, number=1))


@pytest.fixture
def organizer(competition):
    return OrganizerFactory(competition=competition).user


def entry(topic, **state):
    return SubmissionFactory(team__competition=topic.track.competition, topic=topic, **(state or {"submitted": True}))


def came_in(topic, *moments, **state):
    """An entry with a version at each of these moments."""
    made = entry(topic, history=False, **(state or {"submitted": True}))
    for moment in moments:
        ReceiptFactory(version=VersionFactory(submission=made, created_at=moment))
    return made


def numbers(competition, chosen=None):
    return numbers_of(competition, Track.objects.filter(competition=competition), chosen=chosen)


def test_each_state_is_counted(competition, topic):
    for state, count in {"submitted": 4, "eligible": 3, "returned": 2, "rejected": 1}.items():
        for _each in range(count):
            entry(topic, **{state: True})

    total = numbers(competition)["total"]
    assert (total.standing, total.waiting, total.passed, total.returned, total.rejected) == (10, 4, 3, 2, 1)


def test_a_draft_is_counted_nowhere(competition, topic):
    entry(topic, title="草稿")

    found = numbers(competition)
    assert (found["total"].standing, found["days"]) == (0, [])


def test_what_was_withdrawn_stands_apart_and_counts_on_the_day_it_came(competition, topic):
    made = entry(topic)
    Submission.objects.filter(pk=made.pk).update(status="withdrawn")

    found = numbers(competition)
    assert (found["total"].standing, found["total"].withdrawn, found["days"][0].new) == (0, 1, 1)


def test_a_draft_that_was_withdrawn_never_came_in(competition, topic):
    Submission.objects.filter(pk=entry(topic, title="草稿").pk).update(status="withdrawn")

    assert numbers(competition)["total"].withdrawn == 0


def test_a_day_is_beijings(competition, topic):
    """17:00 in Greenwich is the next day's first hour there."""
    came_in(topic, datetime(2026, 8, 30, 23, 59, tzinfo=BEIJING), datetime(2026, 8, 31, 0, 0, tzinfo=BEIJING))

    assert [(str(day.day), day.new, day.again) for day in numbers(competition)["days"]] == [
        ("2026-08-31", 0, 1),
        ("2026-08-30", 1, 0),
    ]


def test_files_that_a_shortlisted_team_replaced_came_in_before(competition, topic):
    made = came_in(topic, datetime(2026, 8, 1, 12, tzinfo=BEIJING), datetime(2026, 9, 1, 12, tzinfo=BEIJING))
    by = OrganizerFactory(competition=competition).user
    listed = Shortlisting.objects.create(submission=made, made_by=by, made_at=timezone.now())
    Replacement.objects.create(version=made.versions.last(), shortlisting=listed)

    assert [(str(day.day), day.new, day.again) for day in numbers(competition)["days"]] == [("2026-08-01", 1, 0)]


def test_days_without_anything_are_drawn_and_not_listed(competition, topic):
    came_in(topic, datetime(2026, 8, 1, 12, tzinfo=BEIJING))
    came_in(topic, datetime(2026, 8, 5, 12, tzinfo=BEIJING))

    found = numbers(competition)
    assert (len(found["drawn"]), len(found["days"])) == (5, 2)


def test_no_more_days_are_drawn_than_there_is_room_for(competition, topic):
    came_in(topic, datetime(2024, 1, 1, 12, tzinfo=BEIJING))
    came_in(topic, datetime(2026, 8, 5, 12, tzinfo=BEIJING))

    assert len(numbers(competition)["drawn"]) == 60


def test_what_was_sent_back_once_counts_in_the_share_whatever_became_of_it(competition, topic):
    """Four were decided about, and one of them came back and passed then."""
    for _each in range(3):
        entry(topic, eligible=True)
    mended = came_in(topic, timezone.now(), timezone.now(), eligible=True)
    first, last = mended.versions.order_by("number")
    ScreeningFactory(version=first, outcome="returned")
    ScreeningFactory(version=last, outcome="passed")

    assert numbers(competition)["tracks"][0].share_returned == 25


@pytest.fixture
def unmet(competition, topic, organizer):
    """Returned for a seal, never corrected, and rejected once the end had passed."""
    made = came_in(topic, timezone.now() - timedelta(days=9))
    plan = ScreeningPlan.objects.create(competition=competition)
    ScreeningReason.objects.create(plan=plan, use="return", code="seal", title="缺少盖章", text="请补盖公章。")
    close(competition, StageKind.SUBMISSION)
    said = {"actor": organizer, "version": 1, "reason": REASON}
    end = timezone.now() + timedelta(days=3)
    services.return_for_correction(made, **said, code="seal", sections=["abstract"], slots=[], closes_at=end)
    let_pass(made)
    services.reject(made, **said)
    return made


def shown(competition):
    found = numbers(competition)
    decided = [(day.passed, day.returned, day.rejected) for day in found["days"] if day.decided]
    reasons = {row["code"]: (row["returned"], row["rejected"]) for row in found["reasons"]}
    return found["total"].share_returned, decided, reasons


def test_a_return_counts_though_the_entry_was_rejected_as_nothing_came(competition, unmet):
    assert shown(competition) == (100, [(0, 1, 1)], {"seal": (1, 0), "": (0, 1)})


def test_a_return_that_ended_unmet_counts_though_the_rejection_was_undone(competition, unmet, organizer):
    services.undo_screening(unmet, actor=organizer, reason="材料后来找到了")

    assert shown(competition) == (100, [(0, 1, 0)], {"seal": (1, 0)})


def test_a_return_that_was_taken_back_counts_for_nothing(competition, topic, organizer):
    made = came_in(topic, timezone.now())
    end = timezone.now() + timedelta(days=3)
    scope = {"sections": ["abstract"], "slots": [], "closes_at": end}
    services.return_for_correction(made, actor=organizer, version=1, reason=REASON, **scope)
    services.undo_screening(made, actor=organizer, reason="看错了附件")
    services.pass_screening(made, actor=organizer, version=1)

    assert shown(competition) == (0, [(1, 0, 0)], {})


def test_nothing_decided_has_no_share(competition, topic):
    entry(topic)

    assert numbers(competition)["total"].share_returned is None


def test_the_oldest_is_the_one_that_waits_longest(competition, topic):
    old = timezone.now() - timedelta(days=3)
    waiting, done = entry(topic), entry(topic, eligible=True)
    Submission.objects.filter(pk=waiting.pk).update(submitted_at=old)
    Submission.objects.filter(pk=done.pk).update(submitted_at=old - timedelta(days=9))
    entry(topic)

    assert numbers(competition)["total"].oldest == old


def test_reasons_bear_the_titles_of_the_plan_and_else_their_code(competition, topic):
    plan = ScreeningPlan.objects.create(competition=competition)
    ScreeningReason.objects.create(plan=plan, code="seal", title="缺少盖章", text="请补盖公章。")
    for code in ("seal", "seal", "gone", ""):
        version = came_in(topic, timezone.now(), returned=True).versions.get()
        ScreeningFactory(version=version, outcome="returned", code=code)

    assert [(row["title"], row["returned"]) for row in numbers(competition)["reasons"]] == [
        ("缺少盖章", 2),
        ("未选用预设理由", 1),
        ("gone", 1),
    ]


def test_days_and_reasons_of_one_track(competition, topic):
    other = TopicFactory(track=TrackFactory(competition=competition, number=2))
    entry(topic)
    entry(other, rejected=True)

    found = numbers(competition, chosen=1)
    assert (found["days"][0].new, found["reasons"], len(found["tracks"])) == (1, [], 2)


def test_bars_fill_the_height_of_the_chart(competition, topic):
    entry(topic)
    entry(topic, eligible=True)

    bars = {bar["kind"]: (bar["y"], bar["height"]) for bar in numbers(competition)["drawn"][0].bars}
    assert bars == {"new": ("0.00", "100.00"), "passed": ("100.00", "50.00")}


def address(competition, query=""):
    return reverse("submissions:numbers", args=[competition.slug]) + query


def test_the_page_shows_one_s_own_tracks_alone(competition, topic):
    other = TopicFactory(track=TrackFactory(competition=competition, number=2, name="别的赛道"))
    entry(other)
    helper = OrganizerFactory(competition=competition, tracks=[topic.track]).user

    page = client_for(helper).get(address(competition)).content.decode()
    assert ("别的赛道" in page, topic.track.name in page) == (False, True)


def test_another_track_is_not_there_to_be_asked_for(competition, topic):
    TrackFactory(competition=competition, number=2)
    helper = OrganizerFactory(competition=competition, tracks=[topic.track]).user

    assert client_for(helper).get(address(competition, "?track=2")).status_code == 404


@pytest.mark.parametrize("track", ["x", "0", "٣", "9" * 400])
def test_a_track_that_is_none_is_missing(organizer, competition, topic, track):
    assert client_for(organizer).get(address(competition, f"?track={track}")).status_code == 404


def test_with_nothing_it_says_so(organizer, competition, topic):
    assert "尚无作品提交" in client_for(organizer).get(address(competition)).content.decode()


def test_nobody_else_finds_it(competition, topic):
    people = [UserFactory(), captain_of(TeamFactory(competition=competition)), OrganizerFactory().user]

    assert [client_for(person).get(address(competition)).status_code for person in people] == [404, 404, 404]


def test_it_costs_the_same_however_much_came_in(organizer, competition, topic):
    client = client_for(organizer)
    entry(topic)
    client.get(address(competition))
    one = queries_of(client, address(competition))
    for _each in range(5):
        entry(TopicFactory(track=TrackFactory(competition=competition)), returned=True)

    assert queries_of(client, address(competition)) == one
