import pytest
from django.urls import reverse

from submissions.models import Organization, TeamOrganization
from tests.factories.submissions import OrganizationFactory, TeamFactory, TeamMemberFactory, captain_of, credit_code
from tests.factories.tracks import CompetitionFactory
from tests.submissions.people import KEY, client_for, close, queries_of
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
WRONG_CODE = "91110000600037341M"


@pytest.fixture
def team():
    return TeamFactory()


def add(team, user=None, **changes):
    data = {
        "organization_name": "四川大学",
        "organization_code": credit_code(77),
        "organization_kind": "university",
        "idempotency_key": KEY,
    }
    url = reverse("submissions:partner_add", args=[team.pk])
    return client_for(user or captain_of(team)).post(url, data | changes)


def remove(partner, user):
    return client_for(user).post(reverse("submissions:partner_remove", args=[partner.team_id, partner.pk]))


def partner_of(team):
    return TeamOrganization.objects.create(team=team, organization=OrganizationFactory())


def test_the_captain_adds_a_partner(team):
    assert (add(team)["Location"], team.partners.get().organization.name) == (team.get_absolute_url(), "四川大学")


def test_a_wrong_code_is_still_there_to_be_corrected_with_all_that_was_typed(team):
    response = add(team, organization_code=WRONG_CODE)
    page = response.content.decode()

    assert (response.status_code, WRONG_CODE in page, 'value="四川大学"' in page) == (400, True, True)


def test_the_one_that_leads_is_refused_at_the_field(team):
    response = add(team, organization_code=team.organization.code)

    assert (response.status_code, list(response.context["partner_form"].errors)) == (400, ["organization_code"])


def test_over_the_limit_the_form_says_so_and_keeps_what_was_typed():
    team = TeamFactory(competition=CompetitionFactory(open=True, max_organizations=1))
    response = add(team)

    assert (response.status_code, 'value="四川大学"' in response.content.decode()) == (400, True)


def test_at_the_limit_no_form_is_offered():
    team = TeamFactory(competition=CompetitionFactory(open=True, max_organizations=1))

    assert b"organization_code" not in client_for(captain_of(team)).get(team.get_absolute_url()).content


def test_after_registration_what_was_typed_is_lost_no_more_than_before(team):
    close(team.competition, StageKind.REGISTRATION)

    assert (add(team).status_code, Organization.objects.filter(name="四川大学").exists()) == (409, False)


def test_the_captain_removes_a_partner(team):
    remove(partner_of(team), captain_of(team))

    assert team.partners.count() == 0


def test_a_member_changes_no_partner(team):
    member, partner = TeamMemberFactory(team=team).user, partner_of(team)

    assert (add(team, member).status_code, remove(partner, member).status_code) == (403, 403)


def test_for_others_there_is_no_such_partner(team):
    assert remove(partner_of(team), captain_of(TeamFactory())).status_code == 404


def test_a_partner_of_another_team_is_not_removed_by_ones_own(team):
    captain, partner = captain_of(team), partner_of(TeamFactory())
    url = reverse("submissions:partner_remove", args=[team.pk, partner.pk])

    assert client_for(captain).post(url).status_code == 404


def test_the_page_costs_the_same_however_many_partners(team):
    client, url = client_for(captain_of(team)), team.get_absolute_url()
    partner_of(team)
    one = queries_of(client, url)
    partner_of(team), partner_of(team)

    assert queries_of(client, url) == one
