"""A judge's house may be a partner of the team, not only the one that leads it."""

import pytest

from judging.models import Assignment
from submissions.models import TeamOrganization
from tests.factories.judging import AssignmentFactory
from tests.factories.submissions import OrganizationFactory

pytestmark = pytest.mark.django_db


def test_a_partner_of_the_team_is_a_conflict():
    assignment = AssignmentFactory()
    judge, organization = assignment.judge, OrganizationFactory()
    judge.organization = organization
    judge.save()
    before = Assignment.objects.without_conflict(judge.user).filter(pk=assignment.pk).exists()
    TeamOrganization.objects.create(team=assignment.submission.team, organization=organization)

    after = Assignment.objects.without_conflict(judge.user).filter(pk=assignment.pk).exists()
    assert (before, after) == (True, False)
