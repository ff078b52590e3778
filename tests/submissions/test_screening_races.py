"""What organizers do at the same moment, and for each race a twin that loses without its lock.

On SQLite a transaction that writes is alone from its beginning, so there the twins show no harm.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection

from judging import receivers
from judging.models import Assignment
from judging.services import assignment
from portal.core.errors import Conflict
from submissions import services
from submissions.models import Screening, ScreeningClaim, ScreeningProposal, Submission
from submissions.services import claims, screening
from tests.factories.judging import JudgeFactory, RoundFactory
from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.race import race
from tests.submissions.people import send_back, submit
from tests.submissions.screening_world import REASON, organizer_of, plan_of
from tests.submissions.test_races import meeting_point, then_wait

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 8
HAS_LOCKS = connection.features.has_select_for_update


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True)


def decide_at_once(entry):
    people = [organizer_of(entry, user__full_name=f"组委{n}") for n in range(RIVALS)]
    return race([lambda each=each: services.pass_screening(entry, actor=each, version=1) for each in people])


def test_of_many_who_decide_at_once_one_does_and_the_others_are_told_who(entry):
    results = decide_at_once(entry)

    told = [each for each in results if isinstance(each, Conflict) and "组委" in str(each.message)]
    assert (Screening.objects.count(), len(told)) == (1, RIVALS - 1)


def unlocked(submission):
    return Submission.objects.with_form().select_related("team__competition", "track").get(pk=submission.pk)


def test_without_the_lock_nobody_can_say_who_it_was(entry, monkeypatch):
    monkeypatch.setattr(screening, "lock_submission", unlocked)
    monkeypatch.setattr(screening, "assess", then_wait(screening.assess, meeting_point(RIVALS)))

    results = decide_at_once(entry)

    told = [each for each in results if isinstance(each, Conflict) and "组委" in str(each.message)]
    assert (Screening.objects.count(), len(told)) == (1, 0 if HAS_LOCKS else RIVALS - 1)


def propose_at_once(entry):
    plan_of(entry, needs_second_look=True)
    people = [organizer_of(entry) for _each in range(RIVALS)]
    deeds = [lambda each=each: services.reject(entry, actor=each, version=1, reason=REASON) for each in people]
    return race(deeds)


def test_of_many_who_propose_at_once_one_does(entry):
    results = propose_at_once(entry)

    kinds = [sum(isinstance(each, kind) for each in results) for kind in (ScreeningProposal, Conflict)]
    assert kinds == [1, RIVALS - 1]


def test_without_the_lock_they_run_into_the_database(entry, monkeypatch):
    monkeypatch.setattr(screening, "lock_submission", unlocked)
    look = then_wait(screening.earlier_proposal, meeting_point(RIVALS))
    monkeypatch.setattr(screening, "earlier_proposal", look)

    results = propose_at_once(entry)

    collided = sum(isinstance(each, IntegrityError) for each in results)
    assert collided == (RIVALS - 1 if HAS_LOCKS else 0)


@pytest.fixture
def competition():
    """With an entry for each rival."""
    competition = CompetitionFactory(open=True)
    topic = TopicFactory(track__competition=competition)
    for _each in range(RIVALS):
        SubmissionFactory(team=TeamFactory(competition=competition), topic=topic, submitted=True)
    return competition


def take_at_once(competition):
    people = [OrganizerFactory(competition=competition).user for _each in range(RIVALS)]
    return race([lambda each=each: services.take_next(competition, actor=each) for each in people])


def test_of_many_who_take_the_next_at_once_each_has_one_of_their_own(competition):
    results = take_at_once(competition)

    assert ({each.pk for each in results}, ScreeningClaim.objects.count()) == (
        set(Submission.objects.values_list("pk", flat=True)),
        RIVALS,
    )


def test_without_the_lock_all_reach_for_the_same(competition, monkeypatch):
    monkeypatch.setattr(claims, "_locked", lambda rows: rows.select_related("team", "track").first())
    monkeypatch.setattr(claims, "_known", then_wait(claims._known, meeting_point(RIVALS)))

    results = take_at_once(competition)

    # The database lets one of them have it, and the others get no other instead.
    collided = sum(isinstance(each, IntegrityError) for each in results)
    assert collided == (RIVALS - 1 if HAS_LOCKS else 0)


@pytest.mark.makeshift("its state is set by hand")
def test_with_fewer_entries_than_people_the_others_are_told_that_there_is_none(competition):
    spare = Submission.objects.order_by("pk").values_list("pk", flat=True)[3:]
    Submission.objects.filter(pk__in=list(spare)).update(status="eligible")

    results = take_at_once(competition)

    assert (len({each.pk for each in results if each}), results.count(None)) == (3, RIVALS - 3)


def test_many_at_once_in_whatever_order_wait_for_each_other(competition):
    """Whoever holds the first entry of one choice may want the last of another's."""
    entries = [(entry.public_id, 1) for entry in Submission.objects.order_by("pk")]
    people = [OrganizerFactory(competition=competition).user for _each in range(4)]

    def decide(place):
        chosen = entries if place % 2 else entries[::-1]
        return services.decide_many(chosen, actor=people[place], decide="pass")

    results = race([lambda place=place: decide(place) for place in range(4)])

    done = [isinstance(each, list) for each in results]
    assert (done.count(True), sum(isinstance(each, Conflict) for each in results)) == (1, 3)


def test_a_correction_is_submitted_or_taken_back_but_not_both(entry):
    organizer = organizer_of(entry)
    send_back(entry, actor=organizer)
    seen = Submission.objects.get().draft_version

    results = race(
        [
            lambda: submit(entry, expected_version=seen),
            lambda: services.undo_screening(entry, actor=organizer, reason="看错了附件"),
        ]
    )

    lost = [isinstance(each, Conflict) for each in results]
    assert (sorted(lost), Submission.objects.get().status) == ([False, True], "submitted")


def assign_while_undone(entry, monkeypatch):
    """Whoever assigns has read the entry as admitted; whoever takes that back has seen no assignment."""
    round_ = RoundFactory(competition=entry.team.competition, judges_per_submission=1)
    JudgeFactory(competition=round_.competition)
    organizer, meeting = organizer_of(entry), meeting_point(2)
    services.pass_screening(entry, actor=organizer, version=1)
    monkeypatch.setattr(assignment, "plan_assignment", then_wait(assignment.plan_assignment, meeting))
    monkeypatch.setattr(receivers, "is_judged", then_wait(receivers.is_judged, meeting))
    race(
        [
            lambda: assignment.assign_judges(round_, actor=organizer),
            lambda: services.undo_screening(entry, actor=organizer, reason="看错了附件"),
        ]
    )
    return Assignment.objects.live().exclude(submission__status="eligible").exists()


def test_no_judge_is_given_what_is_taken_back_meanwhile(entry, monkeypatch):
    assert not assign_while_undone(entry, monkeypatch)


@pytest.mark.makeshift("what the second look keeps away")
def test_without_the_second_look_one_would_be(entry, monkeypatch):
    monkeypatch.setattr(assignment, "_require_still_eligible", lambda *entries: None)

    assert assign_while_undone(entry, monkeypatch) is HAS_LOCKS
