"""Whose account is closed because nobody uses it, and who is spared."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.accounts import policies
from portal.accounts.models import ApiToken, RetentionRule, User
from tests.accounts.people import signed_in
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import AssignmentFactory, JudgeFactory
from tests.factories.submissions import TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tracks.models import Stage

pytestmark = pytest.mark.django_db


def ago(days):
    return timezone.now() - timedelta(days=days)


def end(competition, days):
    """Let its last stage have closed so many days ago."""
    Stage.objects.filter(competition=competition).update(opens_at=ago(days + 9), closes_at=ago(days))


@pytest.fixture(autouse=True)
def _asked_for():
    policies.set_days("inactive_accounts", 1095, actor=SiteAdminFactory())


def is_due(person):
    """Whether the next run would close the account of somebody who was in long ago."""
    User.objects.filter(pk=person.pk).update(last_login=ago(1100), is_staff=False)
    return policies.POLICIES["inactive_accounts"].due(ago(1095)).filter(pk=person.pk).exists()


@pytest.mark.parametrize(
    "somebody",
    [
        lambda: TeamMemberFactory().user,
        lambda: captain_of(TeamFactory()),
        lambda: JudgeFactory().user,
        lambda: OrganizerFactory().user,
    ],
    ids=["member", "captain", "judge", "organizer"],
)
def test_whoever_takes_part_in_what_is_not_over_is_left_alone(somebody):
    assert not is_due(somebody())


@pytest.mark.parametrize("role", ["member", "judge", "organizer"])
def test_once_it_is_over_no_longer(role):
    user, competition = UserFactory(), CompetitionFactory(open=True)
    if role == "member":
        TeamMemberFactory(user=user, team__competition=competition)
    else:
        (JudgeFactory if role == "judge" else OrganizerFactory)(user=user, competition=competition)
    end(competition, 1)

    assert is_due(user)


def test_nor_is_somebody_who_is_a_judge_no_more():
    assert is_due(JudgeFactory(is_active=False).user)


def test_a_site_admin_is_left_alone():
    assert not is_due(SiteAdminFactory(is_staff=False))


@pytest.mark.parametrize(("days", "goes"), [(1094, False), (1096, True)])
def test_a_program_that_signs_in_for_them_counts(days, goes):
    user = UserFactory()
    ApiToken.objects.issue(user, expiry=timezone.now(), name="x", purpose="y", last_used_at=ago(days))

    assert is_due(user) == goes


def test_a_session_that_goes_on_counts():
    user = UserFactory()
    signed_in(user)
    UserSession.objects.update(last_seen_at=ago(1100))

    assert not is_due(user)


@pytest.mark.parametrize(("days", "goes"), [(1094, False), (1096, True)])
def test_so_does_one_that_went_on_until_lately(days, goes):
    user = UserFactory()
    UserSession.objects.create(user=user, ip="192.0.2.1", session_key="gone", last_seen_at=ago(days))

    assert is_due(user) == goes


@pytest.mark.parametrize(
    "meanwhile",
    [lambda user: TeamMemberFactory(user=user), lambda user: User.objects.update(last_login=timezone.now())],
    ids=["joined", "signed in"],
)
def test_whoever_comes_back_while_the_run_is_on_its_way_stays(meanwhile):
    user = UserFactory(last_login=ago(1100))
    meanwhile(user)

    with pytest.raises(policies.Held):
        policies.POLICIES["inactive_accounts"].end(user)
    assert User.objects.get(pk=user.pk).closed_at is None


def test_whoever_still_owes_something_is_held_and_counted():
    judge = AssignmentFactory().judge
    end(judge.competition, 400)
    User.objects.filter(pk=judge.user_id).update(last_login=ago(1100))
    outcome = next(each for each in policies.run() if each.policy.name == "inactive_accounts")

    assert (outcome.done, outcome.held) == (0, 1)


@pytest.mark.parametrize("days", [0, 364])
def test_less_than_a_year_is_refused(days):
    with pytest.raises(ValidationError, match="365"):
        policies.set_days("inactive_accounts", days, actor=SiteAdminFactory())


def test_a_shorter_period_from_before_counts_as_a_year():
    RetentionRule.objects.filter(name="inactive_accounts").update(days=30)
    UserFactory(last_login=ago(364))
    gone = UserFactory(last_login=ago(366))
    policies.run()

    assert list(User.objects.exclude(closed_at=None)) == [gone]
