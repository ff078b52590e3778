"""A day and an hour before the end: once each, to whom it still concerns when it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from portal.notifications import relay
from portal.notifications.models import Outbox
from submissions import services
from submissions.periodic import remind as beat
from submissions.services.reminders import remind
from tests.factories.submissions import (
    ExtensionFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import CompetitionFactory, TopicFactory
from tests.race import race
from tests.submissions.people import complete_draft, submit
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def draft():
    return SubmissionFactory()


def ends_in(entry, span):
    stages = entry.team.competition.stages.filter(kind=StageKind.SUBMISSION)
    stages.update(closes_at=timezone.now() + span)


def letters():
    relay.drain()
    return [letter.to[0] for letter in mail.outbox]


@pytest.mark.parametrize(
    ("span", "count"), [(DAY + MINUTE, 0), (DAY - MINUTE, 1), (HOUR + MINUTE, 1), (HOUR - MINUTE, 1), (-MINUTE, 0)]
)
def test_who_has_a_draft_is_reminded_in_the_last_day(draft, span, count):
    ends_in(draft, span)
    remind()

    assert len(letters()) == count


def test_each_member_is_reminded(draft):
    TeamMemberFactory(team=draft.team)
    ends_in(draft, HOUR * 20)
    remind()

    assert sorted(letters()) == sorted(member.user.email for member in draft.team.members.all())


def test_however_often_beat_asks_it_is_one_mail(draft):
    ends_in(draft, HOUR * 20)
    beat()
    beat()

    assert len(letters()) == 1


def test_a_day_and_an_hour_before_are_two(draft):
    ends_in(draft, HOUR * 20)
    remind()
    remind(now=timezone.now() + HOUR * 19 + MINUTE * 30)

    assert Outbox.objects.filter(kind="submissions.reminder").count() == 2


def test_what_is_missing_is_told(draft):
    ends_in(draft, HOUR * 20)
    remind()
    letters()

    assert ("申报书" in mail.outbox[0].body, draft.title in mail.outbox[0].body) == (True, True)


def test_who_submits_between_is_told_nothing():
    entry = complete_draft()
    ends_in(entry, HOUR * 20)
    remind()
    submit(entry)
    relay.drain()

    assert not any("尚未提交" in letter.subject for letter in mail.outbox)


def test_who_withdraws_between_is_told_nothing(draft):
    ends_in(draft, HOUR * 20)
    remind()
    services.withdraw(draft, actor=captain_of(draft.team))
    relay.drain()

    assert not any("尚未提交" in letter.subject for letter in mail.outbox)


def test_who_has_left_is_told_nothing(draft):
    member = TeamMemberFactory(team=draft.team)
    ends_in(draft, HOUR * 20)
    remind()
    member.delete()

    assert letters() == [captain_of(draft.team).email]


def test_an_end_that_is_moved_has_its_own_reminder(draft):
    ends_in(draft, HOUR * 20)
    remind()
    ends_in(draft, HOUR * 22)
    remind()

    assert len(letters()) == 1


def test_a_reminder_that_comes_after_the_end_is_not_sent(draft):
    ends_in(draft, HOUR * 20)
    remind()
    ends_in(draft, -MINUTE)

    assert letters() == []


def test_a_team_with_more_time_is_reminded_of_its_own_end(draft):
    ends_in(draft, -HOUR)
    ExtensionFactory(team=draft.team, closes_at=timezone.now() + HOUR * 3)
    remind()

    assert len(letters()) == 1


def test_a_team_with_more_time_is_not_reminded_of_the_stage_s_end(draft):
    ends_in(draft, HOUR * 3)
    ExtensionFactory(team=draft.team, closes_at=timezone.now() + DAY * 3)
    remind()

    assert letters() == []


@pytest.mark.parametrize("state", ["submitted", "eligible", "returned", "rejected"])
def test_what_was_submitted_needs_no_reminder(state):
    entry = SubmissionFactory(**{state: True})
    ends_in(entry, HOUR * 20)
    remind()

    assert letters() == []


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many_teams_there_are(count, django_assert_num_queries):
    competition = CompetitionFactory(open=True)
    topic = TopicFactory(track__competition=competition)
    for _each in range(count):
        entry = SubmissionFactory(team=TeamFactory(competition=competition), topic=topic)
    ends_in(entry, HOUR * 20)

    with django_assert_num_queries(COSTS):
        assert remind() == count


COSTS = 7


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one_row_each(draft):
    ends_in(draft, HOUR * 20)
    race([remind, remind])

    assert Outbox.objects.filter(kind="submissions.reminder").count() == 1
