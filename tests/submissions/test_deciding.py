"""What organizers decide about an entry: said in full, about what they looked at, once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.models import AuditEntry
from portal.notifications.models import Outbox
from submissions import services
from submissions.models import (
    ChecklistItem,
    Correction,
    Screening,
    ScreeningClaim,
    ScreeningReason,
    Submission,
    UndoneScreening,
)
from submissions.services import claims
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import TopicFactory
from tests.submissions.people import save, submit
from tests.submissions.screening_world import (
    REASON,
    contest,
    let_pass,
    organizer_of,
    plan_of,
    returned,
    submitted_entry,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def entry():
    return submitted_entry()


@pytest.fixture
def organizer(entry):
    return organizer_of(entry, user__full_name="组委陈")


def faults(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return list(caught.value.message_dict)


def status(entry):
    return Submission.objects.get(pk=entry.pk).status


def test_what_was_opened_is_kept_in_the_order_of_the_form(entry, organizer):
    screening = returned(entry, "method", "title", slots=["seal", "proposal"], actor=organizer)

    opened = screening.correction
    assert (opened.sections, opened.slots) == (["title", "method"], ["proposal", "seal"])


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"sections": ["nothing-of-the-form"]}, "sections"),
        ({"slots": ["nothing-of-the-form"]}, "slots"),
        ({"sections": [], "slots": []}, "sections"),
        ({"closes_at": timezone.now() - timedelta(minutes=1)}, "closes_at"),
        ({"closes_at": timezone.now() + timedelta(days=36500)}, "closes_at"),
        ({"reason": " \n　\u200b"}, "reason"),
        ({"reason": "🌊" * 4000}, "reason"),
        ({"reason": "盖章\x00"}, "reason"),
        ({"reason": "盖章\ud83d"}, "reason"),
        ({"code": "unknown"}, "code"),
        ({"checks": {"seal": "yes"}}, "checks"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(entry, organizer, given, at):
    call = {"sections": ["need"], "actor": organizer, **given}
    sections = call.pop("sections")

    assert faults(lambda: returned(entry, *sections, **call)) == [at]
    assert (status(entry), Screening.objects.count()) == ("submitted", 0)


def test_a_thousand_emoji_are_a_reason(entry, organizer):
    assert len(returned(entry, "need", actor=organizer, reason="🌊" * 1000).reason) == 1000


def test_the_code_is_one_of_the_plan_and_meant_for_this(entry, organizer):
    plan = plan_of(entry)
    ScreeningReason.objects.create(plan=plan, use="return", code="seal", title="缺章", text="缺少盖章。")

    assert returned(entry, "need", actor=organizer, code="seal").code == "seal"


def test_a_code_for_a_return_rejects_nothing(entry, organizer):
    plan = plan_of(entry)
    ScreeningReason.objects.create(plan=plan, use="return", code="seal", title="缺章", text="缺少盖章。")

    call = {"actor": organizer, "version": 1, "reason": REASON, "code": "seal"}
    assert faults(lambda: services.reject(entry, **call)) == ["code"]


def test_what_was_ticked_is_kept_as_far_as_it_is_asked(entry, organizer):
    ChecklistItem.objects.create(plan=plan_of(entry), key="seal", title="盖章页")

    made = services.pass_screening(entry, actor=organizer, version=1, checks={"seal": True, "gone": False})
    assert made.checks == {"seal": True}


def test_who_comes_second_is_told_who_was_first_and_what_they_decided(entry, organizer):
    services.pass_screening(entry, actor=organizer, version=1)

    with pytest.raises(TransitionNotAllowed, match=r"组委陈.*(passed|通过)"):
        services.reject(entry, actor=organizer_of(entry), version=1, reason=REASON)


def test_who_looked_at_an_earlier_version_is_told_which_one_there_is(entry, organizer):
    save(entry, need="改")
    submit(entry)

    with pytest.raises(Conflict, match="2"):
        services.pass_screening(entry, actor=organizer, version=1)


def test_what_was_opened_stands_in_the_audit_trail(entry, organizer):
    returned(entry, "need", actor=organizer)

    assert AuditEntry.objects.get(action="open_correction").after["sections"] == ["need"]


def test_a_decision_gives_the_entry_free(entry, organizer):
    claims.claim(entry, actor=organizer)
    services.pass_screening(entry, actor=organizer, version=1)

    assert not ScreeningClaim.objects.exists()


# Rejected after the end of a correction.


def test_an_entry_that_was_not_corrected_in_time_may_be_rejected(entry, organizer):
    returned(entry, "need", actor=organizer)
    let_pass(entry)
    services.reject(entry, actor=organizer, version=1, reason="逾期未补正。")

    assert (status(entry), Screening.objects.get().outcome) == ("rejected", "rejected")


def test_what_it_was_returned_for_stays_on_record(entry, organizer):
    returned(entry, "need", actor=organizer)
    let_pass(entry)
    services.reject(entry, actor=organizer, version=1, reason="逾期未补正。")

    assert [(each.outcome, each.reason) for each in UndoneScreening.objects.all()] == [("returned", REASON)]


def test_not_before_that_end(entry, organizer):
    returned(entry, "need", actor=organizer)

    with pytest.raises(TransitionNotAllowed):
        services.reject(entry, actor=organizer, version=1, reason=REASON)


def test_nor_one_that_was_returned_without_an_end(entry, organizer):
    returned(entry, "need", actor=organizer)
    Correction.objects.all().delete()

    with pytest.raises(TransitionNotAllowed):
        services.reject(entry, actor=organizer, version=1, reason=REASON)


# Taken back.


@pytest.mark.parametrize("decide", ["pass", "return", "reject"])
def test_a_decision_is_taken_back_and_kept(entry, organizer, decide):
    {
        "pass": lambda: services.pass_screening(entry, actor=organizer, version=1),
        "return": lambda: returned(entry, "need", actor=organizer),
        "reject": lambda: services.reject(entry, actor=organizer, version=1, reason=REASON),
    }[decide]()
    services.undo_screening(entry, actor=organizer, reason="看错了附件")

    undone = UndoneScreening.objects.get()
    assert (status(entry), Screening.objects.count(), undone.why_undone) == ("submitted", 0, "看错了附件")


def test_and_another_one_takes_its_place(entry, organizer):
    services.reject(entry, actor=organizer, version=1, reason=REASON)
    services.undo_screening(entry, actor=organizer, reason="看错了附件")

    assert services.pass_screening(entry, actor=organizer, version=1).version.number == 1


@pytest.mark.parametrize("reason", ["", "　", "长" * 1001])
def test_nothing_is_taken_back_without_saying_why(entry, organizer, reason):
    services.pass_screening(entry, actor=organizer, version=1)

    assert faults(lambda: services.undo_screening(entry, actor=organizer, reason=reason)) == ["reason"]


def test_nothing_is_taken_back_that_was_not_decided(entry, organizer):
    with pytest.raises(TransitionNotAllowed):
        services.undo_screening(entry, actor=organizer, reason="看错了附件")


def test_nor_once_the_team_has_submitted_again(entry, organizer):
    returned(entry, "need", actor=organizer)
    submit(entry)

    with pytest.raises(TransitionNotAllowed):
        services.undo_screening(entry, actor=organizer, reason="看错了附件")


def test_nor_what_was_withdrawn_since(entry, organizer):
    returned(entry, "need", actor=organizer)
    services.withdraw(entry, actor=captain_of(entry.team))

    with pytest.raises(Conflict):
        services.undo_screening(entry, actor=organizer, reason="看错了附件")


def test_the_team_is_told(entry, organizer):
    services.pass_screening(entry, actor=organizer, version=1)
    services.undo_screening(entry, actor=organizer, reason="看错了附件")

    assert Outbox.objects.filter(kind="submissions.screening_undone").count() == 1


# More time.


def test_a_correction_is_given_more_time_also_after_its_end(entry, organizer):
    returned(entry, "need", actor=organizer)
    let_pass(entry)
    end = timezone.now() + timedelta(days=2)
    services.extend_correction(entry, actor=organizer, closes_at=end, reason="系统故障")
    save(entry, need="补正")

    assert submit(entry).version.number == 2


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"closes_at": timedelta(days=4)}, "closes_at"),
        ({"closes_at": timedelta(minutes=-1)}, "closes_at"),
        ({"reason": "　"}, "reason"),
    ],
)
def test_an_end_is_moved_on_and_with_a_reason(entry, organizer, given, at):
    returned(entry, "need", actor=organizer)
    wanted = {"closes_at": timedelta(days=9), "reason": "系统故障", **given}
    wanted["closes_at"] = timezone.now() + wanted["closes_at"]

    assert faults(lambda: services.extend_correction(entry, actor=organizer, **wanted)) == [at]


def test_there_is_no_end_to_move_once_it_was_submitted_again(entry, organizer):
    returned(entry, "need", actor=organizer)
    submit(entry)

    with pytest.raises(TransitionNotAllowed):
        services.extend_correction(
            entry, actor=organizer, closes_at=timezone.now() + timedelta(days=9), reason="系统故障"
        )


# Who may.


@pytest.mark.parametrize("somebody", ["captain", "elsewhere", "staff", "in the team"])
@pytest.mark.parametrize(
    "deed",
    [
        lambda entry, user: returned(entry, "need", actor=user),
        lambda entry, user: services.undo_screening(entry, actor=user, reason="看错了"),
        lambda entry, user: services.extend_correction(
            entry, actor=user, closes_at=timezone.now() + timedelta(days=9), reason="系统故障"
        ),
        lambda entry, user: claims.claim(entry, actor=user),
        lambda entry, user: claims.renew(entry, actor=user),
    ],
    ids=["return", "undo", "extend", "claim", "renew"],
)
def test_only_organizers_of_the_track_who_are_not_in_the_team(entry, somebody, deed):
    user = {
        "captain": lambda: captain_of(entry.team),
        "elsewhere": lambda: organizer_of(SubmissionFactory()),
        "staff": lambda: UserFactory(is_staff=True),
        "in the team": lambda: TeamMemberFactory(team=entry.team, user=organizer_of(entry)).user,
    }[somebody]()

    with pytest.raises(PermissionDenied):
        deed(entry, user)


# Many at once.


@pytest.fixture
def entries():
    competition = contest()
    topic = TopicFactory(track__competition=competition)
    return [submitted_entry(competition, topic=topic) for _each in range(3)]


def chosen(entries):
    return [(entry.public_id, 1) for entry in entries]


def test_many_are_decided_alike(entries):
    actor = organizer_of(entries[0])

    made = services.decide_many(chosen(entries), actor=actor, decide="reject", reason=REASON)
    assert [each.version.submission_id for each in made] == [entry.pk for entry in entries]


def test_many_are_returned_alike(entries):
    given = {"sections": ["need"], "slots": [], "closes_at": timezone.now() + timedelta(days=3), "reason": REASON}
    services.decide_many(chosen(entries), actor=organizer_of(entries[0]), decide="return", **given)

    assert {status(entry) for entry in entries} == {"returned"}


def test_one_that_has_changed_stops_all_and_is_named(entries):
    actor = organizer_of(entries[0])
    services.pass_screening(entries[1], actor=actor, version=1)

    with pytest.raises(Conflict) as caught:
        services.decide_many(chosen(entries), actor=actor, decide="reject", reason=REASON)
    named = [entry.number in str(caught.value.message) for entry in entries]
    assert (named, status(entries[0])) == ([False, True, False], "submitted")


def test_a_fault_in_the_reason_stops_all(entries):
    call = {"actor": organizer_of(entries[0]), "decide": "reject", "reason": "　"}

    assert faults(lambda: services.decide_many(chosen(entries), **call)) == ["reason"]
    assert status(entries[0]) == "submitted"


@pytest.mark.parametrize("kind", ["unknown", "elsewhere", "own team", "draft"])
def test_one_that_is_not_ours_refuses_all_in_the_same_words(entries, kind):
    actor = organizer_of(entries[0])
    strange = {
        "unknown": uuid.uuid4,
        "elsewhere": lambda: SubmissionFactory(submitted=True).public_id,
        "own team": lambda: _of_own_team(entries[0], actor).public_id,
        "draft": lambda: SubmissionFactory(team__competition=entries[0].team.competition).public_id,
    }[kind]()

    with pytest.raises(ValidationError) as caught:
        services.decide_many([*chosen(entries), (strange, 1)], actor=actor, decide="pass")
    (words,) = caught.value.message_dict["entries"]
    assert (str(strange) in words, any(entry.number in words for entry in entries)) == (False, False)
    assert {status(entry) for entry in entries} == {"submitted"}


def _of_own_team(entry, actor):
    team = TeamFactory(competition=entry.team.competition, captain=actor)
    return SubmissionFactory(team=team, topic=entry.topic, submitted=True)


@pytest.mark.parametrize("count", [0, 101])
def test_at_least_one_and_at_most_a_hundred(entries, count):
    many = [(uuid.uuid4(), 1) for _each in range(count)]

    call = {"actor": organizer_of(entries[0]), "decide": "pass"}
    assert faults(lambda: services.decide_many(many, **call)) == ["entries"]


def test_there_are_three_ways_to_decide(entries):
    call = {"actor": organizer_of(entries[0]), "decide": "publish"}

    assert faults(lambda: services.decide_many(chosen(entries), **call)) == ["decide"]
