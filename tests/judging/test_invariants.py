"""Each invariant of judging is broken by what it speaks of, and by nothing that may be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from judging.models import Assignment, Certificate, Decision, Round
from portal.core.invariants import INVARIANTS, breaches
from submissions.models import Submission
from tests.factories.judging import (
    AssignmentFactory,
    AwardFactory,
    CertificateFactory,
    DecisionFactory,
    PublicationFactory,
    RankingEntryFactory,
    RankingFactory,
    ReviewFactory,
    RoundFactory,
)
from tests.factories.submissions import VersionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.makeshift("they break what they ask about")]
OWN = sorted(name.partition(".")[2] for name in INVARIANTS if name.startswith("judging."))


@pytest.fixture
def certificate():
    """All that is behind a certificate, from the review on."""
    round_ = RoundFactory(published=True)
    review = ReviewFactory(submitted=True, assignment__round=round_)
    entry = review.assignment.submission
    line = RankingEntryFactory(ranking=RankingFactory(round=round_), submission=entry, review=False)
    decision = DecisionFactory(entry=line)
    publication = PublicationFactory(round=round_)
    return CertificateFactory(award=AwardFactory(publication=publication, submission=entry, level=decision.level))


def broken():
    return [each.name.partition(".")[2] for each in breaches() if each.name.startswith("judging.")]


def issue_before_it_was_asked_for(certificate):
    Certificate.objects.update(
        status="issued",
        issued_at=certificate.requested_at - timedelta(days=1),
        file=certificate.award.submission.attachments.first().file,
    )


BREAKING = {
    "review_is_owed_of_an_eligible_entry_alone": lambda _: Submission.objects.update(status="returned"),
    "review_is_of_the_entry_it_is_owed_of": lambda _: Assignment.objects.update(version=VersionFactory()),
    "review_that_is_handed_in_has_its_time": lambda _: AssignmentFactory(status="submitted"),
    "ranking_is_of_a_round_that_is_over": lambda _: Round.objects.update(status="open"),
    "round_is_published_together_with_its_results": lambda _: Round.objects.update(status="closed"),
    "award_follows_a_decision": lambda _: Decision.objects.update(level="second"),
    "certificate_is_issued_after_it_was_asked_for": issue_before_it_was_asked_for,
}


def test_all_hold_of_a_season(certificate):
    assert broken() == []


@pytest.mark.parametrize("status", ["assigned", "started", "recused", "revoked"])
def test_all_hold_while_reviews_are_owed(status):
    AssignmentFactory(status=status)

    assert broken() == []


@pytest.mark.parametrize("status", ["recused", "revoked"])
def test_what_is_owed_no_longer_may_be_of_any_entry(status):
    AssignmentFactory(status=status, submission__eligible=False, submission__returned=True)

    assert broken() == []


def test_each_has_something_that_breaks_it():
    assert sorted(BREAKING) == OWN


@pytest.mark.parametrize("name", BREAKING)
def test_each_can_fail(certificate, name):
    BREAKING[name](certificate)

    assert name in broken()


def test_an_issued_one_holds(certificate):
    file = certificate.award.submission.attachments.first().file
    Certificate.objects.update(status="issued", issued_at=timezone.now(), file=file)

    assert broken() == []
