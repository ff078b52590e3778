from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions import services
from submissions.models import Organization, Team, TeamMember
from tests.factories.accounts import UserFactory
from tests.factories.submissions import OrganizationFactory, TeamFactory, captain_of, credit_code
from tests.factories.tracks import CompetitionFactory
from tests.race import race
from tests.submissions.people import KEY
from tracks.enums import StageKind

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def found(competition, actor, **changes):
    wanted = {
        "name": "山洪预警队",
        "organization_code": credit_code(7),
        "organization_name": "成都数据科技有限公司",
        "organization_kind": "company",
        **changes,
    }
    return services.found_team(competition, actor=actor, **wanted)


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def founder():
    return UserFactory()


def test_the_founder_becomes_captain(competition, founder):
    assert captain_of(found(competition, founder)) == founder


def test_the_founding_is_in_the_audit_trail(competition, founder):
    team = found(competition, founder)

    line = AuditEntry.objects.get(action="found")
    assert (line.object_id, line.actor_id, line.scope) == (str(team.pk), founder.pk, f"competition:{competition.pk}")


def test_a_new_organization_is_entered_by_the_founder(competition, founder):
    organization = found(competition, founder).organization

    assert (organization.name, organization.code, organization.created_by) == (
        "成都数据科技有限公司",
        credit_code(7),
        founder,
    )


def test_a_code_is_kept_in_its_one_form(competition, founder):
    team = found(competition, founder, organization_code=f" {credit_code(7).lower()} ")

    assert team.organization.code == credit_code(7)


def test_a_known_organization_is_not_renamed_by_a_stranger(competition, founder):
    known = OrganizationFactory(code=credit_code(7), name="四川省气象局")

    team = found(competition, founder, organization_name="冒名单位")

    assert (team.organization, team.organization.name) == (known, "四川省气象局")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "队" * 61}, "name"),
        ({"name": "山洪\u202e预警"}, "name"),
        ({"organization_code": "91110000600037341M"}, "organization_code"),
        ({"organization_name": ""}, "organization_name"),
        ({"organization_kind": "empire"}, "organization_kind"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(competition, founder, wrong, field):
    with pytest.raises(ValidationError) as caught:
        found(competition, founder, **wrong)

    assert list(caught.value.message_dict) == [field]


def test_a_team_that_was_refused_leaves_nothing_behind(competition, founder):
    with pytest.raises(ValidationError):
        found(competition, founder, name="")

    assert (Team.objects.count(), Organization.objects.count()) == (0, 0)


def test_a_name_is_taken_whatever_its_case(competition, founder):
    TeamFactory(competition=competition, name="Flood Watch")

    with pytest.raises(ValidationError) as caught:
        found(competition, founder, name="flood watch")

    assert list(caught.value.message_dict) == ["name"]


def test_the_same_name_is_free_in_another_competition(competition, founder):
    TeamFactory(name="山洪预警队")

    assert found(competition, founder).name == "山洪预警队"


def test_nobody_signed_out_founds_a_team(competition):
    with pytest.raises(PermissionDenied):
        found(competition, AnonymousUser())


@pytest.mark.parametrize("edge", ["opens_at", "closes_at"])
def test_the_window_of_registration_is_half_open(competition, founder, edge):
    stage = competition.stages.get(kind=StageKind.REGISTRATION)
    inside, outside = {
        "opens_at": (stage.opens_at, stage.opens_at - timedelta(microseconds=1)),
        "closes_at": (stage.closes_at - timedelta(microseconds=1), stage.closes_at),
    }[edge]

    with pytest.raises(Conflict):
        found(competition, founder, now=outside)
    assert found(competition, founder, now=inside).pk


def test_without_a_stage_registration_is_closed(founder):
    with pytest.raises(Conflict):
        found(CompetitionFactory(), founder, now=timezone.now())


def test_the_same_form_twice_founds_one_team(competition, founder):
    first = found(competition, founder, key=KEY)

    assert (found(competition, founder, key=KEY), Team.objects.count()) == (first, 1)


def test_a_key_sent_with_another_form_is_refused(competition, founder):
    found(competition, founder, key=KEY)

    with pytest.raises(ValidationError):
        found(competition, founder, name="另一队", key=KEY)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_founds_one_team():
    competition, founder = CompetitionFactory(open=True), UserFactory()

    results = race([lambda: found(competition, founder, key=KEY)] * 4)

    assert ({team.pk for team in results}, TeamMember.objects.count()) == ({Team.objects.get().pk}, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_teams_with_one_name_the_second_is_told_so():
    competition, founders = CompetitionFactory(open=True), UserFactory.create_batch(4)

    results = race([lambda founder=founder: found(competition, founder) for founder in founders])

    assert sum(isinstance(result, Team) for result in results) == 1
    assert sum(isinstance(result, ValidationError) for result in results) == 3
