"""The registry of organizations, and who may say what about one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions import services
from submissions.enums import OrganizationKind, OrganizationSize
from submissions.models import Organization, TeamOrganization
from submissions.regions import ABROAD, REGION_CODES, SICHUAN, region_of_code
from submissions.services.organizations import FIELDS, check_organization, new_organization
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import JudgeFactory
from tests.factories.submissions import OrganizationFactory, TeamFactory, TeamMemberFactory, captain_of, credit_code
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tests.race import race
from tests.submissions.people import client_for, close, queries_of
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def told(**changes):
    words = {"code": credit_code(7), "name": "成都数据科技有限公司", "kind": "company", **changes}
    return new_organization(**words)


class TestCode:
    @pytest.mark.parametrize(
        "typed",
        [
            "91510100ma6c0dem0q",
            " 91510100 MA6C0DEM0Q ",
            "91510100-MA6C0DEM0-Q",
            "91510100MA6C0DEM0Q".translate(FULL_WIDTH),
            "\u300091510100ｍａ6C0DEM0Q\u3000",
        ],
    )
    def test_however_it_is_typed_it_is_one_code(self, typed):
        assert told(code=typed).code == "91510100MA6C0DEM0Q"

    @pytest.mark.database
    def test_a_code_is_one_organizations(self):
        known = OrganizationFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            OrganizationFactory(code=known.code)


class TestRegion:
    def test_sichuan_has_its_21(self):
        assert len(SICHUAN) == 21

    def test_no_region_is_there_twice(self):
        assert len(set(REGION_CODES)) == len(REGION_CODES)

    @pytest.mark.parametrize(
        ("code", "region"),
        [
            ("91510100MA6C0DEM0Q", "5101"),
            ("12510000450DEM0XKL", ""),
            ("91110000600037341L", "11"),
            ("N2513300000000000X", "5133"),
            (f"9{ABROAD[0]}{ABROAD}00600037341L", ""),
        ],
    )
    def test_it_is_read_from_the_code(self, code, region):
        assert region_of_code(code) == region

    def test_what_is_said_goes_before_the_code(self):
        assert told(region="5107").region == "5107"

    @pytest.mark.database
    def test_the_database_knows_no_other(self):
        organization = OrganizationFactory()

        with pytest.raises(IntegrityError, match="organization_region_known"), transaction.atomic():
            Organization.objects.filter(pk=organization.pk).update(region="5102")


class TestSize:
    @pytest.mark.parametrize(
        ("kind", "size", "is_right"),
        [
            ("company", "small", True),
            ("company", "", True),
            ("company", "not_applicable", False),
            ("university", "large", False),
            ("university", "not_applicable", True),
            ("public_institution", "micro", False),
            ("social_organization", "small", False),
            ("research_institute", "medium", True),
            ("research_institute", "not_applicable", True),
            ("company", "huge", False),
        ],
    )
    def test_only_enterprises_have_one(self, kind, size, is_right):
        assert check_organization(told(kind=kind, size=size)).keys() == (set() if is_right else {"organization_size"})

    @pytest.mark.parametrize("kind", ["university", "public_institution", "social_organization"])
    def test_a_public_body_need_not_say_that_it_has_none(self, kind):
        assert told(kind=kind).size == OrganizationSize.NOT_APPLICABLE

    @pytest.mark.database
    @pytest.mark.parametrize(
        ("kind", "size", "name"),
        [
            ("company", "not_applicable", "organization_company_has_a_size"),
            ("university", "large", "organization_public_body_has_no_size"),
            ("company", "huge", "organization_size_known"),
        ],
    )
    def test_the_database_says_so_too(self, kind, size, name):
        organization = OrganizationFactory(kind=kind)

        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            Organization.objects.filter(pk=organization.pk).update(size=size)


@pytest.fixture
def team():
    return TeamFactory()


def describe(team, actor=None, organization=None, **said):
    actor = actor or captain_of(team)
    return services.describe_organization(team, organization or team.organization, actor=actor, **said)


class TestCaptain:
    def test_says_what_is_known_about_the_own_organization(self, team):
        describe(team, name="成都数据", kind="research_institute", region="5107", size="small")

        saved = Organization.objects.get(pk=team.organization_id)
        assert (saved.name, saved.kind, saved.region, saved.size) == ("成都数据", "research_institute", "5107", "small")

    def test_it_is_in_the_trail_with_before_and_after(self, team):
        describe(team, region="5107")

        line = AuditEntry.objects.get(action="edit_organization")
        about = {"organization": team.organization_id}
        assert (line.object_id, line.before, line.after) == (
            str(team.pk),
            about | {"region": ""},
            about | {"region": "5107"},
        )

    def test_saying_the_same_again_leaves_no_line(self, team):
        describe(team, name=team.organization.name, kind=team.organization.kind)

        assert not AuditEntry.objects.filter(action="edit_organization").exists()

    def test_adds_what_is_missing_where_another_team_names_it_too(self, team):
        TeamFactory(organization=team.organization)
        describe(team, region="5107", size="large")

        assert Organization.objects.get(pk=team.organization_id).size == "large"

    @pytest.mark.parametrize("said", [{"name": "别的"}, {"kind": "university"}, {"region": "5101"}])
    def test_changes_nothing_where_another_team_names_it_too(self, team, said):
        Organization.objects.filter(pk=team.organization_id).update(region="5107")
        other = TeamFactory()
        TeamOrganization.objects.create(team=other, organization=team.organization)

        with pytest.raises(Conflict):
            describe(team, **said)

    def test_of_two_teams_of_ones_own_both_are_ones_own(self, team):
        TeamFactory(organization=team.organization, captain=captain_of(team))

        assert describe(team, name="成都数据").name == "成都数据"

    def test_a_member_says_nothing(self, team):
        with pytest.raises(PermissionDenied):
            describe(team, TeamMemberFactory(team=team).user, region="5107")

    def test_nothing_is_said_after_registration(self, team):
        close(team.competition, StageKind.REGISTRATION)

        with pytest.raises(Conflict):
            describe(team, region="5107")

    def test_nothing_is_said_about_another_teams_organization(self, team):
        with pytest.raises(Conflict):
            describe(team, organization=OrganizationFactory(), region="5107")

    def test_what_is_wrong_stands_at_its_field(self, team):
        with pytest.raises(ValidationError) as refused:
            describe(team, kind="university", size="large")

        assert list(refused.value.message_dict) == ["organization_size"]


def post(team, user=None, **changes):
    organization = team.organization
    data = {f"lead-{FIELDS[name]}": getattr(organization, name) for name in ("name", "kind", "region", "size")}
    data |= {f"lead-{name}": value for name, value in changes.items()}
    return client_for(user or captain_of(team)).post(reverse("submissions:lead_edit", args=[team.pk]), data)


class TestPage:
    def test_the_captain_saves(self, team):
        response = post(team, organization_region="5107", organization_size="micro")

        team.organization.refresh_from_db()
        assert (response["Location"], team.organization.region, team.organization.size) == (
            team.get_absolute_url(),
            "5107",
            "micro",
        )

    def test_what_is_wrong_is_said_and_kept(self, team):
        response = post(team, organization_name="", organization_region="5107")

        form = response.context["lead_form"]
        assert (response.status_code, list(form.errors), form["organization_region"].value()) == (
            400,
            ["organization_name"],
            "5107",
        )

    def test_where_others_name_it_what_is_there_can_only_be_read(self, team):
        TeamFactory(organization=team.organization)
        post(team, organization_name="别的", organization_region="5107")

        team.organization.refresh_from_db()
        assert (team.organization.name != "别的", team.organization.region) == (True, "5107")

    def test_for_others_there_is_no_such_team(self, team):
        assert post(team, captain_of(TeamFactory())).status_code == 404

    def test_a_member_is_refused(self, team):
        assert post(team, TeamMemberFactory(team=team).user).status_code == 403

    def test_no_form_after_registration(self, team):
        close(team.competition, StageKind.REGISTRATION)

        assert b"lead-organization" not in client_for(captain_of(team)).get(team.get_absolute_url()).content


class TestFounding:
    def test_region_and_size_are_kept(self):
        team = services.found_team(
            CompetitionFactory(open=True),
            actor=UserFactory(),
            name="山洪预警队",
            organization_code=credit_code(7),
            organization_name="成都数据科技有限公司",
            organization_kind="company",
            organization_region="5107",
            organization_size="small",
        )

        assert (team.organization.region, team.organization.size) == ("5107", "small")

    def test_a_known_organization_gets_only_what_it_lacks(self, team):
        known = OrganizationFactory(region="5107")
        services.add_partner(
            team, actor=captain_of(team), code=known.code, name="x", kind="company", region="5101", size="large"
        )

        known.refresh_from_db()
        assert (known.region, known.size) == ("5107", "large")


CHANGE = "/admin/submissions/organization/{}/change/"


def correct(organization, user, **changes):
    data = {name: getattr(organization, name) for name in FIELDS} | changes
    return client_for(user).post(CHANGE.format(organization.pk), data)


class TestOrganizer:
    @pytest.fixture
    def organizer(self, team):
        return OrganizerFactory(competition=team.competition).user

    def test_corrects_what_a_team_said(self, team, organizer):
        correct(team.organization, organizer, name="成都数据", code=credit_code(4711))

        team.organization.refresh_from_db()
        line = AuditEntry.objects.get(action="edit", object_type="submissions.organization")
        assert (team.organization.name, team.organization.code) == ("成都数据", credit_code(4711))
        assert (line.after, line.scope) == (
            {"name": "成都数据", "code": credit_code(4711)},
            f"competition:{team.competition_id}",
        )

    def test_does_not_where_it_stands_in_a_competition_of_others(self, team, organizer):
        TeamFactory(organization=team.organization)

        assert correct(team.organization, organizer, name="成都数据").status_code == 403

    def test_does_not_where_a_judge_of_others_is_at_home(self, team, organizer):
        JudgeFactory(organization=team.organization)

        with pytest.raises(PermissionDenied):
            services.correct_organization(team.organization, actor=organizer, name="成都数据")

    def test_of_a_track_does_not(self, team):
        track = TrackFactory(competition=team.competition)
        user = OrganizerFactory(competition=team.competition, tracks=[track]).user

        with pytest.raises(PermissionDenied):
            services.correct_organization(team.organization, actor=user, name="成都数据")

    def test_the_site_admin_may(self, team):
        TeamFactory(organization=team.organization)

        assert correct(team.organization, SiteAdminFactory(), name="成都数据").status_code == 302

    def test_a_code_of_another_is_refused_at_the_field(self, team, organizer):
        response = correct(team.organization, organizer, code=OrganizationFactory().code)

        assert (response.status_code, list(response.context["adminform"].form.errors)) == (200, ["code"])

    def test_a_wrong_size_is_refused_at_the_field(self, team, organizer):
        response = correct(team.organization, organizer, kind="university", size="large")

        assert list(response.context["adminform"].form.errors) == ["size"]

    def test_a_public_body_has_no_size_by_itself(self, team, organizer):
        correct(team.organization, organizer, kind=OrganizationKind.UNIVERSITY)

        team.organization.refresh_from_db()
        assert team.organization.size == OrganizationSize.NOT_APPLICABLE


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_code_at_once_one_is_told():
    first, second = OrganizationFactory.create_batch(2)
    results = race(
        [
            lambda each=each: services.correct_organization(each, actor=None, code=credit_code(4711))
            for each in (first, second)
        ]
    )

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Organization"]


def test_the_teams_page_costs_the_same_however_many_organizations(team):
    client, url = client_for(captain_of(team)), team.get_absolute_url()
    one = queries_of(client, url)
    for other in TeamFactory.create_batch(2):
        TeamOrganization.objects.create(team=team, organization=other.organization)

    assert queries_of(client, url) == one
