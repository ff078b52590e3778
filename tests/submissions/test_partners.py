import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from submissions import services
from submissions.services import partners
from tests.factories.accounts import UserFactory
from tests.factories.submissions import OrganizationFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory
from tests.race import race
from tests.submissions.test_races import meeting_point, then_wait

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 6


def add(team, organization, actor=None):
    words = {"code": organization.code, "name": organization.name, "kind": organization.kind}
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
