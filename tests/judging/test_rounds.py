"""A round is made, opened and closed; closing freezes the scores and ranks them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from judging.enums import AssignmentStatus, RoundKind, RoundStatus
from judging.models import Ranking, RankingEntry, Round
from judging.services import close_round, create_round, create_round_once, open_round
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.notifications.models import Outbox
from tests.factories.accounts import UserFactory
from tests.factories.judging import AssignmentFactory, JudgeFactory, ReviewFactory, RoundFactory, RubricFactory
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import OrganizerFactory
from tests.judging.people import deeds_of, organizer_of

pytestmark = pytest.mark.django_db


def fields(rubric, **changes):
    now = timezone.now()
    return {
        "kind": RoundKind.REVIEW,
        "number": 1,
        "rubric": rubric,
        "judges_per_submission": 3,
        "opens_at": now,
        "closes_at": now + timedelta(days=7),
    } | changes


class TestCreate:
    def test_a_round_starts_in_preparation(self):
        rubric = RubricFactory()

        made = create_round(rubric.competition, actor=None, **fields(rubric))

        assert (made.status, deeds_of(made)) == (RoundStatus.PLANNED, ["create"])

    def test_the_rubric_of_another_competition_is_refused(self):
        with pytest.raises(ValidationError):
            create_round(OrganizerFactory().competition, actor=None, **fields(RubricFactory()))

    @pytest.mark.parametrize("changes", [{"judges_per_submission": 0}, {"number": 0}, {"kind": "lottery"}])
    def test_what_makes_no_sense_is_refused(self, changes):
        rubric = RubricFactory()

        with pytest.raises(ValidationError):
            create_round(rubric.competition, actor=None, **fields(rubric, **changes))

    def test_a_round_that_closes_as_it_opens_is_refused(self):
        rubric, now = RubricFactory(), timezone.now()

        with pytest.raises(ValidationError):
            create_round(rubric.competition, actor=None, **fields(rubric, opens_at=now, closes_at=now))

    def test_a_number_is_given_once(self):
        there = RoundFactory()

        with pytest.raises(ValidationError):
            create_round(there.competition, actor=None, **fields(there.rubric, number=there.number))

    def test_the_same_form_twice_makes_one_round(self):
        rubric = RubricFactory()
        actor, given = OrganizerFactory(competition=rubric.competition).user, fields(rubric)

        rounds = [create_round_once("k" * 32, rubric.competition, actor=actor, **given) for _ in range(2)]

        assert rounds == [Round.objects.get()] * 2

    def test_only_who_runs_the_competition_makes_one(self):
        rubric = RubricFactory()

        with pytest.raises(PermissionDenied):
            create_round(rubric.competition, actor=OrganizerFactory().user, **fields(rubric))


class TestOpen:
    def test_each_judge_is_told_once_how_much_there_is(self):
        first = AssignmentFactory(round=RoundFactory())
        AssignmentFactory(round=first.round, judge=first.judge)

        open_round(first.round, actor=organizer_of(first.round))

        mail = Outbox.objects.get()
        assert (mail.payload["to"], "2" in mail.payload["subject"]) == (first.judge.user.email, True)

    def test_opening_twice_is_opening_once(self):
        round_ = AssignmentFactory(round=RoundFactory()).round
        open_round(round_, actor=None)

        open_round(round_, actor=None)

        assert (Outbox.objects.count(), deeds_of(round_)) == (1, ["open"])

    def test_a_round_without_assignments_stays_shut(self):
        with pytest.raises(Conflict):
            open_round(RoundFactory(), actor=None)

    def test_a_round_whose_judges_have_all_recused_stays_shut(self):
        assignment = AssignmentFactory(round=RoundFactory(), status=AssignmentStatus.RECUSED)

        with pytest.raises(Conflict):
            open_round(assignment.round, actor=None)

    def test_a_rubric_without_criteria_keeps_it_shut(self):
        round_ = RoundFactory(rubric__criteria=[])
        AssignmentFactory(round=round_)

        with pytest.raises(Conflict):
            open_round(round_, actor=None)

    def test_a_round_whose_time_is_over_stays_shut(self):
        now = timezone.now()
        round_ = RoundFactory(opens_at=now - timedelta(days=2), closes_at=now)
        AssignmentFactory(round=round_)

        with pytest.raises(Conflict):
            open_round(round_, actor=None)

    @pytest.mark.parametrize("state", ["closed", "published"])
    def test_a_closed_round_is_not_opened_again(self, state):
        round_ = AssignmentFactory(round=RoundFactory(**{state: True})).round

        with pytest.raises(TransitionNotAllowed):
            open_round(round_, actor=None)

    def test_only_who_runs_the_competition_opens_it(self):
        round_ = AssignmentFactory(round=RoundFactory()).round

        with pytest.raises(PermissionDenied):
            open_round(round_, actor=OrganizerFactory().user)


class TestClose:
    def test_the_ranking_is_computed_from_what_was_handed_in(self):
        round_ = RoundFactory(open=True)
        worse = ReviewFactory(
            submitted=True, assignment__round=round_, points=[10, 10, 10, 10, 5]
        ).assignment.submission
        better = self.in_track_of(worse, round_, points=[20, 10, 10, 10, "5.25"])

        ranking = close_round(round_, actor=organizer_of(round_))

        ranked = ranking.entries.values_list("submission", "position", "total", "review_totals")
        assert list(ranked) == [
            (better.pk, 1, Decimal("55.25"), ["55.2500"]),
            (worse.pk, 2, Decimal(45), ["45.0000"]),
        ]

    def in_track_of(self, entry, round_, **kwargs):
        topic = {"assignment__submission__topic": entry.topic, "assignment__submission__track": entry.track}
        return ReviewFactory(submitted=True, assignment__round=round_, **topic, **kwargs).assignment.submission

    @pytest.mark.makeshift("a round that is opened again")
    def test_the_same_scores_give_the_same_hash(self):
        """The database hands rows out in any order and with any exponent; the bytes are the same."""
        round_ = RoundFactory(open=True)
        for points in ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]):
            ReviewFactory(submitted=True, assignment__round=round_, points=points)
        first = close_round(round_, actor=None).inputs_sha256
        Round.objects.filter(pk=round_.pk).update(status=RoundStatus.OPEN)
        twin = self.copy_of(round_)

        assert close_round(twin, actor=None).inputs_sha256 == first

    def copy_of(self, round_):
        """Another round with the same reviews, written in another order."""
        twin = RoundFactory(competition=round_.competition, rubric=round_.rubric, open=True)
        for each in round_.assignments.order_by("-pk"):
            points = [score.points for score in each.review.scores.order_by("criterion__position")]
            kwargs = {"assignment__round": twin, "assignment__submission": each.submission}
            ReviewFactory(submitted=True, points=points, **kwargs, assignment__judge=each.judge)
        return twin

    def test_closing_twice_returns_the_same_ranking(self):
        round_ = ReviewFactory(submitted=True).assignment.round

        assert close_round(round_, actor=None) == close_round(round_, actor=None)

    @pytest.mark.parametrize("status", [AssignmentStatus.ASSIGNED, AssignmentStatus.STARTED])
    def test_a_review_that_is_owed_keeps_it_open(self, status):
        done = ReviewFactory(submitted=True).assignment
        AssignmentFactory(round=done.round, submission=done.submission, status=status)

        with pytest.raises(Conflict):
            close_round(done.round, actor=None)

    def test_an_entry_without_any_review_keeps_it_open(self):
        round_ = ReviewFactory(submitted=True).assignment.round
        SubmissionFactory(team__competition=round_.competition, eligible=True)

        with pytest.raises(Conflict):
            close_round(round_, actor=None)

    @pytest.mark.parametrize("reason", ["  ", "\u200b", "\u3000\u2060"])
    def test_closing_without_what_is_missing_takes_a_reason(self, reason):
        done = ReviewFactory(submitted=True).assignment
        AssignmentFactory(round=done.round, submission=done.submission)

        with pytest.raises(ValidationError):
            close_round(done.round, actor=None, accept_missing=True, reason=reason)

    def test_what_is_missing_is_revoked_with_the_reason(self):
        done = ReviewFactory(submitted=True).assignment
        late = AssignmentFactory(round=done.round, submission=done.submission)

        close_round(done.round, actor=None, accept_missing=True, reason="专家因病无法评审")

        late.refresh_from_db()
        assert (late.status, deeds_of(late)) == (AssignmentStatus.REVOKED, ["revoke"])

    def test_a_draft_does_not_count(self):
        done = ReviewFactory(submitted=True, points=[10, 10, 10, 10, 10]).assignment
        ReviewFactory(assignment__round=done.round, assignment__submission=done.submission)

        close_round(done.round, actor=None, accept_missing=True, reason="专家因病无法评审")

        assert RankingEntry.objects.get().total == Decimal(50)

    def test_a_recusal_is_not_missing(self):
        done = ReviewFactory(submitted=True).assignment
        AssignmentFactory(round=done.round, submission=done.submission, status=AssignmentStatus.RECUSED)

        assert close_round(done.round, actor=None).entries.count() == 1

    def test_without_any_review_there_is_nothing_to_rank(self):
        round_ = AssignmentFactory().round

        with pytest.raises(Conflict):
            close_round(round_, actor=None, accept_missing=True, reason="取消")

    def test_a_round_in_preparation_is_not_closed(self):
        round_ = RoundFactory()
        ReviewFactory(submitted=True, assignment__round=round_)

        with pytest.raises(TransitionNotAllowed):
            close_round(round_, actor=None)

    def test_only_who_runs_the_competition_closes_it(self):
        round_ = ReviewFactory(submitted=True).assignment.round

        with pytest.raises(PermissionDenied):
            close_round(round_, actor=UserFactory())

    @pytest.mark.database
    def test_the_database_keeps_a_ranking_as_it_was(self):
        close_round(ReviewFactory(submitted=True).assignment.round, actor=None)

        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            RankingEntry.objects.update(position=9)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Ranking.objects.update(inputs_sha256="")


def test_judges_of_a_closed_round_are_written_to_no_more():
    round_ = ReviewFactory(submitted=True).assignment.round
    JudgeFactory(competition=round_.competition)

    close_round(round_, actor=None)

    assert Outbox.objects.count() == 0
