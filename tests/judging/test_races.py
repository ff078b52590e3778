"""Two people at the same moment, each with a connection of their own."""

from __future__ import annotations

from functools import partial

import pytest

from judging.enums import AssignmentStatus
from judging.models import Assignment, Award, Certificate, Publication, Ranking, RankingEntry
from judging.services import assign_judges, close_round, plan_assignment, publish_results, save_review, submit_review
from portal.core import audit_check
from portal.core.errors import Conflict
from tests.factories.judging import (
    AssignmentFactory,
    DecisionFactory,
    JudgeFactory,
    RankingFactory,
    ReviewFactory,
    RoundFactory,
)
from tests.factories.submissions import SubmissionFactory
from tests.judging.people import organizer_of
from tests.race import race

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def hand_in(assignment, service=submit_review):
    points = {each.pk: each.max_points for each in assignment.round.rubric.criteria.all()}
    return service(assignment, actor=assignment.judge.user, points=points, comment="", expected_version=0)


def raised(outcomes):
    return [type(each).__name__ for each in outcomes if isinstance(each, Exception)]


@pytest.mark.parametrize("attempt", range(3))
def test_a_score_is_in_the_ranking_or_it_is_not_handed_in(attempt):
    """Four hand in while the round closes without waiting for them: each is counted or told, and it does close."""
    done = ReviewFactory(submitted=True).assignment
    late = [AssignmentFactory(round=done.round, submission=done.submission) for _ in range(4)]
    close = partial(close_round, done.round, actor=None, accept_missing=True, reason="到时间了")

    outcomes = race(
        [*(partial(hand_in, each) for each in late[:2]), close, *(partial(hand_in, each) for each in late[2:])]
    )

    counted = len(RankingEntry.objects.get().review_totals)
    assert counted == done.round.assignments.filter(status=AssignmentStatus.SUBMITTED).count()
    assert raised(outcomes) == [Conflict.__name__] * (5 - counted)


def test_a_refused_close_leaves_the_round_open_to_the_score_that_was_missing():
    """Without ``accept_missing`` either the score comes first and is ranked, or the close is refused."""
    last = AssignmentFactory()

    outcomes = race([partial(close_round, last.round, actor=None), partial(hand_in, last)])

    last.refresh_from_db()
    assert last.status == AssignmentStatus.SUBMITTED
    assert Ranking.objects.count() == 1 - len(raised(outcomes))


def test_two_who_close_get_one_ranking():
    round_ = ReviewFactory(submitted=True).assignment.round

    outcomes = race([partial(close_round, round_, actor=None)] * 3)

    assert set(outcomes) == {Ranking.objects.get()}


def test_two_who_publish_make_one_publication():
    ranking = RankingFactory()
    DecisionFactory.create_batch(2, entry__ranking=ranking)
    actors = [organizer_of(ranking.round) for _ in range(3)]

    outcomes = race([partial(publish_results, ranking.round, actor=actor) for actor in actors])

    assert set(outcomes) == {Publication.objects.get()}
    assert (Award.objects.count(), Certificate.objects.count()) == (2, 2)


def test_two_who_assign_add_each_pair_once():
    round_ = RoundFactory(judges_per_submission=2)
    SubmissionFactory.create_batch(3, team__competition=round_.competition, eligible=True)
    JudgeFactory.create_batch(4, competition=round_.competition)
    plan = plan_assignment(round_).plan

    outcomes = race([partial(assign_judges, round_, actor=None, confirmed=plan.fingerprint)] * 3)

    assert sorted(len(each) for each in outcomes) == [0, 0, 6]
    assert Assignment.objects.count() == 6


def test_of_two_windows_that_save_one_is_told():
    assignment = AssignmentFactory()

    outcomes = race([partial(hand_in, assignment, save_review)] * 2)

    assert raised(outcomes) == [Conflict.__name__]


def test_judges_who_hand_in_together_leave_one_chain():
    round_ = RoundFactory(open=True)
    assignments = [AssignmentFactory(round=round_) for _ in range(4)]

    outcomes = race([partial(hand_in, each) for each in assignments])

    assert (raised(outcomes), audit_check.verify()) == ([], [])
