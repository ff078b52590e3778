"""Where the competition asks for it, a rejection takes two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications.models import Outbox
from submissions import services
from submissions.models import Screening, ScreeningPlan, ScreeningProposal, Submission
from submissions.services import second_look
from submissions.services.screening_notes import add_note
from tests.factories.submissions import TeamMemberFactory, captain_of
from tests.submissions.people import save, submit
from tests.submissions.screening_world import REASON, let_pass, organizer_of, plan_of, returned, submitted_entry
from tracks.models import Organizer

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def entry():
    entry = submitted_entry()
    plan_of(entry, needs_second_look=True)
    return entry


@pytest.fixture
def first(entry):
    return organizer_of(entry, user__full_name="组委陈")


@pytest.fixture
def second(entry):
    return organizer_of(entry)


@pytest.fixture
def proposal(entry, first):
    return services.reject(entry, actor=first, version=1, reason=REASON)


def now(entry):
    return Submission.objects.get(pk=entry.pk).status


def test_a_rejection_is_proposed_first(entry, proposal):
    assert (proposal.status, now(entry), Screening.objects.count()) == ("open", "submitted", 0)


def test_the_team_is_told_nothing_of_it(proposal):
    assert not Outbox.objects.filter(kind="submissions.screened").exists()


@pytest.mark.parametrize("action", ["propose_rejection", "decline_rejection", "take_back_rejection"])
def test_nor_is_an_organizer_in_the_team_by_the_audit_trail(entry, proposal, first, second, action):
    insider = organizer_of(entry)
    TeamMemberFactory(team=entry.team, user=insider)
    second_look.decline(proposal, actor=second, reason="材料齐全")
    second_look.take_back(services.reject(entry, actor=first, version=1, reason=REASON), actor=first)
    lines = [AuditEntry.objects.visible_to(person).filter(action=action) for person in (second, insider)]

    assert [found.exists() for found in lines] == [True, False]


def test_nor_of_a_note_about_the_entry(entry, first, second):
    insider = organizer_of(entry)
    TeamMemberFactory(team=entry.team, user=insider)
    add_note(entry, actor=first, text="盖章页待核。")
    lines = [AuditEntry.objects.visible_to(person).filter(action="add_note") for person in (second, insider)]

    assert [found.exists() for found in lines] == [True, False]


def test_once_another_agrees_the_entry_is_rejected(entry, proposal, first, second):
    made = second_look.agree(proposal, actor=second)

    assert (now(entry), made.reason, made.proposed_by, made.decided_by) == ("rejected", REASON, first, second)


@pytest.mark.parametrize(
    "answer", [second_look.agree, lambda proposal, actor: second_look.decline(proposal, actor=actor, reason="不同意")]
)
def test_nobody_answers_themselves(proposal, first, answer):
    with pytest.raises(PermissionDenied):
        answer(proposal, actor=first)


def test_nor_does_the_team(entry, proposal):
    with pytest.raises(PermissionDenied):
        second_look.agree(proposal, actor=captain_of(entry.team))


def test_declined_the_entry_waits_as_before(entry, proposal, second):
    second_look.decline(proposal, actor=second, reason="材料齐全")

    proposal.refresh_from_db()
    assert (now(entry), proposal.status, proposal.answer) == ("submitted", "declined", "材料齐全")


def test_it_is_not_declined_without_a_reason(proposal, second):
    with pytest.raises(ValidationError, match="其他审查人员"):
        second_look.decline(proposal, actor=second, reason="　")


@pytest.mark.parametrize(
    "again", [second_look.agree, lambda p, actor: second_look.decline(p, actor=actor, reason="不")]
)
def test_it_is_answered_once(entry, proposal, second, again):
    second_look.decline(proposal, actor=second, reason="材料齐全")

    with pytest.raises(Conflict):
        again(proposal, actor=organizer_of(entry))


def test_a_second_proposal_is_told_of_the_first(entry, proposal, second):
    with pytest.raises(Conflict, match="组委陈"):
        services.reject(entry, actor=second, version=1, reason=REASON)


def test_after_it_was_declined_it_may_be_proposed_again(entry, proposal, first, second):
    second_look.decline(proposal, actor=second, reason="材料齐全")

    assert services.reject(entry, actor=first, version=1, reason=REASON).status == "open"


def test_whoever_proposed_it_takes_it_back_and_may_decide_otherwise(entry, proposal, first):
    second_look.take_back(proposal, actor=first)
    services.pass_screening(entry, actor=first, version=1)

    assert (lapsed(proposal), now(entry)) == (True, "eligible")


def test_nobody_else_takes_it_back(proposal, second):
    with pytest.raises(PermissionDenied):
        second_look.take_back(proposal, actor=second)


def test_nor_somebody_who_screens_no_longer(entry, proposal, first):
    Organizer.objects.filter(user=first).delete()

    with pytest.raises(PermissionDenied):
        second_look.take_back(proposal, actor=first)


def test_what_was_taken_back_is_answered_no_more(proposal, first, second):
    second_look.take_back(proposal, actor=first)

    with pytest.raises(Conflict, match="组委陈"):
        second_look.agree(proposal, actor=second)


def test_what_was_answered_is_taken_back_no_more(proposal, first, second):
    second_look.decline(proposal, actor=second, reason="材料齐全")

    with pytest.raises(Conflict):
        second_look.take_back(proposal, actor=first)


def test_without_a_second_look_whoever_proposed_it_carries_it_out(entry, proposal, first):
    ScreeningPlan.objects.update(needs_second_look=False)
    made = second_look.agree(proposal, actor=first)

    assert (now(entry), made.decided_by, made.proposed_by) == ("rejected", first, first)


def lapsed(proposal):
    return ScreeningProposal.objects.get(pk=proposal.pk).status == "lapsed"


def test_a_newer_version_makes_it_lapse(entry, proposal):
    save(entry, need="改")
    submit(entry)

    assert lapsed(proposal)


def test_so_does_another_decision(entry, proposal, second):
    services.pass_screening(entry, actor=second, version=1)

    assert lapsed(proposal)


def test_so_does_a_withdrawal(entry, proposal):
    services.withdraw(entry, actor=captain_of(entry.team))

    assert lapsed(proposal)


def test_what_lapsed_is_not_agreed_to(entry, proposal, second):
    save(entry, need="改")
    submit(entry)

    with pytest.raises(Conflict):
        second_look.agree(proposal, actor=second)


def test_whoever_answers_it_then_is_told_of_the_newer_version(entry, proposal, second):
    save(entry, need="改")
    submit(entry)

    with pytest.raises(Conflict, match="第 2 版"):
        second_look.decline(proposal, actor=second, reason="材料齐全")


def test_or_who_decided_what(entry, proposal, first, second):
    services.pass_screening(entry, actor=first, version=1)

    with pytest.raises(Conflict, match="组委陈"):
        second_look.agree(proposal, actor=second)


def test_more_time_for_a_correction_makes_it_lapse(entry, first, second):
    returned(entry, "need", actor=first)
    let_pass(entry)
    proposal = services.reject(entry, actor=first, version=1, reason="逾期未补正。")
    services.extend_correction(entry, actor=second, closes_at=timezone.now() + timedelta(days=2), reason="系统故障")

    assert (lapsed(proposal), now(entry)) == (True, "returned")


def test_an_entry_not_corrected_in_time_is_rejected_by_two_as_well(entry, first, second):
    returned(entry, "need", actor=first)
    let_pass(entry)
    proposal = services.reject(entry, actor=first, version=1, reason="逾期未补正。")
    second_look.agree(proposal, actor=second)

    assert now(entry) == "rejected"
