"""Sections saved by several people in several sittings: nothing is overwritten unseen, nothing dropped."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from submissions import services
from submissions.models import AnswerRevision, Submission
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.submissions.people import said, version_of, write

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOW = timezone.now()
SLIP = 20


@pytest.fixture
def draft():
    return SubmissionFactory(abstract="")


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def revisions(draft):
    return [revision.value for revision in services.revisions_of(draft, "abstract")]


def test_one_sitting_is_one_revision(draft):
    for text in ("山", "山洪", "山洪预警"):
        write(draft, "abstract", text, now=NOW)

    assert revisions(draft) == ["山洪预警"]


def test_another_sitting_is_another_revision(draft):
    write(draft, "abstract", "山洪", now=NOW)
    write(draft, "abstract", "山洪预警", now=at(3))

    assert revisions(draft) == ["山洪预警", "山洪"]


def test_another_person_is_another_revision(draft):
    write(draft, "abstract", "山洪", now=NOW)
    write(draft, "abstract", "山洪预警", now=NOW, actor=TeamMemberFactory(team=draft.team).user)

    assert revisions(draft) == ["山洪预警", "山洪"]


def test_a_text_that_is_mostly_dropped_stays_as_a_revision(draft):
    write(draft, "abstract", "很长的一段文字，" * 10, now=NOW)
    write(draft, "abstract", "误删", now=NOW)

    assert revisions(draft) == ["误删", "很长的一段文字，" * 10]


def test_a_text_that_is_deleted_bit_by_bit_stays_once(draft):
    """As by a finger on the backspace key: forty savings must not push the text itself out of what is kept."""
    text = "很长的一段文字，" * 50
    for left in range(len(text), 0, -10):
        write(draft, "abstract", text[:left], now=NOW)

    assert (len(revisions(draft)), len(revisions(draft)[1])) == (2, len(text) - 20)


def test_what_stood_there_before_the_sitting_is_deleted_without_pushing_others_out(draft):
    text = "很长的一段文字，" * 50
    write(draft, "abstract", text, now=NOW)
    for left in range(len(text) - 30, 0, -30):
        write(draft, "abstract", text[:left], now=at(3))

    assert (len(revisions(draft)), revisions(draft)[1]) == (2, text)


def test_the_twenty_first_revision_costs_no_more_than_the_second(draft):
    captain = captain_of(draft.team)
    for number in range(24):
        write(draft, "abstract", f"第 {number} 稿", now=at(3 * number))

    with CaptureQueriesContext(connection) as queries:
        entry = Submission.objects.for_writing(captain, "abstract").get(pk=draft.pk)
        services.save_section(entry, actor=captain, key="abstract", value="终稿", expected_version=24, now=at(99))

    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 4


def test_the_last_twenty_are_kept(draft):
    for number in range(25):
        write(draft, "abstract", f"第 {number} 稿", now=at(3 * number))

    assert revisions(draft) == [f"第 {number} 稿" for number in range(24, 4, -1)]


def test_restoring_keeps_what_was_there(draft):
    write(draft, "abstract", "第一稿", now=NOW)
    write(draft, "abstract", "第二稿", now=at(3))

    services.restore_revision(
        draft, actor=captain_of(draft.team), key="abstract", number=1, expected_version=2, now=at(6)
    )

    assert (said(draft), revisions(draft)) == ("第一稿", ["第一稿", "第二稿", "第一稿"])


def test_restoring_does_not_overwrite_what_came_meanwhile(draft):
    write(draft, "abstract", "第一稿", now=NOW)
    write(draft, "abstract", "第二稿", now=at(3))

    with pytest.raises(services.Clash):
        services.restore_revision(draft, actor=captain_of(draft.team), key="abstract", number=1, expected_version=1)


def test_saving_by_what_was_read_in_one_query_costs_four_more(draft):
    write(draft, "abstract", "山洪", now=NOW)
    captain = captain_of(draft.team)
    write(draft, "title", "热身")

    with CaptureQueriesContext(connection) as queries:
        entry = Submission.objects.for_writing(captain, "abstract").get(pk=draft.pk)
        services.save_section(entry, actor=captain, key="abstract", value="山洪预警", expected_version=1, now=at(1))

    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 4


class TestNoTextIsLost(TestCase):
    @settings(max_examples=25)
    @given(
        st.lists(
            st.tuples(st.text("山洪预警数据\n", max_size=60) | st.integers(0, 19), st.integers(0, 4), st.booleans()),
            min_size=1,
            max_size=12,
        )
    )
    def test_whatever_is_dropped_stands_in_a_revision(self, sittings):
        """Of whatever stood there once, all but a slip of the hand can be read again; a number brings one back."""
        draft = SubmissionFactory(abstract="")
        people = [captain_of(draft.team), TeamMemberFactory(team=draft.team).user]
        minute, written = 0, []
        for said_or_number, pause, is_other in sittings:
            minute += pause
            by = {"actor": people[is_other], "now": at(minute)}
            if isinstance(said_or_number, str):
                written.append(write(draft, "abstract", said_or_number, **by).value)
            elif kept := services.revisions_of(draft, "abstract"):
                revision = kept[said_or_number % len(kept)]
                written.append(restore(draft, revision, **by).value)
                assert written[-1] == revision.value

        rows = AnswerRevision.objects.filter(submission=draft, key="abstract").order_by("number")
        kept = list(rows.values_list("value", flat=True))
        assert written[-1:] == kept[-1:]
        assert [text for text in written if min(lacks(text, revision) for revision in kept) > SLIP] == []


def restore(draft, revision, **by):
    version = version_of(draft, "abstract")
    return services.restore_revision(draft, key="abstract", number=revision.number, expected_version=version, **by)


def lacks(text, kept):
    """How many characters of ``text`` stand nowhere in ``kept``, in their order."""
    longest = [0] * (len(kept) + 1)
    for char in text:
        before = longest[:]
        for place, other in enumerate(kept, start=1):
            longest[place] = before[place - 1] + 1 if char == other else max(before[place], longest[place - 1])
    return len(text) - longest[-1]
