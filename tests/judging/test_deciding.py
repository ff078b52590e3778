"""Organizers decide awards; where they leave the order of the ranking they say why."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from judging.enums import AwardLevel
from judging.models import Decision, RankingEntry
from judging.services import decide_awards
from judging.services.ranking import fingerprint
from portal.core.errors import Conflict, TransitionNotAllowed
from tests.factories.judging import DecisionFactory, RankingEntryFactory, RankingFactory, RoundFactory
from tests.factories.tracks import OrganizerFactory
from tests.judging.people import deeds_of, organizer_of

pytestmark = pytest.mark.django_db

FIRST, SECOND, NONE = AwardLevel.FIRST, AwardLevel.SECOND, ""


@pytest.fixture
def ranking():
    return RankingFactory()


@pytest.fixture
def entries(ranking):
    """Three entries of one track, best first."""
    first = RankingEntryFactory(ranking=ranking)
    topic = {"submission__topic": first.submission.topic, "submission__track": first.track}
    return [first, *(RankingEntryFactory(ranking=ranking, **topic) for _ in range(2))]


def decide(ranking, decisions, **kwargs):
    actor = organizer_of(ranking.round)
    return decide_awards(ranking.round, actor=actor, decisions={each.pk: made for each, made in decisions}, **kwargs)


def outcomes():
    return list(Decision.objects.order_by("entry__position").values_list("level", "reason"))


@pytest.mark.parametrize(
    "levels",
    [(FIRST, SECOND, NONE), (FIRST, FIRST, FIRST), (NONE, NONE, NONE), (FIRST, NONE, NONE)],
)
def test_awards_along_the_ranking_need_no_reason(ranking, entries, levels):
    decide(ranking, [(entry, (level, "")) for entry, level in zip(entries, levels, strict=True)])

    assert outcomes() == [(level, "") for level in levels if level]


@pytest.mark.parametrize("levels", [(SECOND, FIRST, NONE), (NONE, FIRST, NONE), (FIRST, NONE, SECOND)])
@pytest.mark.parametrize("reason", ["", "\u200b"])
def test_an_award_that_leaves_the_order_needs_a_reason(ranking, entries, levels, reason):
    with pytest.raises(ValidationError):
        decide(ranking, [(entry, (level, reason)) for entry, level in zip(entries, levels, strict=True)])


@pytest.mark.parametrize("place", [0, 1])
def test_the_reason_may_stand_at_either_of_the_two(ranking, entries, place):
    reasons = ["合议认为创新不足" if at == place else "" for at in range(2)]

    decide(ranking, [(entries[0], (SECOND, reasons[0])), (entries[1], (FIRST, reasons[1]))])

    assert outcomes() == [(SECOND, reasons[0]), (FIRST, reasons[1])]


def test_one_reason_explains_why_an_entry_gets_nothing(ranking, entries):
    decide(ranking, [(entries[0], (NONE, "材料不实")), (entries[1], (FIRST, "")), (entries[2], (SECOND, ""))])

    assert outcomes() == [(NONE, "材料不实"), (FIRST, ""), (SECOND, "")]


def test_the_error_names_the_entry_that_gets_less(ranking, entries):
    with pytest.raises(ValidationError) as caught:
        decide(ranking, [(entries[0], (NONE, "")), (entries[1], (FIRST, ""))])

    assert set(caught.value.message_dict) == {str(entries[0].pk)}


def test_entries_that_share_a_position_may_differ(ranking, entries):
    tied = RankingEntryFactory(
        ranking=ranking, submission__topic=entries[0].submission.topic, submission__track=entries[0].track, position=1
    )

    decide(ranking, [(entries[0], (SECOND, "")), (tied, (FIRST, ""))])

    assert Decision.objects.count() == 2


def test_another_track_has_its_own_order(ranking, entries):
    elsewhere = RankingEntryFactory(ranking=ranking, position=5)

    decide(ranking, [(entries[0], (SECOND, "")), (elsewhere, (FIRST, ""))])

    assert Decision.objects.count() == 2


def test_what_is_left_out_counts_as_it_stands(ranking, entries):
    DecisionFactory(entry=entries[0], level=SECOND)

    with pytest.raises(ValidationError):
        decide(ranking, [(entries[1], (FIRST, ""))])


def test_a_decision_can_be_changed_and_taken_back(ranking, entries):
    decide(ranking, [(entries[0], (FIRST, "")), (entries[1], (SECOND, ""))])

    decide(ranking, [(entries[0], (SECOND, "")), (entries[1], (NONE, ""))])

    assert outcomes() == [(SECOND, "")]


def test_saving_the_same_writes_no_line(ranking, entries):
    for _ in range(2):
        decide(ranking, [(entries[0], (FIRST, ""))])

    assert deeds_of(ranking.round) == ["decide"]


def seen_now(ranking):
    return fingerprint(RankingEntry.objects.filter(ranking=ranking).select_related("decision"))


def test_what_somebody_else_has_decided_is_not_overwritten_unseen(ranking, entries):
    seen = seen_now(ranking)
    DecisionFactory(entry=entries[0], level=FIRST)

    with pytest.raises(Conflict):
        decide(ranking, [(entries[0], (SECOND, ""))], seen=seen)


def test_a_double_click_saves_once(ranking, entries):
    seen = seen_now(ranking)
    for _ in range(2):
        decide(ranking, [(entries[0], (FIRST, ""))], seen=seen)

    assert outcomes() == [(FIRST, "")]


@pytest.mark.parametrize("outcome", [("grand", ""), (FIRST, "长" * 301), (FIRST, "反\u202e转")])
def test_what_can_not_be_kept_is_refused(ranking, entries, outcome):
    with pytest.raises(ValidationError):
        decide(ranking, [(entries[0], outcome)])


def test_an_entry_of_another_round_is_refused(ranking, entries):
    with pytest.raises(ValidationError):
        decide(ranking, [(RankingEntryFactory(), (FIRST, ""))])


@pytest.mark.makeshift("a ranking of an open round")
@pytest.mark.parametrize("state", ["open", "published"])
def test_awards_are_decided_between_close_and_publication(state):
    entry = RankingEntryFactory(ranking__round=RoundFactory(**{state: True}))

    with pytest.raises(TransitionNotAllowed):
        decide(entry.ranking, [(entry, (FIRST, ""))])


def test_only_who_runs_the_competition_decides(ranking, entries):
    with pytest.raises(PermissionDenied):
        decide_awards(ranking.round, actor=OrganizerFactory().user, decisions={entries[0].pk: (FIRST, "")})


@pytest.mark.database
def test_the_database_wants_a_reason_for_no_award():
    decision = DecisionFactory()

    with pytest.raises(IntegrityError, match="decision_without_award_gives_a_reason"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(level="")
