"""What is answered on the page of an entry, is about the decision, correction or proposal that stood there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from submissions import services
from submissions.models import Correction, ScreeningPlan, ScreeningProposal, UndoneScreening
from submissions.models import Screening as Decision
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for
from tests.submissions.screening import REASON, Screening, local, opened
from tests.submissions.test_screen_entry import SPACES, page, resubmit, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def house():
    return Screening()


@pytest.fixture
def entry(house):
    return house.entry()


def undo(house, entry, decision, reason="看错了版本"):
    data = {"undo-reason": reason, "undo-decision": decision}
    return house.client.post(house.url("screen_undo", entry.public_id), data)


def decision_shown(house, entry):
    return house.client.get(house.address(entry)).context["decision"].pk


def test_a_decision_is_undone_with_a_reason(house, entry):
    house.decide(entry, "reject")
    undo(house, entry, decision_shown(house, entry))

    assert (status_of(entry), UndoneScreening.objects.get().why_undone) == ("submitted", "看错了版本")


@pytest.mark.parametrize("seen", ["an earlier one", ""])
def test_from_an_old_page_no_decision_is_undone_that_nobody_looked_at(house, entry, seen):
    other = OrganizerFactory(competition=house.competition, user__full_name="何晓")
    house.decide(entry, "reject")
    read = decision_shown(house, entry)
    services.undo_screening(entry, actor=other.user, reason="盖章页在附件里")
    house.decide(entry, "pass", client=client_for(other.user))
    answer = undo(house, entry, read if seen else "")

    assert (answer.status_code, status_of(entry)) == (409, "eligible")
    assert "何晓" in str(answer.context["conflict"])


def test_what_is_shown_then_may_be_undone(house, entry):
    house.decide(entry, "pass")
    answer = undo(house, entry, "0")
    undo(house, entry, answer.context["decision"].pk)

    assert status_of(entry) == "submitted"


def test_undoing_takes_a_reason(house, entry):
    house.decide(entry, "reject")
    answer = undo(house, entry, decision_shown(house, entry), SPACES)

    assert (answer.status_code, status_of(entry)) == (400, "rejected")


def test_what_was_not_decided_cant_be_undone(house, entry):
    answer = house.client.post(house.url("screen_undo", entry.public_id), {"undo-reason": REASON})

    assert answer.status_code == 409


def extend(house, entry, correction, end):
    data = {"extend-closes_at": local(end), "extend-reason": "系统维护", "extend-correction": correction}
    return house.client.post(house.url("screen_extend", entry.public_id), data)


def test_a_team_is_given_more_time(house, entry):
    house.decide(entry, "return", **opened())
    Correction.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    end = timezone.now() + timedelta(days=9)
    extend(house, entry, house.client.get(house.address(entry)).context["correction"].pk, end)

    assert Correction.objects.get().closes_at == end.replace(second=0, microsecond=0)


@pytest.mark.parametrize("seen", ["an earlier one", ""])
def test_from_an_old_page_no_correction_gets_more_time_that_nobody_looked_at(house, entry, seen):
    other = OrganizerFactory(competition=house.competition, user__full_name="何晓")
    house.decide(entry, "return", **opened())
    read = Correction.objects.get().pk
    services.undo_screening(entry, actor=other.user, reason="还缺一份材料")
    house.decide(entry, "return", client=client_for(other.user), **opened(slots=["proposal"]))
    end = Correction.objects.get().closes_at
    answer = extend(house, entry, read if seen else "", timezone.now() + timedelta(days=9))

    assert (answer.status_code, Correction.objects.get().closes_at) == (409, end)
    assert "何晓" in str(answer.context["conflict"])


def test_more_time_in_the_past_is_refused(house, entry):
    house.decide(entry, "return", **opened())
    data = {"extend-closes_at": "2020-01-01T00:00", "extend-reason": "x"}

    assert house.client.post(house.url("screen_extend", entry.public_id), data).status_code == 400


def test_an_overdue_entry_can_be_rejected_on_its_page(house, entry):
    house.decide(entry, "return", **opened())
    Correction.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    house.decide(entry, "reject")

    assert status_of(entry) == "rejected"


class TestSecondLook:
    @pytest.fixture
    def house(self):
        return Screening(needs_second_look=True)

    @pytest.fixture
    def second(self, house):
        return client_for(OrganizerFactory(competition=house.competition).user)

    def answer(self, house, entry, client, what, reason="", about=None):
        last = ScreeningProposal.objects.last()
        data = {"second-answer": what, "second-reason": reason, "second-proposal": about or (last.pk if last else "")}
        return client.post(house.url("screen_second_look", entry.public_id), data)

    def test_a_rejection_waits_for_it(self, house, entry):
        house.decide(entry, "reject")

        assert (status_of(entry), house.numbers(state="second_look")) == ("submitted", [entry.number])

    def test_another_organizer_agrees(self, house, entry, second):
        house.decide(entry, "reject")
        self.answer(house, entry, second, "agree")

        assert (status_of(entry), Decision.objects.get().proposed_by) == ("rejected", house.organizer)

    def test_another_organizer_sends_it_back(self, house, entry, second):
        house.decide(entry, "reject")
        self.answer(house, entry, second, "decline", "证据不足")

        assert (ScreeningProposal.objects.get().status, house.numbers()) == ("declined", [entry.number])

    def test_sending_it_back_takes_a_reason(self, house, entry, second):
        house.decide(entry, "reject")

        assert self.answer(house, entry, second, "decline", SPACES).status_code == 400

    def test_nobody_agrees_with_themselves(self, house, entry):
        house.decide(entry, "reject")

        assert self.answer(house, entry, house.client, "agree").status_code == 403

    def test_where_nothing_was_proposed_there_is_nothing_to_agree_to(self, house, entry, second):
        assert self.answer(house, entry, second, "agree").status_code == 409

    def test_a_second_answer_is_a_conflict(self, house, entry, second):
        house.decide(entry, "reject")
        self.answer(house, entry, second, "agree")

        assert self.answer(house, entry, second, "agree").status_code == 409

    def another_proposal(self, house, entry):
        """Of somebody else, about what the team has submitted since; gives the one that was read."""
        house.decide(entry, "reject")
        read = ScreeningProposal.objects.get()
        ScreeningProposal.objects.all().lapse(timezone.now())
        resubmit(entry, abstract="新的简述")
        other = client_for(OrganizerFactory(competition=house.competition).user)
        house.decide(entry, "reject", client=other, reason="联合单位未盖章。")
        return read

    @pytest.mark.parametrize("what", ["agree", "decline"])
    def test_the_answer_is_about_the_proposal_that_was_read(self, house, entry, second, what):
        read = self.another_proposal(house, entry)
        answer = self.answer(house, entry, second, what, "证据不足", about=read.pk)

        assert (answer.status_code, status_of(entry)) == (409, "submitted")
        assert ScreeningProposal.objects.open().exists()

    def test_whoever_read_another_one_is_told_what_changed_and_shown_the_new_one(self, house, entry, second):
        read = self.another_proposal(house, entry)
        answer = self.answer(house, entry, second, "agree", about=read.pk)
        new = ScreeningProposal.objects.open().get()

        assert "第 2 版" in str(answer.context["conflict"])
        assert f'name="second-proposal" value="{new.pk}"' in answer.content.decode()

    @pytest.mark.parametrize("about", ["x", "0", "9" * 30, "7" * 9])
    def test_an_answer_about_nothing_that_is_there_is_a_conflict(self, house, entry, second, about):
        house.decide(entry, "reject")

        assert (self.answer(house, entry, second, "agree", about=about).status_code, status_of(entry)) == (
            409,
            "submitted",
        )

    def test_a_proposal_about_another_entry_is_not_answered_from_this_page(self, house, entry, second):
        house.decide(entry, "reject")
        other = house.entry()

        assert self.answer(house, other, second, "agree").status_code == 409
        assert (status_of(entry), ScreeningProposal.objects.open().exists()) == ("submitted", True)

    def test_its_page_shows_who_proposed_what(self, house, entry, second):
        house.decide(entry, "reject")
        text = page(house, entry, second)

        assert (REASON in text, 'name="second-answer"' in text) == (True, True)

    @pytest.mark.parametrize(("needs_second_look", "offered"), [(True, ["take_back"]), (False, ["agree", "take_back"])])
    def test_whoever_proposed_it_takes_it_back_and_agrees_only_without_a_second_look(
        self, house, entry, needs_second_look, offered
    ):
        house.decide(entry, "reject")
        ScreeningPlan.objects.update(needs_second_look=needs_second_look)

        assert re.findall('name="second-answer" value="([a-z_]+)"', page(house, entry)) == offered

    def test_taken_back_it_can_be_decided_about_again(self, house, entry):
        house.decide(entry, "reject")
        self.answer(house, entry, house.client, "take_back")
        context = house.client.get(house.address(entry)).context

        assert (context["proposal"], context["can_take"], house.numbers()) == (None, True, [entry.number])
        assert [past.then for past in context["past"]] == [f"{house.organizer} 已撤回"]
