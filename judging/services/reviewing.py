"""What a judge does with an assignment: save a draft, hand in, or step back for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from judging.enums import AssignmentStatus
from judging.lifecycle import ASSIGNMENT_LIFECYCLE
from judging.models import Assignment, ConflictOfInterest, Criterion, Review, Score
from judging.rules import is_its_judge, owes_review
from judging.services.locking import lock_assignment
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.people import Person
from portal.core.permissions import require, require_in_person
from portal.core.text import spoken, validate_plain_line
from submissions.texts import clean_text

Points = Mapping[int, Decimal | None]

MOST_COMMENT = 2000


def check_points(points: Decimal, criterion: Criterion) -> None:
    """Between nothing and the criterion's most, in steps of a hundredth."""
    is_within = points.is_finite() and 0 <= points <= criterion.max_points
    if not is_within or points != points.quantize(Decimal("0.01")):
        raise ValidationError(
            _("Please give 0 to %(most)s points, with two decimals at most."),
            code="points",
            params={"most": f"{criterion.max_points.normalize():f}"},
        )


@transaction.atomic
def save_review(
    assignment: Assignment,
    *,
    actor: Person | None,
    points: Points,
    comment: str,
    expected_version: int,
    now: datetime | None = None,
) -> Review:
    """Keep a draft; a criterion without points is left open.

    Raises Conflict when another window has saved since ``expected_version`` was read, or when the round
    takes no scores at ``now``.
    """
    now = now or timezone.now()
    assignment = _locked(assignment, actor, now)
    if assignment.status == AssignmentStatus.ASSIGNED:
        ASSIGNMENT_LIFECYCLE.apply(assignment, "start", actor=actor)
    elif assignment.status != AssignmentStatus.STARTED:
        raise TransitionNotAllowed(_("This review has been handed in and can no longer be changed."))
    return _write(assignment, points, comment, expected_version, now)


@transaction.atomic
def submit_review(
    assignment: Assignment,
    *,
    actor: Person | None,
    points: Points,
    comment: str,
    expected_version: int,
    now: datetime | None = None,
) -> Review:
    """Hand in: every criterion has its points, and nobody changes them any more. The same again changes nothing."""
    now = now or timezone.now()
    assignment = _locked(assignment, actor, now)
    if assignment.status == AssignmentStatus.SUBMITTED:
        return _same_again(assignment.review, points, comment)
    review = _write(assignment, points, comment, expected_version, now)
    if review.scores.count() != assignment.round.rubric.criteria.count():
        raise ValidationError(_("Please give points for every criterion."), code="missing")
    review.submitted_at = now
    review.save(update_fields=["submitted_at"])
    ASSIGNMENT_LIFECYCLE.apply(assignment, "submit", actor=actor)
    return review


@transaction.atomic
def recuse(assignment: Assignment, *, actor: Person | None, reason: str) -> ConflictOfInterest:
    """Step back because of a conflict of interest. It stands: nobody can assign this pair again."""
    require_in_person()
    assignment = lock_assignment(assignment.pk)
    require(owes_review, actor, assignment)
    conflict = ConflictOfInterest(
        judge=assignment.judge, submission=assignment.submission, reason=spoken(reason), declared_at=timezone.now()
    )
    conflict.clean_fields(exclude=["judge", "submission"])
    validate_plain_line(conflict.reason)
    known = ConflictOfInterest.objects.filter(judge=conflict.judge, submission=conflict.submission).first()
    if known is None:
        conflict.save()
    ASSIGNMENT_LIFECYCLE.apply(assignment, "recuse", actor=actor, reason=conflict.reason)
    return known or conflict


def _locked(assignment: Assignment, actor: Person | None, now: datetime) -> Assignment:
    require_in_person()
    assignment = lock_assignment(assignment.pk)
    require(is_its_judge, actor, assignment)
    # First this: a close that came just before has revoked the assignment, and "not allowed" would be no answer.
    if not assignment.round.takes_scores(now):
        raise Conflict(_("This round doesn't take scores now."))
    require(owes_review, actor, assignment)
    return assignment


def _write(assignment: Assignment, points: Points, comment: str, expected_version: int, now: datetime) -> Review:
    review, _is_new = Review.objects.get_or_create(assignment=assignment)
    if review.version != expected_version:
        raise Conflict(_("This review was saved in another window in the meantime."))
    review.comment, review.version, review.saved_at = _tidy(comment), review.version + 1, now
    review.save(update_fields=["comment", "version", "saved_at"])
    _write_scores(review, assignment, points)
    return review


def _write_scores(review: Review, assignment: Assignment, points: Points) -> None:
    criteria = {each.pk: each for each in assignment.round.rubric.criteria.all()}
    if unknown := set(points) - set(criteria):
        raise ValidationError(_("The rubric has no such criterion."), code="unknown", params={"pk": min(unknown)})
    given = {pk: value for pk, value in points.items() if value is not None}
    for pk, value in given.items():
        check_points(value, criteria[pk])
    review.scores.exclude(criterion__in=given).delete()
    Score.objects.bulk_create(
        [Score(review=review, criterion_id=pk, points=value) for pk, value in given.items()],
        update_conflicts=True,
        unique_fields=["review", "criterion"],
        update_fields=["points"],
    )


def _same_again(review: Review, points: Points, comment: str) -> Review:
    handed_in = dict(review.scores.values_list("criterion_id", "points"))
    if handed_in != dict(points) or review.comment != _tidy(comment):
        raise TransitionNotAllowed(_("This review has been handed in and can no longer be changed."))
    return review


def _tidy(comment: str) -> str:
    return clean_text(comment, limit=MOST_COMMENT).strip()
