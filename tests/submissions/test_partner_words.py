"""What a team says about a partner, whom organizers may call there, and who learns the number."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from portal.accounts.personal_data import KEEPERS
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions import services
from submissions.keeper import SubmissionKeeper
from submissions.kept import contacts
from submissions.models import TeamOrganization
from submissions.retention import forget_contact, partner_contacts
from tests.factories.accounts import UserFactory
from tests.factories.submissions import OrganizationFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tests.submissions.people import client_for
from tracks.models import Stage

pytestmark = pytest.mark.django_db
NUMBER, MASKED = "+8613812345678", "138****5678"
PURPOSE = "核对联合体单位盖章情况"


@pytest.fixture
def partner():
    return TeamOrganization.objects.create(team=TeamFactory(), organization=OrganizationFactory())


@pytest.fixture
def reachable(partner):
    TeamOrganization.objects.filter(pk=partner.pk).update(contact_name="周敏", contact_phone=NUMBER)
    partner.refresh_from_db()
    return partner


def describe(partner, actor=None, **said):
    words = {"introduction": "", "strengths": "", "contact_name": "", "contact_phone": "", **said}
    return services.describe_partner(partner, actor=actor or captain_of(partner.team), **words)


class TestWords:
    def test_introduction_and_strengths_are_kept_with_their_lines(self, partner):
        describe(partner, introduction="一\r\n二 ", strengths="三")

        partner.refresh_from_db()
        assert (partner.introduction, partner.strengths) == ("一\n二", "三")

    @pytest.mark.parametrize(("field", "limit"), [("introduction", 300), ("strengths", 600)])
    def test_every_character_counts_one(self, partner, field, limit):
        describe(partner, **{field: "数" * (limit - 1) + "😀"})
        with pytest.raises(ValidationError) as refused:
            describe(partner, **{field: "数" * limit + "。"})

        assert list(refused.value.message_dict) == [field]

    @pytest.mark.parametrize("hostile", ["x\x00y", "x\u202ey", "x\ud800y"])
    def test_what_no_page_can_show_is_refused(self, partner, hostile):
        with pytest.raises(ValidationError):
            describe(partner, introduction=hostile)

    def test_only_the_captain_says_something(self, partner):
        with pytest.raises(PermissionDenied):
            describe(partner, TeamMemberFactory(team=partner.team).user, introduction="x")

    def test_about_one_that_was_removed_nothing_is_said(self, partner):
        captain = captain_of(partner.team)
        services.remove_partner(partner, actor=captain)

        with pytest.raises(Conflict):
            describe(partner, captain, introduction="x")


class TestContact:
    def test_the_number_is_kept_in_its_one_form(self, partner):
        describe(partner, contact_name="周敏", contact_phone="１３８ 1234-5678")

        partner.refresh_from_db()
        assert partner.contact_phone == NUMBER

    def test_a_wrong_number_is_refused_at_its_field(self, partner):
        with pytest.raises(ValidationError) as refused:
            describe(partner, contact_name="周敏", contact_phone="12345")

        assert list(refused.value.message_dict) == ["contact_phone"]

    def test_a_number_is_somebodys(self, partner):
        with pytest.raises(ValidationError) as refused:
            describe(partner, contact_phone=NUMBER)

        assert list(refused.value.message_dict) == ["contact_name"]

    @pytest.mark.parametrize(("name", "number"), [("周敏", NUMBER), ("李强", ""), ("", "")])
    def test_no_number_keeps_that_of_the_same_person_only(self, reachable, name, number):
        describe(reachable, contact_name=name)

        reachable.refresh_from_db()
        assert (reachable.contact_name, reachable.contact_phone) == (name, number)

    def test_the_trail_says_that_it_changed_and_not_to_what(self, partner):
        describe(partner, contact_name="周敏", contact_phone=NUMBER)

        line = AuditEntry.objects.get(action="edit_partner")
        assert line.after == {"organization": partner.organization_id, "changed": ["contact_name", "contact_phone"]}


def post(partner, user=None, **changes):
    data = {"introduction": "", "strengths": "", "contact_name": "", "contact_phone": ""}
    organization = partner.organization
    data |= {f"organization_{name}": getattr(organization, name) for name in ("name", "kind", "region", "size")}
    typed = {f"p{partner.pk}-{name}": value for name, value in {**data, **changes}.items()}
    url = reverse("submissions:partner_edit", args=[partner.team_id, partner.pk])
    return client_for(user or captain_of(partner.team)).post(url, typed)


class TestPage:
    def test_the_captain_saves_all_at_once(self, partner):
        post(partner, introduction="一", contact_name="周敏", contact_phone=NUMBER, organization_region="5107")

        partner.refresh_from_db()
        assert (partner.introduction, partner.contact_phone, partner.organization.region) == ("一", NUMBER, "5107")

    def test_what_was_typed_is_there_when_something_is_wrong(self, partner):
        response = post(partner, introduction="一" * 301, contact_name="周敏", organization_region="5107")

        partner.refresh_from_db()
        page = response.content.decode()
        assert (response.status_code, "一" * 301 in page, partner.contact_name, partner.organization.region) == (
            400,
            True,
            "",
            "",
        )

    def test_a_member_is_refused(self, partner):
        assert post(partner, TeamMemberFactory(team=partner.team).user).status_code == 403

    def test_for_others_it_is_not_there(self, partner):
        assert post(partner, captain_of(TeamFactory())).status_code == 404

    @pytest.mark.parametrize("who", ["captain", "member", "organizer"])
    def test_nobody_reads_the_whole_number_on_the_teams_page(self, reachable, who):
        team = reachable.team
        user = {
            "captain": lambda: captain_of(team),
            "member": lambda: TeamMemberFactory(team=team).user,
            "organizer": lambda: OrganizerFactory(competition=team.competition).user,
        }[who]()
        page = client_for(user).get(team.get_absolute_url()).content.decode()

        assert ("周敏" in page, MASKED in page, "13812345678" in page) == (True, True, False)

    def test_script_is_text(self, partner):
        describe(partner, introduction="<script>alert(1)</script>")
        page = client_for(captain_of(partner.team)).get(partner.team.get_absolute_url()).content.decode()

        assert "<script>alert(1)" not in page


class TestWholeNumber:
    @pytest.fixture
    def organizer(self, reachable):
        return OrganizerFactory(competition=reachable.team.competition).user

    def ask(self, partner, user, purpose=PURPOSE):
        url = reverse("submissions:partner_contact", args=[partner.team_id, partner.pk])
        return client_for(user).post(url, {"purpose": purpose})

    def test_an_organizer_reads_it_and_leaves_a_line(self, reachable, organizer):
        response = self.ask(reachable, organizer)

        line = AuditEntry.objects.get(action="read_contact_phone")
        assert ("13812345678" in response.content.decode(), response["Cache-Control"]) == (True, "private, no-store")
        assert (line.actor_id, line.object_id, line.reason, line.after) == (
            organizer.pk,
            str(reachable.team_id),
            PURPOSE,
            {"partner": reachable.pk},
        )

    def test_nobody_reads_it_without_saying_what_for(self, reachable, organizer):
        response = self.ask(reachable, organizer, purpose="x")

        assert (response.status_code, "13812345678" in response.content.decode()) == (400, False)

    def test_looking_at_the_page_reads_nothing(self, reachable, organizer):
        url = reverse("submissions:partner_contact", args=[reachable.team_id, reachable.pk])

        assert "13812345678" not in client_for(organizer).get(url).content.decode()

    def test_no_captain_reads_it(self, reachable):
        assert self.ask(reachable, captain_of(reachable.team)).status_code == 403

    def test_no_organizer_of_a_track_reads_it(self, reachable):
        competition = reachable.team.competition
        track = TrackFactory(competition=competition)
        user = OrganizerFactory(competition=competition, tracks=[track]).user

        with pytest.raises(PermissionDenied):
            services.read_contact_phone(reachable, actor=user, purpose=PURPOSE)

    def test_no_organizer_reads_it_of_their_own_team(self, reachable, organizer):
        TeamMemberFactory(team=reachable.team, user=organizer)

        assert self.ask(reachable, organizer).status_code == 403


class TestPersonal:
    def test_whoever_is_named_finds_it_in_their_copy(self, reachable):
        member = TeamMemberFactory(team=reachable.team, user__phone=NUMBER).user

        assert [row["organization"] for row in contacts(member)] == [reachable.organization.name]

    @pytest.mark.parametrize("phone", ["", NUMBER])
    def test_nobody_else_does(self, reachable, phone):
        stranger = UserFactory(phone=phone)
        member = TeamMemberFactory(team=reachable.team).user

        assert [*contacts(stranger), *contacts(member)] == []

    def test_it_goes_with_the_account(self, reachable):
        member = TeamMemberFactory(team=reachable.team, user__phone=NUMBER).user
        self.erase(member)

        reachable.refresh_from_db()
        assert (reachable.contact_name, reachable.contact_phone) == ("", "")

    def test_that_of_somebody_else_stays(self, reachable):
        self.erase(TeamMemberFactory(team=reachable.team).user)

        reachable.refresh_from_db()
        assert reachable.contact_phone == NUMBER

    def test_it_goes_with_the_last_member(self, reachable):
        self.erase(captain_of(reachable.team))

        reachable.refresh_from_db()
        assert reachable.contact_phone == ""

    def erase(self, user):
        keeper = next(each for each in KEEPERS if isinstance(each, SubmissionKeeper))
        keeper.erase(user, now=timezone.now())

    def test_it_is_forgotten_when_the_competition_is_long_over(self, reachable):
        going_on = TeamOrganization.objects.create(
            team=TeamFactory(competition=CompetitionFactory(open=True)),
            organization=OrganizationFactory(),
            contact_name="李强",
        )
        cutoff = timezone.now()
        stages = Stage.objects.filter(competition=reachable.team.competition)
        stages.update(opens_at=cutoff - timedelta(days=2200), closes_at=cutoff - timedelta(days=2000))
        due = list(partner_contacts(cutoff))
        for row in due:
            forget_contact(row)

        reachable.refresh_from_db()
        assert (due, reachable.contact_phone, going_on.contact_name) == ([reachable], "", "李强")
