"""Files were replaced, and then the entry came off the shortlist and before screening once more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from judging.models import Assignment
from judging.services import assign_judges
from portal.core.invariants import breaches
from submissions import services
from submissions.models import Submission, UndoneScreening
from tests.factories.judging import AssignmentFactory, JudgeFactory, RoundFactory
from tests.submissions.people import submit
from tests.submissions.screening import REASON
from tests.submissions.screening_world import submitted_entry
from tests.submissions.shortlists import Shortlist, announced, hand_in, put

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def desk():
    return Shortlist()


@pytest.fixture
def entry(desk):
    """Its second version has the replaced files, and waits for screening."""
    entry = submitted_entry(desk.competition, topic=desk.topic)
    passed(desk, entry)
    entry = again(entry)
    announced(desk, entry)
    replaced(entry)
    back_to_screening(desk, entry)
    return again(entry)


def again(entry):
    return Submission.objects.get(pk=entry.pk)


def replaced(entry, name="新演示.pdf"):
    put(entry, name=name)
    return hand_in(entry).version


def back_to_screening(desk, entry):
    services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")
    services.undo_screening(again(entry), actor=desk.organizer, reason="看错了附件")


def passed(desk, entry):
    return services.pass_screening(entry, actor=desk.organizer, version=entry.versions.count())


def returned(desk, entry):
    end = timezone.now() + timedelta(days=3)
    said = {"reason": REASON, "sections": ["abstract"], "slots": [], "closes_at": end}
    return services.return_for_correction(entry, actor=desk.organizer, version=entry.versions.count(), **said)


def corrected(desk, entry):
    returned(desk, entry)
    submit(again(entry))
    passed(desk, again(entry))


def read_by_judges(round_):
    return [each.version.number for each in assign_judges(round_, actor=None)]


def test_judges_read_what_was_corrected_after_the_replacement(desk, entry):
    corrected(desk, entry)
    round_ = RoundFactory(competition=desk.competition, judges_per_submission=1)
    JudgeFactory(competition=desk.competition)

    assert read_by_judges(round_) == [3]


def test_a_judge_who_joins_after_another_replacement_reads_that(desk, entry):
    corrected(desk, entry)
    round_ = RoundFactory(competition=desk.competition, judges_per_submission=2)
    done = AssignmentFactory(round=round_, submission=entry, version=entry.versions.last(), status="submitted")
    announced(desk, again(entry))
    replaced(entry, "再换一次.pdf")
    JudgeFactory(competition=desk.competition)

    assert (read_by_judges(round_), Assignment.objects.get(pk=done.pk).version.number) == ([4], 3)


@pytest.mark.parametrize("decide", [passed, returned])
def test_the_entry_stands_as_was_decided_about_its_new_files(desk, entry, decide):
    decide(desk, entry)

    assert list(breaches()) == []


@pytest.mark.parametrize("decide", [passed, returned])
def test_what_was_decided_about_the_new_files_can_be_taken_back(desk, entry, decide):
    decide(desk, entry)
    undone = services.undo_screening(again(entry), actor=desk.organizer, reason="再看一遍")

    assert (undone.version.number, again(entry).status) == (2, "submitted")


def test_what_was_decided_about_them_holds_for_those_that_replace_them_again(desk, entry):
    passed(desk, entry)
    announced(desk, again(entry))
    replaced(entry, "再换一次.pdf")
    found = list(breaches())
    back_to_screening(desk, entry)

    assert (found, UndoneScreening.objects.latest("pk").version.number) == ([], 2)
