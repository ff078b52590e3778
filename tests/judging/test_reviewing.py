"""What a judge may do with an assignment, when, and with which numbers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from judging.enums import AssignmentStatus
from judging.models import ConflictOfInterest, Score
from judging.services import recuse, save_review, submit_review
from portal.core.errors import Conflict, TransitionNotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.judging import AssignmentFactory, CriterionFactory, JudgeFactory, ReviewFactory, RoundFactory
from tests.factories.submissions import TeamMemberFactory
from tests.judging.people import deeds_of, organizer_of

pytestmark = pytest.mark.django_db


def full(assignment, **changes):
    """Every criterion's most, by its id; ``changes`` by position, such as ``p1=None``."""
    points = {each.pk: each.max_points for each in assignment.round.rubric.criteria.order_by("position")}
    ids = dict(enumerate(points, start=1))
    return points | {ids[int(name[1:])]: value for name, value in changes.items()}


def act(service, assignment, *, points=None, version=0, comment="", actor=None, now=None):
    return service(
        assignment,
        actor=actor or assignment.judge.user,
        points=full(assignment) if points is None else points,
        comment=comment,
        expected_version=version,
        now=now,
    )


class TestSave:
    def test_a_draft_may_have_gaps(self):
        assignment = AssignmentFactory()

        review = act(save_review, assignment, points=full(assignment, p2=None), comment=" 好 ")

        assert (review.scores.count(), review.comment, review.version) == (4, "好", 1)

    def test_the_first_save_starts_it(self):
        assignment = AssignmentFactory()

        act(save_review, assignment)
        act(save_review, assignment, version=1)

        assert deeds_of(assignment) == ["start"]

    def test_points_can_be_changed_and_taken_back(self):
        assignment = AssignmentFactory()
        act(save_review, assignment)

        review = act(save_review, assignment, points=full(assignment, p1=Decimal("3.5"), p2=None), version=1)

        in_order = review.scores.order_by("criterion__position").values_list("points", flat=True)
        assert list(in_order) == [Decimal("3.5"), Decimal(20), Decimal(15), Decimal(10)]

    def test_another_window_is_noticed(self):
        assignment = AssignmentFactory()
        act(save_review, assignment, comment="第一个窗口")

        with pytest.raises(Conflict):
            act(save_review, assignment, comment="第二个窗口", version=0)

    def test_what_was_noticed_changes_nothing(self):
        assignment = AssignmentFactory()
        act(save_review, assignment, comment="第一个窗口")

        with pytest.raises(Conflict):
            act(save_review, assignment, points=full(assignment, p1=Decimal(0)), version=0)

        assert Score.objects.filter(points=0).count() == 0

    def test_what_is_handed_in_is_fixed(self):
        assignment = ReviewFactory(submitted=True).assignment

        with pytest.raises(TransitionNotAllowed):
            act(save_review, assignment, version=1)


class TestSubmit:
    def test_everything_scored_is_handed_in(self):
        assignment = AssignmentFactory()

        review = act(submit_review, assignment, comment="数据来源清楚")

        assignment.refresh_from_db()
        assert (assignment.status, review.scores.count()) == (AssignmentStatus.SUBMITTED, 5)

    def test_a_draft_is_handed_in(self):
        assignment = AssignmentFactory()
        act(save_review, assignment)

        act(submit_review, assignment, version=1)

        assert deeds_of(assignment) == ["start", "submit"]

    def test_a_gap_keeps_it_back(self):
        assignment = AssignmentFactory()

        with pytest.raises(ValidationError):
            act(submit_review, assignment, points=full(assignment, p3=None))

    def test_the_same_again_changes_nothing(self):
        assignment = AssignmentFactory()
        first = act(submit_review, assignment)

        again = act(submit_review, assignment)

        assert (again, again.version, deeds_of(assignment)) == (first, 1, ["submit"])

    def test_something_else_again_is_refused(self):
        assignment = AssignmentFactory()
        act(submit_review, assignment)

        with pytest.raises(TransitionNotAllowed):
            act(submit_review, assignment, points=full(assignment, p1=Decimal(1)), version=1)


@pytest.mark.parametrize("service", [save_review, submit_review])
class TestWho:
    def test_another_judge_may_not(self, service):
        assignment = AssignmentFactory()
        other = JudgeFactory(competition=assignment.round.competition)

        with pytest.raises(PermissionDenied):
            act(service, assignment, actor=other.user)

    def test_an_organizer_may_not(self, service):
        assignment = AssignmentFactory()

        with pytest.raises(PermissionDenied):
            act(service, assignment, actor=organizer_of(assignment.round))

    def test_a_judge_who_has_joined_the_team_may_not(self, service):
        assignment = AssignmentFactory()
        TeamMemberFactory(team=assignment.submission.team, user=assignment.judge.user)

        with pytest.raises(PermissionDenied):
            act(service, assignment)

    def test_a_judge_who_no_longer_takes_part_may_not(self, service):
        with pytest.raises(PermissionDenied):
            act(service, AssignmentFactory(judge__is_active=False))

    @pytest.mark.parametrize("status", [AssignmentStatus.REVOKED, AssignmentStatus.RECUSED])
    def test_an_assignment_given_up_is_closed(self, service, status):
        with pytest.raises(PermissionDenied):
            act(service, AssignmentFactory(status=status))


@pytest.mark.parametrize("service", [save_review, submit_review])
class TestWhen:
    def test_from_the_opening_second_on(self, service):
        assignment = AssignmentFactory()

        assert act(service, assignment, now=assignment.round.opens_at).version == 1

    def test_not_before_it(self, service):
        assignment = AssignmentFactory()

        with pytest.raises(Conflict):
            act(service, assignment, now=assignment.round.opens_at - timedelta(microseconds=1))

    def test_until_just_before_the_closing_second(self, service):
        assignment = AssignmentFactory()

        assert act(service, assignment, now=assignment.round.closes_at - timedelta(microseconds=1)).version == 1

    def test_not_at_the_closing_second(self, service):
        assignment = AssignmentFactory()

        with pytest.raises(Conflict):
            act(service, assignment, now=assignment.round.closes_at)

    @pytest.mark.parametrize("state", ["closed", "published"])
    def test_not_after_the_close(self, service, state):
        with pytest.raises(Conflict):
            act(service, AssignmentFactory(round=RoundFactory(**{state: True})))

    def test_not_before_the_round_is_open(self, service):
        with pytest.raises(Conflict):
            act(service, AssignmentFactory(round=RoundFactory()))


WRONG = ["-0.01", "25.01", "1E+309", "NaN", "sNaN", "Infinity", "-Infinity", "0.001", "1E-400"]


@pytest.mark.parametrize("service", [save_review, submit_review])
class TestNumbers:
    @pytest.mark.parametrize("points", WRONG)
    def test_points_outside_the_criterion_are_refused(self, service, points):
        assignment = AssignmentFactory()

        with pytest.raises(ValidationError):
            act(service, assignment, points=full(assignment, p1=Decimal(points)))

    @pytest.mark.parametrize("points", ["0", "0.01", "24.99", "25", "25.00"])
    def test_points_within_it_are_kept_as_they_are(self, service, points):
        assignment = AssignmentFactory()

        review = act(service, assignment, points=full(assignment, p1=Decimal(points)))

        assert review.scores.get(criterion__position=1).points == Decimal(points)

    def test_a_criterion_of_another_rubric_is_refused(self, service):
        assignment = AssignmentFactory()

        with pytest.raises(ValidationError):
            act(service, assignment, points=full(assignment) | {CriterionFactory().pk: Decimal(1)})

    @pytest.mark.parametrize("comment", ["字" * 2001, "空\x00字符", "反\u202e转"])
    def test_a_comment_that_can_not_be_kept_is_refused(self, service, comment):
        with pytest.raises(ValidationError):
            act(service, AssignmentFactory(), comment=comment)

    def test_line_ends_count_one_each(self, service):
        assignment = AssignmentFactory()

        assert len(act(service, assignment, comment="一\r\n" * 999 + "二二").comment) == 2000


class TestRecuse:
    def test_it_is_for_good(self):
        assignment = AssignmentFactory(status=AssignmentStatus.STARTED)

        conflict = recuse(assignment, actor=assignment.judge.user, reason=" 同一单位的前同事 ")

        assignment.refresh_from_db()
        assert (assignment.status, conflict.reason) == (AssignmentStatus.RECUSED, "同一单位的前同事")
        assert ConflictOfInterest.objects.get() == conflict

    @pytest.mark.parametrize("reason", ["", "   ", "长" * 301, "反\u202e转"])
    def test_it_takes_a_reason(self, reason):
        assignment = AssignmentFactory()

        with pytest.raises(ValidationError):
            recuse(assignment, actor=assignment.judge.user, reason=reason)

    def test_a_review_that_is_handed_in_stays(self):
        assignment = ReviewFactory(submitted=True).assignment

        with pytest.raises(TransitionNotAllowed):
            recuse(assignment, actor=assignment.judge.user, reason="亲属")

    @pytest.mark.parametrize("somebody", [lambda assignment: UserFactory(), lambda a: organizer_of(a.round)])
    def test_nobody_else_recuses_for_a_judge(self, somebody):
        assignment = AssignmentFactory()

        with pytest.raises(PermissionDenied):
            recuse(assignment, actor=somebody(assignment), reason="亲属")
