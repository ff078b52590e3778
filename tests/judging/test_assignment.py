"""Judges get entries: every eligible one, no conflict, nothing twice."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from judging.enums import AssignmentStatus, ConflictKind
from judging.models import Assignment
from judging.services import assign_judges, plan_assignment
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.notifications.models import Outbox
from tests.factories.accounts import UserFactory
from tests.factories.judging import AssignmentFactory, ConflictFactory, JudgeFactory, RoundFactory
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, VersionFactory
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.judging.people import deeds_of, organizer_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    return RoundFactory(judges_per_submission=2)


def entry_in(round_, **kwargs):
    return SubmissionFactory(team__competition=round_.competition, eligible=True, **kwargs)


def judges_in(round_, count, **kwargs):
    return JudgeFactory.create_batch(count, competition=round_.competition, **kwargs)


def assign(round_):
    return assign_judges(round_, actor=organizer_of(round_))


def test_every_eligible_entry_gets_as_many_judges_as_the_round_asks(round_):
    entries = [entry_in(round_), entry_in(round_)]
    judges_in(round_, 3)

    made = assign(round_)

    assert Counter(each.submission for each in made) == dict.fromkeys(entries, 2)


@pytest.mark.parametrize("state", ["submitted", "returned", "rejected"])
def test_an_entry_that_has_not_passed_screening_gets_none(round_, state):
    SubmissionFactory(team__competition=round_.competition, **{state: True})
    judges_in(round_, 2)

    assert assign(round_) == []


def test_an_entry_of_another_competition_gets_none(round_):
    SubmissionFactory(eligible=True)
    judges_in(round_, 2)

    assert assign(round_) == []


def test_a_judge_of_another_competition_gets_nothing(round_):
    entry_in(round_)
    JudgeFactory()

    assert assign(round_) == []


@pytest.mark.parametrize("inactive", [{"is_active": False}, {"user__is_active": False}])
def test_an_inactive_judge_gets_nothing(round_, inactive):
    entry_in(round_)
    judges_in(round_, 1, **inactive)

    assert assign(round_) == []


def test_a_judge_of_the_teams_organization_is_skipped(round_):
    entry = entry_in(round_)
    at_home, stranger = judges_in(round_, 1, organization=entry.team.organization) + judges_in(round_, 1)

    made = assign(round_)

    assert [each.judge for each in made] == [stranger]
    assert plan_assignment(round_).barred == {(entry.pk, at_home.pk): ConflictKind.ORGANIZATION}


def test_a_judge_in_the_team_is_skipped(round_):
    entry = entry_in(round_)
    [member] = judges_in(round_, 1)
    TeamMemberFactory(team=entry.team, user=member.user)

    assert assign(round_) == []
    assert plan_assignment(round_).barred == {(entry.pk, member.pk): ConflictKind.MEMBERSHIP}


def test_a_member_of_another_team_may_judge(round_):
    entry_in(round_)
    [judge] = judges_in(round_, 1)
    TeamMemberFactory(team=entry_in(RoundFactory()).team, user=judge.user)

    assert [each.judge for each in assign(round_)] == [judge]


def test_a_declared_conflict_is_skipped(round_):
    entry = entry_in(round_)
    [judge] = judges_in(round_, 1)
    ConflictFactory(judge=judge, submission=entry)

    assert assign(round_) == []


def test_a_judge_who_recused_is_not_asked_again(round_):
    entry = entry_in(round_)
    [judge] = judges_in(round_, 1)
    AssignmentFactory(round=round_, submission=entry, judge=judge, status=AssignmentStatus.RECUSED)

    assert assign(round_) == []


def test_a_judge_whose_assignment_was_revoked_may_get_it_again(round_):
    entry = entry_in(round_)
    [judge] = judges_in(round_, 1)
    AssignmentFactory(round=round_, submission=entry, judge=judge, status=AssignmentStatus.REVOKED)

    assert [each.judge for each in assign(round_)] == [judge]


def test_a_second_time_adds_nothing(round_):
    entry_in(round_)
    judges_in(round_, 3)
    assign(round_)

    assert assign(round_) == []


def test_a_later_entry_is_added_to_what_stands(round_):
    judges_in(round_, 3)
    entry_in(round_)
    standing = assign(round_)

    later = entry_in(round_)

    assert {each.submission for each in assign(round_)} == {later}
    assert Assignment.objects.count() == len(standing) + 2


@pytest.mark.makeshift("a version that nobody has screened")
def test_judges_read_the_latest_version(round_):
    entry = entry_in(round_)
    VersionFactory(submission=entry)
    judges_in(round_, 1)

    [made] = assign(round_)

    assert made.version.number == 2


@pytest.mark.makeshift("a version that nobody has screened")
def test_a_judge_who_joins_later_reads_what_the_others_read(round_):
    entry = entry_in(round_)
    first = AssignmentFactory(round=round_, submission=entry)
    VersionFactory(submission=entry)
    judges_in(round_, 1)

    assert {each.version for each in assign(round_)} == {first.version}


def test_the_plan_that_was_shown_is_the_plan_that_is_made(round_):
    entry_in(round_)
    judges_in(round_, 3)
    shown = plan_assignment(round_).plan

    made = assign_judges(round_, actor=organizer_of(round_), confirmed=shown.fingerprint)

    assert tuple((each.submission_id, each.judge_id) for each in made) == shown.pairs


def test_a_plan_that_is_no_longer_true_is_shown_again(round_):
    entry_in(round_)
    judges_in(round_, 3)
    shown = plan_assignment(round_).plan
    entry_in(round_)

    with pytest.raises(Conflict):
        assign_judges(round_, actor=organizer_of(round_), confirmed=shown.fingerprint)


def test_confirming_twice_is_confirming_once(round_):
    entry_in(round_)
    judges_in(round_, 3)
    shown, actor = plan_assignment(round_).plan, organizer_of(round_)
    assign_judges(round_, actor=actor, confirmed=shown.fingerprint)

    assert assign_judges(round_, actor=actor, confirmed=shown.fingerprint) == []


def test_one_audit_line_tells_all_pairs(round_):
    entry_in(round_)
    judges_in(round_, 2)

    assign(round_)

    assert deeds_of(round_) == ["assign"]


def test_nobody_is_written_to_before_the_round_opens(round_):
    entry_in(round_)
    judges_in(round_, 2)

    assign(round_)

    assert Outbox.objects.count() == 0


def test_in_an_open_round_each_judge_hears_of_the_new_entries():
    round_ = RoundFactory(open=True, judges_per_submission=1)
    entry_in(round_)
    [judge] = judges_in(round_, 1)

    assign(round_)

    assert [row.payload["to"] for row in Outbox.objects.all()] == [judge.user.email]


@pytest.mark.parametrize("state", ["closed", "published"])
def test_a_closed_round_takes_no_more_judges(state):
    with pytest.raises(TransitionNotAllowed):
        assign(RoundFactory(**{state: True}))


@pytest.mark.parametrize(
    "somebody",
    [
        lambda round_: UserFactory(),
        lambda round_: judges_in(round_, 1)[0].user,
        lambda round_: OrganizerFactory().user,
        lambda round_: (
            OrganizerFactory(competition=round_.competition, tracks=[TrackFactory(competition=round_.competition)]).user
        ),
    ],
    ids=["anybody", "judge", "organizer elsewhere", "organizer of a track"],
)
def test_only_who_runs_the_competition_assigns(round_, somebody):
    with pytest.raises(PermissionDenied):
        assign_judges(round_, actor=somebody(round_))


@pytest.mark.database
@pytest.mark.parametrize("status", [AssignmentStatus.ASSIGNED, AssignmentStatus.RECUSED])
def test_the_database_refuses_the_same_pair_twice(status):
    first = AssignmentFactory(status=status)

    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentFactory(round=first.round, submission=first.submission, judge=first.judge)
