from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from judging.enums import AssignmentStatus, AwardLevel, CertificateStatus, RoundStatus
from judging.models import (
    Assignment,
    Award,
    Certificate,
    ConflictOfInterest,
    Criterion,
    Decision,
    Judge,
    Publication,
    Ranking,
    RankingEntry,
    Review,
    Round,
    Rubric,
    Score,
)
from tests.factories.accounts import UserFactory
from tests.factories.submissions import OrganizationFactory, SubmissionFactory
from tests.factories.tracks import CompetitionFactory

# The default rubric of the contest, which adds up to 100.
LINES = (("数据要素价值", 25), ("应用成效", 30), ("创新性", 20), ("推广价值", 15), ("安全合规", 10))


class CriterionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Criterion

    rubric = factory.SubFactory("tests.factories.judging.RubricFactory")
    position = factory.LazyAttribute(lambda criterion: criterion.rubric.criteria.count() + 1)
    name = factory.LazyAttribute(lambda criterion: f"指标{criterion.position}")
    max_points = Decimal(20)


class RubricFactory(factory.django.DjangoModelFactory):
    """The default rubric; ``criteria=[("创新性", 40), …]`` for another, ``criteria=[]`` for an empty one."""

    class Meta:
        model = Rubric
        skip_postgeneration_save = True

    competition = factory.SubFactory(CompetitionFactory)
    name = factory.Sequence(lambda n: f"评分标准{n}")

    @factory.post_generation
    def criteria(rubric, create, given, **kwargs):  # noqa: N805 - factory_boy's way
        if create:
            for name, most in LINES if given is None else given:
                CriterionFactory(rubric=rubric, name=name, max_points=Decimal(most))


class RoundFactory(factory.django.DjangoModelFactory):
    """A round in preparation whose window is now. ``open``, ``closed`` and ``published`` set the state, no more."""

    class Meta:
        model = Round

    class Params:
        open = factory.Trait(status=RoundStatus.OPEN)
        closed = factory.Trait(status=RoundStatus.CLOSED)
        published = factory.Trait(status=RoundStatus.PUBLISHED)

    competition = factory.SubFactory(CompetitionFactory, open=True)
    rubric = factory.SubFactory(RubricFactory, competition=factory.SelfAttribute("..competition"))
    number = factory.LazyAttribute(lambda round_: round_.competition.rounds.count() + 1)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class JudgeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Judge

    user = factory.SubFactory(UserFactory)
    competition = factory.SubFactory(CompetitionFactory)
    organization = factory.SubFactory(OrganizationFactory)


class ConflictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ConflictOfInterest

    judge = factory.SubFactory(JudgeFactory)
    submission = factory.SubFactory(
        SubmissionFactory, eligible=True, team__competition=factory.SelfAttribute("...judge.competition")
    )
    reason = "三年内有合作"
    declared_at = factory.LazyFunction(timezone.now)


class AssignmentFactory(factory.django.DjangoModelFactory):
    """A review owed in an open round; ``judge__user=`` says by whom."""

    class Meta:
        model = Assignment

    round = factory.SubFactory(RoundFactory, open=True)
    submission = factory.SubFactory(
        SubmissionFactory, eligible=True, team__competition=factory.SelfAttribute("...round.competition")
    )
    version = factory.LazyAttribute(lambda assignment: assignment.submission.versions.latest("number"))
    judge = factory.SubFactory(JudgeFactory, competition=factory.SelfAttribute("..round.competition"))


class ReviewFactory(factory.django.DjangoModelFactory):
    """A draft; ``submitted=True`` hands it in. ``points=[20, 25]`` in the order of the rubric, else all of them."""

    class Meta:
        model = Review
        skip_postgeneration_save = True

    class Params:
        submitted = False

    assignment = factory.SubFactory(
        AssignmentFactory,
        status=factory.LazyAttribute(
            lambda assignment: (
                AssignmentStatus.SUBMITTED if assignment.factory_parent.submitted else AssignmentStatus.STARTED
            )
        ),
    )
    submitted_at = factory.LazyAttribute(lambda review: timezone.now() if review.submitted else None)
    comment = "数据来源清楚，成效可以核验。"
    version = 1
    saved_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def points(review, create, given, **kwargs):  # noqa: N805 - factory_boy's way
        if create:
            criteria = review.assignment.round.rubric.criteria.order_by("position")
            points = [each.max_points for each in criteria] if given is None else given
            for criterion, value in zip(criteria, points, strict=False):
                Score.objects.create(review=review, criterion=criterion, points=Decimal(str(value)))


class RankingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Ranking

    round = factory.SubFactory(RoundFactory, closed=True)
    inputs_sha256 = "0" * 64
    created_at = factory.LazyFunction(timezone.now)


class RankingEntryFactory(factory.django.DjangoModelFactory):
    """The next line of a ranking, with the review behind it."""

    class Meta:
        model = RankingEntry
        skip_postgeneration_save = True

    ranking = factory.SubFactory(RankingFactory)
    submission = factory.SubFactory(
        SubmissionFactory, eligible=True, team__competition=factory.SelfAttribute("...ranking.round.competition")
    )
    track = factory.SelfAttribute("submission.track")
    position = factory.LazyAttribute(lambda entry: entry.ranking.entries.filter(track=entry.track).count() + 1)
    total = factory.LazyAttribute(lambda entry: Decimal(100 - entry.position))
    review_totals = factory.LazyAttribute(lambda entry: [f"{entry.total:.4f}"])

    @factory.post_generation
    def review(entry, create, wanted, **kwargs):  # noqa: N805 - factory_boy's way
        if create and wanted is not False:
            AssignmentFactory(round=entry.ranking.round, submission=entry.submission, status=AssignmentStatus.SUBMITTED)


class DecisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Decision

    entry = factory.SubFactory(RankingEntryFactory)
    level = AwardLevel.FIRST
    decided_by = factory.SubFactory(UserFactory, is_staff=True)
    decided_at = factory.LazyFunction(timezone.now)


class PublicationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Publication

    round = factory.SubFactory(RoundFactory, published=True)
    published_by = factory.SubFactory(UserFactory, is_staff=True)
    published_at = factory.LazyFunction(timezone.now)


class AwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Award

    publication = factory.SubFactory(PublicationFactory)
    submission = factory.SubFactory(
        SubmissionFactory, eligible=True, team__competition=factory.SelfAttribute("...publication.round.competition")
    )
    level = AwardLevel.FIRST
    number = factory.SelfAttribute("submission.number")
    project = factory.SelfAttribute("submission.title")
    team = factory.SelfAttribute("submission.team.name")
    members = factory.LazyAttribute(
        lambda award: [each.user.full_name for each in award.submission.team.members.select_related("user")]
    )
    organization = factory.SelfAttribute("submission.team.organization.name")
    track_number = factory.SelfAttribute("submission.track.number")
    track_name = factory.SelfAttribute("submission.track.name")


class CertificateFactory(factory.django.DjangoModelFactory):
    """One that is still being made."""

    class Meta:
        model = Certificate

    award = factory.SubFactory(AwardFactory)
    serial = factory.Sequence(lambda n: f"TEST-2026-T01-1-{n:04}")
    status = CertificateStatus.REQUESTED
    requested_at = factory.LazyFunction(timezone.now)
