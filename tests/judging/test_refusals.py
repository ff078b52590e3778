"""Every service of this app refuses whoever runs and judges another competition."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from judging import services
from tests.factories.accounts import UserFactory
from tests.factories.judging import (
    AssignmentFactory,
    CertificateFactory,
    JudgeFactory,
    RoundFactory,
    RubricFactory,
)
from tests.factories.tracks import OrganizerFactory
from tests.refusing import call, services_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def given():
    assignment, now = AssignmentFactory(), timezone.now()
    round_ = RoundFactory(competition=assignment.round.competition)
    rubric = RubricFactory(competition=round_.competition)
    certificate = CertificateFactory()
    return {
        "competition": round_.competition,
        "round_": round_,
        "assignment": assignment,
        "rubric": rubric,
        "criterion": rubric.criteria.first(),
        "judge": JudgeFactory(competition=round_.competition),
        "organization": None,
        "is_active": False,
        "user": UserFactory(),
        "certificate": certificate,
        "publication": certificate.award.publication,
        "decisions": {},
        "points": {},
        "expected_version": 0,
        "judges_per_submission": 1,
        "opens_at": now,
        "closes_at": now + timedelta(days=1),
        "number": 9,
        "position": 9,
        "max_points": 10,
        "weight": 1,
        "key": "0123456789abcdef",
        **dict.fromkeys(("name", "reason", "comment", "description", "guidance"), "另一个"),
        "kind": "expert",
    }


def stranger():
    organizer = OrganizerFactory()
    JudgeFactory(user=organizer.user, competition=organizer.competition)
    return organizer.user


# The first calls ``create_round``; the second is a refusal itself.
ELSEWHERE = ("create_round_once", "refuse_entrants")


@pytest.mark.parametrize("name", services_of(services, *ELSEWHERE))
def test_who_runs_and_judges_elsewhere_is_refused(given, name):
    with pytest.raises(PermissionDenied):
        call(getattr(services, name), given, actor=stranger())
