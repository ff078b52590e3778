"""What holds of judging and of what follows from it."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from judging.enums import AssignmentStatus, CertificateStatus, RoundStatus
from judging.lifecycle import LIVE
from judging.models import Assignment, Award, Certificate, Decision, Publication, Ranking, Round
from portal.core.invariants import invariant
from submissions.enums import SubmissionStatus


@invariant("judging")
def review_is_owed_of_an_eligible_entry_alone() -> QuerySet[Any]:
    return Assignment.objects.filter(status__in=LIVE).exclude(submission__status=SubmissionStatus.ELIGIBLE)


@invariant("judging")
def review_is_of_the_entry_it_is_owed_of() -> QuerySet[Any]:
    return Assignment.objects.exclude(version__submission=F("submission"))


@invariant("judging", wants_history=True)
def review_that_is_handed_in_has_its_time() -> QuerySet[Any]:
    return Assignment.objects.filter(status=AssignmentStatus.SUBMITTED, review__submitted_at=None)


@invariant("judging")
def ranking_is_of_a_round_that_is_over() -> QuerySet[Any]:
    return Ranking.objects.exclude(round__status__in=[RoundStatus.CLOSED, RoundStatus.PUBLISHED])


@invariant("judging", wants_history=True)
def round_is_published_together_with_its_results() -> QuerySet[Any]:
    shown = Exists(Publication.objects.filter(round=OuterRef("pk")))
    return Round.objects.filter(Q(status=RoundStatus.PUBLISHED) & ~shown | ~Q(status=RoundStatus.PUBLISHED) & shown)


@invariant("judging", wants_history=True)
def award_follows_a_decision() -> QuerySet[Any]:
    decided = Decision.objects.filter(
        entry__ranking__round=OuterRef("publication__round"),
        entry__submission=OuterRef("submission"),
        level=OuterRef("level"),
    )
    return Award.objects.filter(~Exists(decided))


@invariant("judging", wants_history=True)
def certificate_is_issued_after_it_was_asked_for() -> QuerySet[Any]:
    issued = Certificate.objects.filter(status=CertificateStatus.ISSUED)
    return issued.filter(issued_at__lt=F("requested_at"))
