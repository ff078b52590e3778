from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from judging.enums import AssignmentStatus
from judging.services import appoint_judge, update_judge
from tests.factories.accounts import UserFactory
from tests.factories.judging import AssignmentFactory, JudgeFactory, RoundFactory
from tests.factories.submissions import OrganizationFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.judging.people import deeds_of

pytestmark = pytest.mark.django_db


def test_somebody_becomes_a_judge():
    organizer, person, home = OrganizerFactory(), UserFactory(), OrganizationFactory()

    judge = appoint_judge(person, organizer.competition, actor=organizer.user, organization=home)

    assert (judge.user, judge.organization, judge.is_active) == (person, home, True)
    assert deeds_of(judge) == ["appoint"]


def test_an_appointment_repeated_changes_nothing():
    judge = JudgeFactory()
    organizer = OrganizerFactory(competition=judge.competition)

    again = appoint_judge(judge.user, judge.competition, actor=organizer.user, organization=judge.organization)

    assert (again, deeds_of(again)) == (judge, [])


def test_a_former_judge_is_taken_back():
    judge = JudgeFactory(is_active=False)

    assert appoint_judge(judge.user, judge.competition, actor=None, organization=judge.organization).is_active


def test_only_who_runs_the_competition_appoints():
    with pytest.raises(PermissionDenied):
        appoint_judge(UserFactory(), CompetitionFactory(), actor=OrganizerFactory().user)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (AssignmentStatus.ASSIGNED, AssignmentStatus.REVOKED),
        (AssignmentStatus.STARTED, AssignmentStatus.REVOKED),
        (AssignmentStatus.SUBMITTED, AssignmentStatus.SUBMITTED),
        (AssignmentStatus.RECUSED, AssignmentStatus.RECUSED),
    ],
)
def test_a_judge_who_leaves_loses_what_is_open_and_keeps_what_is_done(before, after):
    assignment = AssignmentFactory(status=before)

    update_judge(assignment.judge, actor=None, organization=assignment.judge.organization, is_active=False)

    assignment.refresh_from_db()
    assert assignment.status == after


def test_what_another_judge_owes_stays():
    leaving = JudgeFactory()
    other = AssignmentFactory(round=RoundFactory(competition=leaving.competition, open=True))

    update_judge(leaving, actor=None, organization=None, is_active=False)

    other.refresh_from_db()
    assert other.status == AssignmentStatus.ASSIGNED
