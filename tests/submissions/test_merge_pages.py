"""The pages on which two entries of one organization are compared and merged."""

import pytest

from submissions import services
from submissions.models import Organization
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.submissions import OrganizationFactory, TeamFactory
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for

pytestmark = pytest.mark.django_db
REASON = "同一单位换发了新的代码"


@pytest.fixture
def double():
    return OrganizationFactory()


@pytest.fixture
def kept():
    return OrganizationFactory()


PAGE = "/admin/submissions/organization/{}/merge/"


class TestPage:
    @pytest.fixture
    def admin(self):
        return client_for(SiteAdminFactory())

    def test_both_stand_side_by_side(self, admin, double, kept):
        team = TeamFactory(organization=double)
        page = admin.get(PAGE.format(double.pk), {"with": kept.pk}).content.decode()

        assert [word in page for word in (double.code, kept.code, team.name)] == [True] * 3

    def test_the_chosen_one_stays(self, admin, double, kept):
        url = f"{PAGE.format(double.pk)}?with={kept.pk}"
        response = admin.post(url, {"kept": double.pk, "reason": REASON})

        kept.refresh_from_db()
        assert (response["Location"], kept.merged_into) == (
            f"/admin/submissions/organization/{double.pk}/change/",
            double,
        )

    def test_without_a_reason_nothing_happens(self, admin, double, kept):
        response = admin.post(f"{PAGE.format(double.pk)}?with={kept.pk}", {"kept": double.pk, "reason": ""})

        assert (response.status_code, Organization.objects.standing().count()) == (400, 2)

    def test_sent_twice_it_leads_to_the_same_page(self, double, kept):
        organizer = OrganizerFactory()
        for each in (double, kept):
            TeamFactory(organization=each, competition=organizer.competition)
        client, data = client_for(organizer.user), {"kept": kept.pk, "reason": REASON}
        first, second = (client.post(f"{PAGE.format(double.pk)}?with={kept.pk}", data) for _time in range(2))

        assert (first["Location"], second["Location"]) == (f"/admin/submissions/organization/{kept.pk}/change/",) * 2

    def test_the_other_way_round_afterwards_is_told(self, admin, double, kept):
        url = f"{PAGE.format(double.pk)}?with={kept.pk}"
        admin.post(url, {"kept": kept.pk, "reason": REASON})

        assert admin.post(url, {"kept": double.pk, "reason": REASON}).status_code == 409

    def test_the_list_leads_to_it(self, admin, double, kept):
        data = {"action": "merge_chosen", "_selected_action": [double.pk, kept.pk]}

        response = admin.post("/admin/submissions/organization/", data)
        assert response["Location"] == f"{PAGE.format(double.pk)}?with={kept.pk}"

    def test_one_alone_or_three_can_not_be_merged(self, admin, double):
        data = {"action": "merge_chosen", "_selected_action": [double.pk]}

        assert admin.post("/admin/submissions/organization/", data)["Location"].endswith("/organization/")

    def test_the_other_is_found_by_its_code(self, admin, double, kept):
        response = admin.get(PAGE.format(double.pk), {"code": kept.code.lower()})

        assert response["Location"] == f"{PAGE.format(double.pk)}?with={kept.pk}"

    def test_a_code_of_nobody_is_said_at_the_field(self, admin, double):
        assert admin.get(PAGE.format(double.pk), {"code": double.code}).status_code == 400

    def test_one_of_the_same_name_is_proposed(self, admin, double):
        same = OrganizationFactory(name=double.name)

        assert same.code in admin.get(PAGE.format(double.pk)).content.decode()

    def test_one_with_the_same_body_in_its_code_is_proposed(self, double):
        code = f"12510700{double.code[8:17]}0"
        registered_anew = OrganizationFactory(code=code)
        OrganizationFactory()

        assert list(Organization.objects.alike(double)) == [registered_anew]

    def test_it_is_not_there_for_whoever_does_not_see_the_other(self, double, kept):
        organizer = OrganizerFactory()
        TeamFactory(organization=double, competition=organizer.competition)

        assert client_for(organizer.user).get(PAGE.format(double.pk), {"with": kept.pk}).status_code == 404

    def test_a_merged_one_is_corrected_no_more(self, admin, double, kept):
        services.merge_organizations(double, kept, actor=None, reason=REASON)
        url = f"/admin/submissions/organization/{double.pk}/change/"

        assert admin.post(url, {"name": "x"}).status_code == 403

    def test_staff_without_a_role_finds_nothing(self, double, kept):
        client = client_for(UserFactory(is_staff=True))

        assert client.get(PAGE.format(double.pk), {"with": kept.pk}).status_code == 404
