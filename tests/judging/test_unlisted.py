"""A round of the defence that was assigned early: what is not on the shortlist doesn't come before its judges."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from judging.enums import AssignmentStatus, RoundStatus
from judging.models import Assignment, Round
from judging.services import OwnEntry, assign_judges, open_round, plan_assignment, take_out_unlisted
from portal.core.errors import Conflict, TransitionNotAllowed
from submissions import services
from submissions.models import Shortlisting
from tests.factories.judging import CriterionFactory, JudgeFactory, RoundFactory
from tests.factories.submissions import TeamMemberFactory
from tests.factories.tracks import OrganizerFactory
from tests.judging.people import deeds_of
from tests.submissions.shortlists import Shortlist, announced

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def desk():
    return Shortlist()


@pytest.fixture
def listed(desk):
    return desk.entry()


@pytest.fixture
def other(desk):
    return desk.entry()


@pytest.fixture
def round_(desk, listed, other):
    """Two judges have both entries, and then one of these is announced."""
    round_ = RoundFactory(competition=desk.competition, kind="defence", judges_per_submission=2)
    CriterionFactory(rubric=round_.rubric)
    JudgeFactory.create_batch(2, competition=desk.competition)
    assign_judges(round_, actor=desk.organizer)
    announced(desk, listed)
    return round_


def before_judges(round_):
    return set(round_.assignments.live().values_list("submission__number", flat=True))


def taken_off(desk, entry):
    services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")


def planned(round_):
    return {each.number for each in plan_assignment(round_).entries.values()}


def test_it_does_not_open_with_them_and_names_them(desk, other, round_):
    with pytest.raises(Conflict, match=other.number):
        open_round(round_, actor=desk.organizer)

    assert Round.objects.get(pk=round_.pk).status == RoundStatus.PLANNED


def test_once_they_are_taken_out_it_opens(desk, listed, round_):
    take_out_unlisted(round_, actor=desk.organizer)
    open_round(round_, actor=desk.organizer)

    assert before_judges(round_) == {listed.number}


def test_a_round_of_expert_review_opens_with_all(desk, listed, other, round_):
    Round.objects.filter(pk=round_.pk).update(kind="review")
    open_round(round_, actor=desk.organizer)

    assert before_judges(round_) == {listed.number, other.number}


def test_each_that_is_taken_out_is_in_the_trail(desk, other, round_):
    gone = take_out_unlisted(round_, actor=desk.organizer)

    assert [(each.submission, deeds_of(each)) for each in gone] == [(other, ["revoke"])] * 2


def test_a_second_time_nothing_is_taken_out(desk, round_):
    take_out_unlisted(round_, actor=desk.organizer)

    assert take_out_unlisted(round_, actor=desk.organizer) == []


def test_what_a_judge_has_begun_to_review_stays_with_all_its_judges(desk, listed, other, round_):
    Round.objects.filter(pk=round_.pk).update(status=RoundStatus.OPEN)
    begun = Assignment.objects.filter(submission=other).first()
    Assignment.objects.filter(pk=begun.pk).update(status=AssignmentStatus.STARTED)

    gone = take_out_unlisted(round_, actor=desk.organizer)

    assert (gone, before_judges(round_)) == ([], {listed.number, other.number})


def test_a_round_that_is_over_stays_as_it_was(desk, round_):
    Round.objects.filter(pk=round_.pk).update(status=RoundStatus.CLOSED)

    with pytest.raises(TransitionNotAllowed):
        take_out_unlisted(round_, actor=desk.organizer)


def test_only_who_runs_the_competition_takes_them_out(round_):
    with pytest.raises(PermissionDenied):
        take_out_unlisted(round_, actor=OrganizerFactory().user)


def test_nobody_takes_rivals_of_an_own_entry_out(desk, listed, round_):
    TeamMemberFactory(team=listed.team, user=desk.organizer)

    with pytest.raises(OwnEntry):
        take_out_unlisted(round_, actor=desk.organizer)


def test_with_the_last_one_taken_back_the_shortlist_is_empty_and_not_gone(desk, listed, other):
    """Teams have been told of it."""
    announced(desk, listed)
    taken_off(desk, listed)

    assert planned(RoundFactory(competition=desk.competition, kind="defence")) == set()


def test_a_shortlist_that_no_team_was_told_of_leaves_nothing_behind(desk, listed, other):
    services.shortlist([listed.public_id], actor=desk.organizer)
    taken_off(desk, listed)

    assert planned(RoundFactory(competition=desk.competition, kind="defence")) == {listed.number, other.number}


def board(desk, round_):
    return desk.client.get(round_.get_absolute_url())


def test_the_board_names_them_beside_the_button_that_takes_them_out(desk, other, round_):
    page = board(desk, round_)

    assert page.context["unlisted"] == {"leaving": [other.number], "staying": []}
    assert reverse("judging:take_out_unlisted", args=[round_.pk]) in page.content.decode()


def test_the_button_takes_them_out(desk, listed, round_):
    desk.client.post(reverse("judging:take_out_unlisted", args=[round_.pk]))

    assert (before_judges(round_), board(desk, round_).context["unlisted"]["leaving"]) == ({listed.number}, [])


def test_a_shortlist_that_begins_at_the_last_moment_keeps_it_shut(desk, listed, other, monkeypatch):
    """As if the other organizer's line in the trail came right before ours."""
    round_ = RoundFactory(competition=desk.competition, kind="defence", judges_per_submission=1)
    CriterionFactory(rubric=round_.rubric)
    JudgeFactory(competition=desk.competition)
    assign_judges(round_, actor=desk.organizer)
    monkeypatch.setattr(
        "judging.services.rounds.ROUND_LIFECYCLE.apply",
        lambda *args, **kwargs: services.shortlist([listed.public_id], actor=desk.organizer),
    )

    with pytest.raises(Conflict, match=other.number):
        open_round(round_, actor=desk.organizer)


def test_whoever_is_shortlisted_at_the_last_moment_is_not_taken_out(desk, other, round_, monkeypatch):
    """As if the other organizer's line in the trail came right before ours."""

    def shortlisted_first(assignments, *args, **kwargs):
        Shortlisting.objects.get_or_create(
            submission=other, defaults={"made_by": desk.organizer, "made_at": timezone.now()}
        )

    monkeypatch.setattr("judging.services.unlisted.ASSIGNMENT_LIFECYCLE.apply", shortlisted_first)

    with pytest.raises(Conflict):
        take_out_unlisted(round_, actor=desk.organizer)
