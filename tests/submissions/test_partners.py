import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from portal.core.errors import Conflict
from submissions import services
from submissions.enums import MemberRole
from submissions.services import partners
from submissions.services.teams import lock_team
from tests.factories.accounts import UserFactory
from tests.factories.submissions import OrganizationFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory
from tests.race import race
from tests.submissions.people import KEY, close
from tests.submissions.test_races import meeting_point, then_wait
from tracks.enums import StageKind

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 6


def add(team, organization, actor=None, **more):
    words = {"code": organization.code, "name": organization.name, "kind": organization.kind, **more}
    return services.add_partner(team, actor=actor or captain_of(team), **words)


def test_a_partner_can_be_added_and_removed():
    team = TeamFactory()
    partner = add(team, OrganizationFactory())
    services.remove_partner(partner, actor=captain_of(team))

    assert team.partners.count() == 0


def test_the_one_that_leads_is_no_partner():
    team = TeamFactory()

    with pytest.raises(ValidationError):
        add(team, team.organization)


def test_only_the_captain_adds_partners():
    with pytest.raises(PermissionDenied):
        add(TeamFactory(), OrganizationFactory(), UserFactory())


class TestAfterTheLock:
    """What was true before one waited for the team need not be true any more."""

    @pytest.fixture
    def team(self):
        return TeamFactory()

    @pytest.fixture(params=["add", "remove", "describe", "organization"])
    def deed(self, request, team):
        captain, partner = captain_of(team), add(team, OrganizationFactory())
        words = {"introduction": "x", "strengths": "", "contact_name": ""}
        return {
            "add": lambda: add(team, OrganizationFactory(), captain),
            "remove": lambda: services.remove_partner(partner, actor=captain),
            "describe": lambda: services.describe_partner(partner, actor=captain, **words),
            "organization": lambda: services.describe_organization(
                team, team.organization, actor=captain, region="5107"
            ),
        }[request.param]

    def meanwhile(self, monkeypatch, happens):
        def lock(team):
            happens()
            return lock_team(team)

        monkeypatch.setattr(partners, "lock_team", lock)

    def test_whoever_has_handed_the_team_over_changes_nothing(self, team, deed, monkeypatch):
        self.meanwhile(monkeypatch, lambda: team.members.update(role=MemberRole.MEMBER))

        with pytest.raises(PermissionDenied):
            deed()

    def test_when_registration_has_closed_nothing_is_changed(self, team, deed, monkeypatch):
        self.meanwhile(monkeypatch, lambda: close(team.competition, StageKind.REGISTRATION))

        with pytest.raises(Conflict):
            deed()


def test_a_double_click_adds_one_partner():
    team, organization = TeamFactory(), OrganizationFactory()
    captain = captain_of(team)
    results = race([lambda: add(team, organization, captain, key=KEY)] * RIVALS)

    assert results == [team.partners.get()] * RIVALS


def test_without_a_key_the_second_click_is_told():
    team, organization = TeamFactory(), OrganizationFactory()
    captain = captain_of(team)
    results = race([lambda: add(team, organization, captain)] * 2)

    assert sorted(type(each).__name__ for each in results) == ["TeamOrganization", "ValidationError"]


def test_what_was_removed_is_not_added_again_by_an_old_form():
    team, organization = TeamFactory(), OrganizationFactory()
    captain = captain_of(team)
    services.remove_partner(add(team, organization, captain, key=KEY), actor=captain)

    with pytest.raises(Conflict):
        add(team, organization, captain, key=KEY)


def add_many():
    team = TeamFactory(competition=CompetitionFactory(open=True, max_organizations=3))
    race([lambda each=each: add(team, each) for each in OrganizationFactory.create_batch(RIVALS)])
    return team.partners.count()


def test_however_many_are_added_at_once_the_limit_holds():
    assert add_many() == 2


def test_without_the_lock_there_are_too_many(monkeypatch):
    monkeypatch.setattr(partners, "lock_team", lambda team: team)
    monkeypatch.setattr(partners, "organization_count", then_wait(partners.organization_count, meeting_point(RIVALS)))

    assert add_many() == (RIVALS if connection.features.has_select_for_update else 2)
