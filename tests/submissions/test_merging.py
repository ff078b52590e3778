"""Two entries of one organization become one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from judging.models import Assignment, Judge
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions import services
from submissions.models import Organization, Team, TeamOrganization
from submissions.services import merging, organizations
from tests.factories.accounts import SiteAdminFactory
from tests.factories.judging import AssignmentFactory, JudgeFactory
from tests.factories.submissions import OrganizationFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.race import meeting_point, race, wait_then
from tests.submissions.people import client_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
REASON = "同一单位换发了新的代码"


def merge(double, kept, actor=None, reason=REASON):
    return services.merge_organizations(double, kept, actor=actor, reason=reason)


@pytest.fixture
def double():
    return OrganizationFactory(region="5107", size="small")


@pytest.fixture
def kept():
    return OrganizationFactory()


def partners_of(team):
    return list(team.partners.values_list("organization", flat=True))


class TestWhatFollows:
    def test_teams_that_it_leads(self, double, kept):
        team = TeamFactory(organization=double)
        merge(double, kept)

        assert Team.objects.get(pk=team.pk).organization == kept

    def test_teams_in_which_it_is_a_partner(self, double, kept):
        team = TeamFactory()
        TeamOrganization.objects.create(team=team, organization=double)
        merge(double, kept)

        assert partners_of(team) == [kept.pk]

    def test_a_partner_that_comes_to_lead_is_a_partner_no_more(self, double, kept):
        leads, led = TeamFactory(organization=double), TeamFactory(organization=kept)
        TeamOrganization.objects.create(team=leads, organization=kept)
        TeamOrganization.objects.create(team=led, organization=double)
        merge(double, kept)

        assert (partners_of(leads), partners_of(led)) == ([], [])

    def test_two_partners_of_a_team_become_one(self, double, kept):
        team = TeamFactory()
        for each in (double, kept):
            TeamOrganization.objects.create(team=team, organization=each)
        merge(double, kept)

        assert partners_of(team) == [kept.pk]

    def test_judges(self, double, kept):
        judge = JudgeFactory(organization=double)
        merge(double, kept)

        assert Judge.objects.get(pk=judge.pk).organization == kept

    def test_a_conflict_of_interest_that_shows_only_now(self, double, kept):
        assignment = AssignmentFactory(judge__organization=double)
        Team.objects.filter(pk=assignment.submission.team_id).update(organization=kept)
        mine = Assignment.objects.filter(pk=assignment.pk)
        before = mine.without_conflict(assignment.judge.user).exists()
        merge(double, kept)

        assert (before, mine.without_conflict(assignment.judge.user).exists()) == (True, False)

    def test_what_the_one_that_stays_did_not_say(self, double, kept):
        merge(double, kept)

        kept.refresh_from_db()
        assert (kept.region, kept.size) == ("5107", "small")

    def test_whoever_enters_the_old_code_gets_the_one_that_stays(self, double, kept):
        merge(double, kept)
        team = TeamFactory()
        services.add_partner(team, actor=captain_of(team), code=double.code, name=double.name, kind="company")

        assert partners_of(team) == [kept.pk]

    def test_doubles_of_the_double(self, double, kept):
        oldest = OrganizationFactory()
        merge(oldest, double)
        merge(double, kept)

        assert Organization.objects.get(pk=oldest.pk).merged_into == kept

    def test_other_teams_stay_as_they_are(self, double, kept):
        team = TeamFactory()
        merge(double, kept)

        assert Team.objects.get(pk=team.pk).organization == team.organization


class TestTrail:
    def test_says_what_became_of_each(self, double, kept):
        organizer = OrganizerFactory().user
        team = TeamFactory(organization=double, competition=organizer.organizer_roles.get().competition)
        judge = JudgeFactory(organization=double, competition=team.competition)
        merge(double, kept, organizer)

        lines = AuditEntry.objects.filter(actor_id=organizer.pk, reason=REASON)
        assert set(lines.values_list("object_type", "object_id", "action", "scope")) == {
            (kind, str(pk), action, f"competition:{team.competition_id}")
            for kind, pk, action in [
                ("submissions.team", team.pk, "merge_organization"),
                ("judging.judge", judge.pk, "update"),
                ("submissions.organization", kept.pk, "merge"),
            ]
        }

    def test_has_before_and_after(self, double, kept):
        team = TeamFactory(organization=double)
        merge(double, kept)

        line = AuditEntry.objects.get(object_type="submissions.team", action="merge_organization")
        assert (line.object_id, line.before, line.after) == (
            str(team.pk),
            {"organization": double.pk},
            {"organization": kept.pk},
        )

    def test_goes_to_the_site_where_several_competitions_are_concerned(self, double, kept):
        for _competition in range(2):
            TeamFactory(organization=double)
        merge(double, kept)

        assert AuditEntry.objects.get(action="merge").scope == "site"

    def test_the_team_reads_it_in_its_history(self, double, kept):
        team = TeamFactory(organization=double)
        merge(double, kept)
        page = client_for(captain_of(team)).get(reverse("submissions:team_history", args=[team.pk]))

        assert REASON in page.content.decode()


class TestWho:
    def test_the_site_admin(self, double, kept):
        TeamFactory(organization=double)

        assert merge(double, kept, SiteAdminFactory()) == kept

    def test_whoever_runs_each_competition_in_which_they_stand(self, double, kept):
        competition = CompetitionFactory(open=True)
        TeamFactory(organization=double, competition=competition)
        TeamFactory(organization=kept, competition=competition)

        assert merge(double, kept, OrganizerFactory(competition=competition).user) == kept

    @pytest.mark.parametrize("which", ["double", "kept"])
    def test_nobody_who_runs_only_one_of_them(self, double, kept, which):
        organizer = OrganizerFactory()
        TeamFactory(organization=double if which == "kept" else kept, competition=organizer.competition)
        TeamFactory(organization=double if which == "double" else kept)

        with pytest.raises(PermissionDenied):
            merge(double, kept, organizer.user)

    def test_no_captain(self, double, kept):
        with pytest.raises(PermissionDenied):
            merge(double, kept, captain_of(TeamFactory(organization=double)))

    @pytest.mark.parametrize("which", ["double", "kept"])
    def test_nobody_whose_own_team_is_of_one_of_them(self, double, kept, which):
        admin = SiteAdminFactory()
        TeamFactory(organization=double if which == "double" else kept, captain=admin)

        with pytest.raises(PermissionDenied):
            merge(double, kept, admin)

    @pytest.mark.parametrize("reason", [" \n ", "\u200b", "\u2060 \ufeff"])
    def test_nobody_without_a_reason(self, double, kept, reason):
        with pytest.raises(ValidationError) as refused:
            merge(double, kept, reason=reason)

        assert list(refused.value.message_dict) == ["reason"]

    def test_nothing_with_itself(self, double):
        with pytest.raises(ValidationError):
            merge(double, double)

    def test_the_database_refuses_that_too(self, double):
        with pytest.raises(IntegrityError, match="organization_not_merged_into_itself"), transaction.atomic():
            Organization.objects.filter(pk=double.pk).update(merged_into=double)


class TestAtOnce:
    def test_a_double_click_merges_once(self, double, kept):
        TeamFactory(organization=double)
        results = race([lambda: merge(double, kept)] * 4)

        assert (results, AuditEntry.objects.filter(action="merge").count()) == ([kept] * 4, 1)

    def test_of_two_who_merge_the_other_way_round_one_is_told(self, double, kept):
        results = race([lambda: merge(double, kept), lambda: merge(kept, double)])

        merged = Organization.objects.exclude(merged_into=None).count()
        assert ([isinstance(each, Conflict) for each in results].count(True), merged) == (1, 1)

    def test_without_the_lock_each_is_merged_into_the_other(self, double, kept, monkeypatch):
        def look(one, other):
            return Organization.objects.get(pk=one.pk), Organization.objects.get(pk=other.pk)

        monkeypatch.setattr(merging, "lock_both", look)
        monkeypatch.setattr(merging, "add_missing", lambda *sides: {})
        # As late as can be: what one has written, the other would stumble over.
        monkeypatch.setattr(Organization, "save", wait_then(meeting_point(2), Organization.save))
        race([lambda: merge(double, kept), lambda: merge(kept, double)])

        merged = Organization.objects.exclude(merged_into=None).count()
        assert merged == (2 if connection.features.has_select_for_update else 1)

    def join_while_merging(self, double, kept):
        team = TeamFactory()
        words = {"code": double.code, "name": double.name, "kind": double.kind}
        race(
            [
                lambda: services.add_partner(team, actor=captain_of(team), **words),
                lambda: merge(double, kept),
            ]
        )
        return TeamOrganization.objects.filter(organization__merged_into__isnull=False).count()

    def test_nobody_comes_to_a_double_while_it_is_merged(self, double, kept):
        assert self.join_while_merging(double, kept) == 0

    def test_without_the_lock_somebody_comes_to_a_double(self, double, kept, monkeypatch):
        barrier = meeting_point(2)

        def look(organization):
            """As it was before the other one has committed."""
            barrier.wait()
            return organization

        if connection.features.has_select_for_update:
            monkeypatch.setattr(organizations, "hold_organization", look)
            monkeypatch.setattr(merging, "_teams_of", wait_the_second_time(merging._teams_of, barrier))

        assert self.join_while_merging(double, kept) == (1 if connection.features.has_select_for_update else 0)

    def test_two_merges_that_share_teams_do_not_wait_for_each_other_for_ever(self, double, kept):
        others = OrganizationFactory.create_batch(2)
        for each in (double, *others):
            team = TeamFactory(organization=each)
            TeamOrganization.objects.create(team=team, organization=kept)
        results = race([lambda each=each: merge(each, kept) for each in (double, *others)])

        assert results == [kept] * 3


def wait_the_second_time(function, barrier):
    """``function``, and after its last look nobody goes on before the other one has come as far."""
    calls = []

    def waiting(*args):
        result = function(*args)
        calls.append(1)
        if len(calls) == 2:
            barrier.wait()
        return result

    return waiting


class TestWordsOfPartners:
    def partners(self, double, kept, said_of_double, said_of_kept):
        team = TeamFactory()
        TeamOrganization.objects.create(team=team, organization=double, **said_of_double)
        return TeamOrganization.objects.create(team=team, organization=kept, **said_of_kept)

    def test_what_was_said_about_the_double_only_is_taken_over(self, double, kept):
        said = {"introduction": "一", "contact_name": "周敏", "contact_phone": "+8613812345678"}
        stays = self.partners(double, kept, said, {"introduction": "二"})
        merge(double, kept)

        stays.refresh_from_db()
        assert (stays.introduction, stays.contact_name, stays.contact_phone) == ("二", "周敏", "+8613812345678")

    def test_nobody_gets_the_number_of_somebody_else(self, double, kept):
        said = {"contact_name": "周敏", "contact_phone": "+8613812345678"}
        stays = self.partners(double, kept, said, {"contact_name": "李强"})
        merge(double, kept)

        stays.refresh_from_db()
        assert (stays.contact_name, stays.contact_phone) == ("李强", "")

    def test_the_trail_keeps_what_the_team_wrote_and_no_contact(self, double, kept):
        said = {"introduction": "一", "contact_name": "周敏", "contact_phone": "+8613812345678"}
        stays = self.partners(double, kept, said, {"introduction": "二"})
        merge(double, kept)

        line = AuditEntry.objects.get(object_type="submissions.team", object_id=str(stays.team_id))
        assert (line.before["introduction"], "周敏" in str(line.before), "13812345678" in str(line.before)) == (
            "一",
            False,
            False,
        )
