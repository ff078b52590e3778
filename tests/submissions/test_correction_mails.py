"""A team that gets its entry back reads by mail why, what it may mend and until when; and once more before the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from portal.core.templatetags.ui import deadline
from portal.notifications import relay
from submissions import services
from submissions.models import Correction
from submissions.periodic import remind as beat
from submissions.services.reminders import remind
from tests.factories.submissions import captain_of
from tests.submissions.people import send_back, submit
from tests.submissions.screening_world import REASON, let_pass, organizer_of, plan_of, returned, submitted_entry

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def entry():
    return submitted_entry()


@pytest.fixture
def organizer(entry):
    return organizer_of(entry)


def letters(*words):
    """Those whose subject or body says all of ``words``."""
    relay.drain()
    return [each for each in mail.outbox if all(word in each.subject + each.body for word in words)]


def test_the_mail_says_why_what_and_until_when(entry):
    end = returned(entry, "need", "title", slots=["seal"]).correction.closes_at

    (letter,) = letters("退回补正")
    for said in (REASON, "第need节", "项目名称", "文件seal", str(deadline(end)), entry.get_absolute_url()):
        assert said in letter.body
    assert str(deadline(end)) in letter.subject


AGAIN, CLOSED = "可再次提交", "在此之前作品不能修改"


def test_the_receipt_of_a_correction_says_that_the_organizers_are_next(entry):
    returned(entry, "need")
    submit(entry)

    (letter,) = letters(f"{entry.number} ", "第 2 版")
    assert (CLOSED in letter.body, AGAIN in letter.body) == (True, False)


def test_while_the_stage_is_open_a_correction_may_be_submitted_again(entry):
    send_back(entry, actor=organizer_of(entry), sections=["need"], slots=[])
    submit(entry)

    (letter,) = letters(f"{entry.number} ", "第 2 版")
    assert (CLOSED in letter.body, AGAIN in letter.body) == (False, True)


def test_it_names_nothing_that_stays_closed(entry):
    returned(entry, "need")

    (letter,) = letters("退回补正")
    assert "第method节" not in letter.body


def test_a_rejection_says_why(entry, organizer):
    services.reject(entry, actor=organizer, version=1, reason=REASON)

    assert letters("未通过形式审查", REASON)


def test_what_was_taken_back_before_the_mail_went_is_not_told(entry, organizer):
    services.reject(entry, actor=organizer, version=1, reason=REASON)
    services.undo_screening(entry, actor=organizer, reason="看错了附件")

    assert (len(letters(REASON)), len(letters("看错了附件"))) == (0, 1)


def test_a_proposal_is_told_to_nobody(entry, organizer):
    plan_of(entry, needs_second_look=True)
    services.reject(entry, actor=organizer, version=1, reason=REASON)

    assert letters(REASON) == []


def test_more_time_is_told_with_its_reason(entry, organizer):
    returned(entry, "need", actor=organizer)
    end = timezone.now() + 9 * DAY
    services.extend_correction(entry, actor=organizer, closes_at=end, reason="系统故障")

    assert letters("系统故障", str(deadline(end)), "第need节")


def test_of_two_extensions_the_later_is_told(entry, organizer):
    returned(entry, "need", actor=organizer)
    for days in (9, 12):
        services.extend_correction(
            entry, actor=organizer, closes_at=timezone.now() + days * DAY, reason=f"第 {days} 天"
        )

    assert (len(letters("第 9 天")), len(letters("第 12 天"))) == (0, 1)


def ends_in(entry, span):
    Correction.objects.update(closes_at=timezone.now() + span)


@pytest.mark.parametrize(("span", "count"), [(DAY + MINUTE, 0), (DAY - MINUTE, 1), (MINUTE, 1), (-MINUTE, 0)])
def test_a_day_before_the_end_the_team_is_reminded(entry, span, count):
    made = returned(entry, "need")
    made.decided_at -= 5 * DAY
    made.save()
    ends_in(entry, span)
    remind()

    assert len(letters("尚未重新提交")) == count


def old_return(entry):
    made = returned(entry, "need")
    made.decided_at -= 5 * DAY
    made.save()
    ends_in(entry, DAY - MINUTE)


def test_once_however_often_beat_asks(entry):
    old_return(entry)
    beat()
    beat()

    assert len(letters("尚未重新提交")) == 1


def test_who_was_given_less_than_a_day_was_told_a_moment_ago(entry):
    returned(entry, "need", closes_at=timezone.now() + timedelta(hours=20))
    remind()

    assert letters("尚未重新提交") == []


@pytest.mark.parametrize(
    "deed",
    [
        submit,
        lambda entry: services.withdraw(entry, actor=captain_of(entry.team)),
        let_pass,
        lambda entry: services.undo_screening(entry, actor=organizer_of(entry), reason="看错了附件"),
        lambda entry: services.extend_correction(
            entry, actor=organizer_of(entry), closes_at=timezone.now() + 9 * DAY, reason="系统故障"
        ),
    ],
    ids=["submitted", "withdrawn", "too late", "undone", "extended"],
)
def test_what_is_no_longer_true_is_not_told(entry, deed):
    old_return(entry)
    remind()
    deed(entry)

    assert letters("尚未重新提交") == []
