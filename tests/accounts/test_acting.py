"""A site admin acts for somebody: who may, what stays theirs, when it ends, and what the trail says."""

import pytest
from django.urls import reverse
from django.utils import timezone

from judging.enums import AssignmentStatus
from portal.accounts.acting import may_act_for
from portal.accounts.enums import AgreementKind
from portal.accounts.models import Consent
from portal.core.models import AuditEntry
from submissions.models import Team
from tests.factories.accounts import PASSWORD, AgreementFactory, SiteAdminFactory, UserFactory
from tests.factories.judging import AssignmentFactory, JudgeFactory
from tests.factories.submissions import InvitationFactory, SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tracks.models import Pledge

pytestmark = pytest.mark.django_db
REAUTHENTICATE = reverse("account_reauthenticate")
STOP = reverse("dashboards:stop_acting")


def page_of(person):
    return reverse("dashboards:act_for", args=[person.pk])


@pytest.fixture
def admin():
    return SiteAdminFactory(full_name="站长王")


@pytest.fixture
def person():
    return captain_of(TeamFactory(captain=UserFactory(full_name="李雷")))


@pytest.fixture
def confirmed(client, admin):
    """The site admin, who has just typed their password."""
    client.force_login(admin)
    client.post(REAUTHENTICATE, {"password": PASSWORD})
    return client


@pytest.fixture
def acting(confirmed, person):
    confirmed.post(page_of(person), {"reason": "电话求助：无法提交"})
    return confirmed


def who(client):
    return int(client.session["_auth_user_id"])


def lines(action):
    return AuditEntry.objects.filter(action=action)


def test_the_admin_sees_what_the_person_sees(acting, person):
    assert (who(acting), acting.get("/desk/").context["user"]) == (person.pk, person)


def test_the_password_is_asked_for_first(client, admin, person):
    client.force_login(admin)
    response = client.get(page_of(person))

    assert response.url.startswith(REAUTHENTICATE)


def test_a_post_does_not_get_round_that(client, admin, person):
    client.force_login(admin)
    client.post(page_of(person), {"reason": "电话求助"})

    assert who(client) == admin.pk


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201, "a\u202eb"])
def test_without_a_reason_nobody_acts(confirmed, admin, person, reason):
    response = confirmed.post(page_of(person), {"reason": reason})

    assert (response.status_code, who(confirmed)) == (400, admin.pk)


def test_a_link_alone_begins_nothing(confirmed, admin, person):
    confirmed.get(page_of(person))

    assert (who(confirmed), lines("act_for").exists()) == (admin.pk, False)


@pytest.mark.parametrize("changes", [{"is_superuser": True}, {"is_active": False}], ids=["site admin", "disabled"])
def test_not_for_just_anybody(confirmed, changes):
    assert confirmed.get(page_of(UserFactory(**changes))).status_code == 404


@pytest.mark.parametrize("is_staff", [False, True])
def test_nobody_else_may(client, person, is_staff):
    client.force_login(UserFactory(is_staff=is_staff))

    assert client.get(page_of(person)).status_code == client.get("/accounts/acting/999999/").status_code == 404


def test_the_hijack_of_the_library_has_no_address_of_its_own(client):
    assert client.post("/hijack/acquire/", {"user_pk": 1}).status_code == 404


def test_the_beginning_is_in_the_trail_with_its_reason(acting, admin, person):
    line = lines("act_for").get()

    assert (line.actor_id, line.person_id, line.reason) == (admin.pk, person.pk, "电话求助：无法提交")


def test_it_is_no_sign_in_of_that_person(acting):
    assert not lines("sign_in").exists()


def test_what_is_done_has_both_names(acting, admin, person):
    CompetitionFactory(open=True, slug="c2")
    acting.post(
        reverse("submissions:team_new") + "?competition=c2",
        {
            "name": "新队",
            "organization_code": "91510100MA6C0DEM0Q",
            "organization_name": "锦江数据",
            "organization_kind": "company",
            "idempotency_key": "0123456789abcdef",
        },
    )

    line = lines("found").get()
    assert (Team.objects.filter(name="新队").exists(), line.actor_id, line.real_actor_id) == (True, person.pk, admin.pk)


def test_nothing_is_left_behind_for_the_next_request(acting, client, person):
    acting.get("/desk/")
    other = type(client)()
    other.force_login(person)
    other.get("/admin/login/")

    assert lines("refused").get().real_actor_id is None


@pytest.mark.parametrize("address", ["/desk/", "/", "/style/", "/no-such-page/", "/privacy/"])
def test_a_bar_on_every_page_says_so(acting, address):
    page = acting.get(address).content.decode()

    assert ("站长王" in page, STOP in page) == (True, True)


def test_others_have_no_bar(client, person):
    client.force_login(person)

    assert STOP not in client.get("/desk/").content.decode()


@pytest.mark.parametrize(
    "name", ["account_change_password", "account_email", "account_reauthenticate", "account_set_password"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_their_account_stays_theirs(acting, name, method):
    assert getattr(acting, method)(reverse(name)).status_code == 403


def test_their_activity_may_be_looked_at(acting):
    assert acting.get(reverse("dashboards:activity")).status_code == 200


def test_no_pledge_is_given_in_their_name(acting, person):
    competition = CompetitionFactory(open=True, slug="c2")
    text = AgreementFactory(series__kind=AgreementKind.PLEDGE)
    Pledge.objects.create(competition=competition, series=text.series)
    before = acting.get(reverse("tracks:pledge", args=["c2"])).status_code
    given = acting.post(reverse("tracks:pledge_give", args=["c2", 1])).status_code

    assert (before, given, Consent.objects.filter(user=person).exists()) == (200, 403, False)


def test_no_invitation_is_accepted_in_their_name(acting, person):
    invitation = InvitationFactory(email=person.email)
    response = acting.post(invitation.get_absolute_url())

    assert (response.status_code, "须由本人进行" in response.content.decode()) == (403, True)


class TestAsAJudge:
    @pytest.fixture
    def assignment(self, confirmed):
        assignment = AssignmentFactory()
        confirmed.post(page_of(assignment.judge.user), {"reason": "电话求助"})
        return assignment

    def test_the_sheet_is_seen(self, confirmed, assignment):
        assert confirmed.get(assignment.get_absolute_url()).status_code == 200

    @pytest.mark.parametrize("move", ["save", "submit"])
    def test_no_scores_are_given(self, confirmed, assignment, move):
        points = {f"criterion_{each.pk}": "5" for each in assignment.round.rubric.criteria.all()}
        sheet = {**points, "version": "0", "comment": "可行", "move": move}
        response = confirmed.post(assignment.get_absolute_url(), sheet)

        assignment.refresh_from_db()
        assert (response.status_code, assignment.status) == (403, AssignmentStatus.ASSIGNED)

    def test_nobody_is_recused(self, confirmed, assignment):
        response = confirmed.post(reverse("judging:recuse", args=[assignment.public_id]), {"reason": "同单位"})

        assignment.refresh_from_db()
        assert (response.status_code, assignment.status) == (403, AssignmentStatus.ASSIGNED)


class TestOwnTeam:
    """The site admin is in a team themselves: a conflict wins over every right, lent ones too."""

    @pytest.fixture
    def competition(self, admin):
        return TeamMemberFactory(user=admin).team.competition

    @pytest.mark.parametrize("role", [OrganizerFactory, JudgeFactory])
    def test_they_act_for_nobody_who_decides_about_it(self, confirmed, admin, competition, role):
        person = role(competition=competition).user
        answers = [confirmed.get(page_of(person)), confirmed.post(page_of(person), {"reason": "电话求助"})]

        assert ([answer.status_code for answer in answers], who(confirmed)) == ([403, 403], admin.pk)
        assert person.full_name in answers[0].content.decode()

    def test_nor_for_an_organizer_of_one_track(self, admin, competition):
        person = OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)]).user

        assert not may_act_for(hijacker=admin, hijacked=person)

    @pytest.mark.parametrize("role", [OrganizerFactory, JudgeFactory])
    def test_elsewhere_they_do(self, admin, competition, role):
        assert may_act_for(hijacker=admin, hijacked=role().user)

    def test_nor_does_it_keep_them_from_other_teams(self, admin, competition):
        assert may_act_for(hijacker=admin, hijacked=TeamMemberFactory(team__competition=competition).user)

    def test_it_ends_when_the_person_is_appointed(self, acting, person, competition):
        JudgeFactory(user=person, competition=competition)
        acting.get("/desk/")

        assert "_auth_user_id" not in acting.session

    @pytest.mark.parametrize(("role", "offered"), [(OrganizerFactory, False), (UserFactory, True)])
    def test_the_administration_offers_what_they_may(self, confirmed, competition, role, offered):
        person = role(competition=competition).user if role is OrganizerFactory else role()
        page = confirmed.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()

        assert (page_of(person) in page) == offered


class TestTheEnd:
    def test_the_admin_is_themselves_again(self, acting, admin, person):
        response = acting.post(STOP)

        assert (who(acting), response.url) == (admin.pk, f"/admin/accounts/user/{person.pk}/change/")

    def test_it_is_in_the_trail(self, acting, admin, person):
        acting.post(STOP)

        line = lines("stop_acting").get()
        assert (line.actor_id, line.person_id) == (admin.pk, person.pk)

    def test_the_session_is_another_one(self, acting):
        before = acting.session.session_key
        acting.post(STOP)

        assert acting.session.session_key != before

    def test_signing_out_ends_both(self, acting):
        acting.post(reverse("account_logout"))

        assert ("_auth_user_id" in acting.session, lines("stop_acting").count()) == (False, 1)

    def test_a_get_ends_nothing(self, acting, person):
        assert (acting.get(STOP).status_code, who(acting)) == (405, person.pk)

    def test_who_acts_for_nobody_stops_nothing(self, client, person):
        client.force_login(person)

        assert (client.post(STOP).url, who(client)) == ("/desk/", person.pk)

    def test_after_an_hour(self, client, admin, person, time_machine):
        time_machine.move_to(timezone.now(), tick=False)
        client.force_login(admin)
        client.post(REAUTHENTICATE, {"password": PASSWORD})
        client.post(page_of(person), {"reason": "电话求助"})
        client.get("/desk/")
        time_machine.shift(3600)
        client.get("/desk/")

        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("changes", [{"is_superuser": False}, {"is_active": False}], ids=["no admin", "disabled"])
    def test_with_the_admins_right(self, acting, admin, changes):
        type(admin).objects.filter(pk=admin.pk).update(**changes)
        response = acting.post(reverse("submissions:team_new"), {"name": "新队"})

        assert (response.status_code, "_auth_user_id" in acting.session) == (302, False)

    def test_with_the_persons_account(self, acting, person):
        type(person).objects.filter(pk=person.pk).update(is_active=False)

        assert acting.get("/desk/").status_code == 302


def test_an_organizer_may_be_acted_for_and_reads_with_both_names(confirmed, admin):
    entry = SubmissionFactory(submitted=True)
    organizer = OrganizerFactory(competition=entry.team.competition).user
    confirmed.post(page_of(organizer), {"reason": "电话求助"})
    confirmed.get(entry.get_absolute_url())

    line = lines("read").get()
    assert (line.actor_id, line.real_actor_id) == (organizer.pk, admin.pk)
