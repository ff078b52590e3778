"""The pages of a locked roster's changes: the captain's form, the request itself, the organizers' list."""

import pytest
from django.urls import reverse

from submissions import services
from submissions.enums import RosterChange, RosterRequestStatus
from submissions.models import RosterRequest
from tests.factories.accounts import UserFactory
from tests.factories.submissions import RosterRequestFactory, TeamFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import KEY, client_for, queries_of
from tests.submissions.rosters import REASON, agreed, as_now, ask, locked_team

pytestmark = pytest.mark.django_db
S = RosterRequestStatus


@pytest.fixture
def team():
    return locked_team()


@pytest.fixture
def member(team):
    return team.members.last()


@pytest.fixture
def organizer(team):
    return OrganizerFactory(competition=team.competition).user


def new_url(team, change):
    return reverse("submissions:roster_request_new", args=[team.pk, change])


def page(user, request):
    return client_for(user).get(request.get_absolute_url()).content.decode()


def answer(user, request, word, **data):
    url = reverse("submissions:roster_request_answer", args=[request.public_id])
    return client_for(user).post(url, {"answer": word, **data})


def decide(user, request, outcome, words=""):
    url = reverse("submissions:roster_request_decide", args=[request.public_id])
    return client_for(user).post(url, {"outcome": outcome, "answer": words})


def board(competition, state=""):
    url = reverse("submissions:roster_board", args=[competition.slug])
    return f"{url}?state={state}" if state else url


class TestAsking:
    def form(self, **changes):
        return {"reason": REASON, "idempotency_key": KEY, **changes}

    @pytest.mark.parametrize("change", list(RosterChange))
    def test_the_captain_asks(self, team, member, change):
        about = {"email": "zhao@example.com"} if change == RosterChange.ADD else {"member": member.pk}
        if change == RosterChange.EDIT:
            about["place"] = 1
        response = client_for(captain_of(team)).post(new_url(team, change), self.form(**about))

        assert response["Location"] == RosterRequest.objects.get(change=change).get_absolute_url()

    def test_a_mistake_loses_no_word(self, team):
        response = client_for(captain_of(team)).post(new_url(team, "add"), self.form(email="zhao", duty="算法"))

        assert (response.status_code, REASON in response.content.decode()) == (400, True)

    def test_a_reason_that_is_too_long_says_by_how_much_and_is_still_there(self, team, member):
        words = "😀" * 501
        data = self.form(member=member.pk, reason=words)
        response = client_for(captain_of(team)).post(new_url(team, "remove"), data)

        form = response.context["form"]
        assert (response.status_code, form.errors["reason"]) == (400, ["请精简文字：现有 501 字，最多 500 字。"])
        assert form["reason"].value() == words

    def test_a_reason_that_nobody_can_see_is_none(self, team, member):
        response = client_for(captain_of(team)).post(
            new_url(team, "remove"), self.form(member=member.pk, reason="\u200b")
        )

        assert (response.status_code, list(response.context["form"].errors)) == (400, ["reason"])

    def test_somebody_elses_member_is_no_choice(self, team):
        other = captain_of(TeamFactory()).memberships.get()
        response = client_for(captain_of(team)).post(new_url(team, "remove"), self.form(member=other.pk))

        assert (response.status_code, RosterRequest.objects.count()) == (400, 0)

    def test_the_link_beside_a_member_fills_the_form_in(self, team, member):
        member.duty = "算法"
        member.save()
        html = client_for(captain_of(team)).get(f"{new_url(team, 'edit')}?member={member.pk}").content.decode()

        assert 'value="算法"' in html

    @pytest.mark.parametrize("wanted", ["x", "-1", "9" * 30])
    def test_a_forged_member(self, team, wanted):
        assert client_for(captain_of(team)).get(f"{new_url(team, 'edit')}?member={wanted}").status_code == 200

    def test_while_registration_is_open_the_page_says_so(self):
        team = TeamFactory()
        client = client_for(captain_of(team))
        html = client.get(new_url(team, "add")).content.decode()
        response = client.post(new_url(team, "add"), self.form(email="zhao@example.com"))

        assert ('name="reason"' in html, response.status_code) == (False, 409)

    def test_the_team_page_leads_there(self, team):
        assert new_url(team, "add") in client_for(captain_of(team)).get(team.get_absolute_url()).content.decode()


class TestRequest:
    def test_what_somebody_typed_is_text(self, team, organizer):
        request = ask(team, RosterChange.REMOVE, reason="<script>alert(1)</script>")

        assert "<script>alert" not in page(organizer, request)

    def test_looking_answers_nothing(self, team):
        person = UserFactory()
        request = ask(team, RosterChange.ADD, email=person.email)
        page(person, request)
        url = reverse("submissions:roster_request_answer", args=[request.public_id])

        assert (client_for(person).get(url).status_code, as_now(request).status) == (405, S.ASKED)

    def test_the_person_agrees_and_the_organizer_approves(self, team, organizer):
        person = UserFactory()
        request = ask(team, RosterChange.ADD, email=person.email)
        answer(person, request, "agree")
        decide(organizer, request, "approve")

        assert team.members.filter(user=person).exists()

    def test_an_address_is_masked_for_organizers_until_its_owner_agrees(self, team, organizer):
        person = UserFactory()
        request = ask(team, RosterChange.ADD, email=person.email)

        assert [person.email in page(user, request) for user in (organizer, captain_of(team), person)] == [
            False,
            True,
            True,
        ]

    def test_an_objection_is_for_those_who_decide(self, team, organizer, member):
        request = ask(team, RosterChange.REMOVE)
        answer(member.user, request, "object", text="我仍在项目组。")

        readers = [user for user in (captain_of(team), member.user, organizer) if "我仍在" in page(user, request)]
        assert readers == [member.user, organizer]

    def test_an_objection_that_is_too_long_is_still_there(self, team, member):
        response = answer(member.user, ask(team, RosterChange.REMOVE), "object", text="字" * 501)

        assert (response.status_code, "字" * 501 in response.content.decode()) == (400, True)

    @pytest.mark.parametrize("word", ["", "approve", "lapse_request"])
    def test_a_forged_answer(self, team, word):
        assert answer(captain_of(team), ask(team, RosterChange.REMOVE), word).status_code == 400

    def test_the_second_decision_is_a_conflict_with_words(self, team, organizer):
        request = ask(team, RosterChange.REMOVE)
        decide(organizer, request, "approve")
        second = OrganizerFactory(competition=team.competition).user
        response = decide(second, request, "refuse", "材料不全")

        assert (response.status_code, organizer.full_name in response.content.decode()) == (409, True)

    def test_a_refusal_without_a_reason_is_asked_for_one(self, team, organizer):
        response = decide(organizer, ask(team, RosterChange.REMOVE), "refuse")

        assert (response.status_code, "请说明理由" in response.content.decode()) == (400, True)

    def test_the_team_learns_the_answer_but_not_whose_it_is(self, team, organizer):
        request = services.refuse_change(ask(team, RosterChange.REMOVE), actor=organizer, answer="材料不全")
        html = page(captain_of(team), request)

        assert ("材料不全" in html, organizer.full_name in html) == (True, False)

    def test_the_team_page_tells_what_became_of_it(self, team, organizer):
        services.refuse_change(ask(team, RosterChange.REMOVE), actor=organizer, answer="材料不全")

        assert "材料不全" in client_for(captain_of(team)).get(team.get_absolute_url()).content.decode()

    def test_so_does_the_history(self, team, organizer):
        services.approve_change(ask(team, RosterChange.REMOVE), actor=organizer)
        html = client_for(captain_of(team)).get(f"{team.get_absolute_url()}history/").content.decode()

        assert ("批准了成员名单变更" in html, organizer.full_name in html) == (True, False)

    def test_the_team_page_costs_the_same_however_many_there_are(self, team):
        RosterRequestFactory(team=team)
        client = client_for(captain_of(team))
        one = queries_of(client, team.get_absolute_url())
        RosterRequestFactory.create_batch(3, team=team)

        assert queries_of(client, team.get_absolute_url()) == one


class TestBoard:
    def test_it_lists_what_waits(self, team, organizer):
        waiting = ask(team, RosterChange.REMOVE)
        asked = ask(team, RosterChange.ADD, email="zhao@example.com")
        html = client_for(organizer).get(board(team.competition)).content.decode()

        assert [request.get_absolute_url() in html for request in (waiting, asked)] == [True, False]

    def test_it_filters_by_state(self, team, organizer):
        asked = ask(team, RosterChange.ADD, email="zhao@example.com")
        html = client_for(organizer).get(board(team.competition, "asked")).content.decode()

        assert (asked.get_absolute_url() in html, "zhao@" in html) == (True, False)

    def test_a_state_that_there_is_not(self, team, organizer):
        assert client_for(organizer).get(board(team.competition, "lost")).status_code == 404

    def test_it_is_closed_to_everybody_else(self, team):
        others = [captain_of(team), UserFactory(), OrganizerFactory().user]

        assert [client_for(user).get(board(team.competition)).status_code for user in others] == [404] * 3

    def test_it_costs_the_same_however_long(self, team, organizer):
        RosterRequestFactory(team=team)
        client = client_for(organizer)
        one = queries_of(client, board(team.competition))
        for _each in range(3):
            RosterRequestFactory(team=TeamFactory(competition=team.competition))

        assert queries_of(client, board(team.competition)) == one


class TestDesk:
    def desk(self, user):
        return client_for(user).get(reverse("dashboards:desk")).content.decode()

    def test_the_person_is_asked_there_until_they_answer(self, team):
        person = UserFactory()
        request = ask(team, RosterChange.ADD, email=person.email)
        before = request.get_absolute_url() in self.desk(person)
        services.agree(request, actor=person)

        assert (before, request.get_absolute_url() in self.desk(person)) == (True, False)

    def test_the_organizer_sees_how_many_wait(self, team, organizer):
        agreed(team, UserFactory())

        assert "1 项团队变更待您审批" in self.desk(organizer)
