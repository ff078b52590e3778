"""Just before, at and after each boundary; and rights that end while somebody is signed in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from judging.enums import AssignmentStatus, RoundStatus
from judging.models import Assignment, Judge, Round
from portal.accounts.models import DataExport, User
from submissions.enums import SubmissionStatus
from submissions.models import Submission, Team, TeamMember
from tests.factories.judging import ConflictFactory
from tests.visibility.world.building import NOW
from tracks.models import Competition, Organizer

pytestmark = pytest.mark.database
SECOND = timedelta(seconds=1)


def status_of(world, actor: str, name: str, *args) -> int:
    """Asked anew, not remembered."""
    return world.ask(actor, "GET", reverse(name, args=args)).status


def at(moment):
    return time_machine.travel(moment, tick=False)


@pytest.mark.parametrize(("since", "status"), [(-SECOND, 404), (timedelta(0), 200), (SECOND, 200)])
def test_news_are_out_from_their_hour_on(world, since, status):
    with at(world.future_news.published_at + since):
        told = status_of(world, "An", "tracks:announcement", world.alpha.slug, world.future_news.number)
    assert told == status


@pytest.mark.parametrize(("since", "status"), [(-SECOND, 404), (timedelta(0), 200), (SECOND, 200)])
def test_a_document_is_out_from_its_hour_on(world, since, status):
    row = world.future_document
    with at(row.published_at + since):
        told = status_of(world, "An", "tracks:document", world.alpha.slug, row.public_id, row.file_name)
    assert told == status


@pytest.mark.parametrize(("since", "status"), [(-SECOND, 404), (timedelta(0), 200), (SECOND, 200)])
def test_a_version_of_the_pledge_is_out_from_its_hour_on(world, since, status):
    with at(world.future_pledge.published_at + since):
        told = status_of(world, "An", "tracks:pledge_version", world.alpha.slug, world.future_pledge.version)
    assert told == status


@pytest.mark.parametrize(("since", "status"), [(-SECOND, 200), (timedelta(0), 409), (SECOND, 409)])
def test_a_copy_of_ones_data_is_there_until_it_expires(world, since, status):
    # Soon enough that the password which everybody has just typed still counts.
    expires_at = NOW + timedelta(minutes=2)
    DataExport.objects.filter(pk=world.copy.pk).update(expires_at=expires_at)
    with at(expires_at + since):
        told = status_of(world, "TM", "accounts:export", world.copy.public_id)
    assert told == status


@pytest.mark.parametrize(
    ("state", "status"), [(RoundStatus.PLANNED, 404), (RoundStatus.OPEN, 200), (RoundStatus.CLOSED, 200)]
)
def test_a_judge_reads_from_the_opening_of_the_round_on(world, state, status):
    Round.objects.filter(pk=world.open.pk).update(status=state)
    assert status_of(world, "JA", "judging:review", world.begun_of_ja.public_id) == status


@pytest.mark.parametrize("state", [RoundStatus.PLANNED, RoundStatus.OPEN, RoundStatus.CLOSED])
@pytest.mark.makeshift("its state is set by hand")
def test_an_organizer_with_an_entry_reads_no_ranking_before_publication(world, state):
    Round.objects.filter(pk=world.published.pk).update(status=state)
    told = status_of(world, "OE", "admin:judging_ranking_change", world.published_ranking.pk)
    assert told == 404


def test_whoever_leaves_the_team_reads_its_entry_no_more(world):
    before = status_of(world, "TM", "submissions:submission", world.draft.public_id)
    TeamMember.objects.filter(pk=world.member.pk).delete()

    after = status_of(world, "TM", "submissions:submission", world.draft.public_id)
    assert (before, after) == (200, 404)


def test_whoever_leaves_the_team_fetches_its_files_no_more(world):
    file = world.draft.sent
    before = status_of(world, "TM", "submissions:attachment", file.public_id, file.name)
    TeamMember.objects.filter(pk=world.member.pk).delete()

    assert (before, status_of(world, "TM", "submissions:attachment", file.public_id, file.name)) == (200, 404)


@pytest.mark.parametrize("state", [AssignmentStatus.RECUSED, AssignmentStatus.REVOKED])
def test_whoever_is_no_longer_assigned_reads_no_more(world, state):
    assignment = world.begun_of_ja
    before = status_of(world, "JA", "judging:review", assignment.public_id)
    Assignment.objects.filter(pk=assignment.pk).update(status=state)

    assert (before, status_of(world, "JA", "judging:review", assignment.public_id)) == (200, 404)


def test_a_conflict_declared_after_the_review_ends_the_reading(world):
    assignment = world.done_of_ju
    before = status_of(world, "JU", "judging:review", assignment.public_id)
    ConflictFactory(judge=world.judge_JU, submission=assignment.submission)

    assert (before, status_of(world, "JU", "judging:review", assignment.public_id)) == (200, 404)


def test_a_judge_who_joins_a_team_reads_no_rival_any_more(world):
    assignment = world.done_of_ju
    before = status_of(world, "JU", "judging:review", assignment.public_id)
    TeamMember.objects.filter(pk=world.member.pk).update(user=world.users["JU"])

    assert (before, status_of(world, "JU", "judging:review", assignment.public_id)) == (200, 404)


def test_a_judge_who_is_not_one_any_more_reads_nothing(world):
    Judge.objects.filter(pk=world.judge_JA.pk).update(is_active=False)
    assert status_of(world, "JA", "judging:review", world.begun_of_ja.public_id) == 404


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("submissions:submission", "submitted.public_id"),
        ("judging:round", "open.pk"),
        ("dashboards:people", "alpha.slug"),
        ("admin:tracks_competition_change", "alpha.pk"),
        ("judging:certificate", "certificate.public_id"),
    ],
)
def test_whose_role_is_revoked_runs_nothing_any_more(world, name, path):
    before = status_of(world, "OR", name, world.find(path))
    Organizer.objects.filter(pk=world.role_of_or.pk).delete()

    assert (before, status_of(world, "OR", name, world.find(path))) == (200, 404)


def test_a_disabled_account_is_signed_out_at_once(world):
    before = world.ask("TC", "GET", "/desk/").status
    User.objects.filter(pk=world.users["TC"].pk).update(is_active=False)

    assert (before, world.ask("TC", "GET", "/desk/").status) == (200, 302)


@pytest.mark.parametrize("reader", ["An", "TM", "TO", "JA"])
def test_a_competition_is_there_for_everybody_from_its_publication_on(world, reader):
    before = status_of(world, reader, "dashboards:competition", world.gamma.slug)
    Competition.objects.filter(pk=world.gamma.pk).update(is_published=True)

    assert (before, status_of(world, reader, "dashboards:competition", world.gamma.slug)) == (404, 200)


def test_a_competition_that_is_taken_back_takes_its_results_with_it(world):
    before = status_of(world, "An", "judging:results", world.alpha.slug)
    Competition.objects.filter(pk=world.alpha.pk).update(is_published=False)

    assert (before, status_of(world, "An", "judging:results", world.alpha.slug)) == (200, 404)


def test_a_track_organizer_reads_the_tracks_they_have_now(world):
    before = [status_of(world, "TI", "submissions:submission", each.public_id) for each in entries(world)]
    world.users["TI"].organizer_roles.get(competition=world.alpha).tracks.set([world.track2])

    after = [status_of(world, "TI", "submissions:submission", each.public_id) for each in entries(world)]
    assert (before, after) == ([200, 404], [404, 200])


def entries(world):
    """One in track 1, one in track 2."""
    return world.submitted, world.elsewhere


def test_whose_role_asks_for_a_second_factor_runs_nothing_without_one(world):
    Competition.objects.filter(pk=world.alpha.pk).update(requires_second_factor=True)
    told = [
        status_of(world, "OR", "submissions:submission", world.submitted.public_id),
        status_of(world, "OR", "dashboards:trail", world.alpha.slug),
        status_of(world, "TM", "submissions:submission", world.submitted.public_id),
    ]
    assert told == [404, 404, 200]


def test_a_site_admin_who_is_one_no_more_reads_nobody_elses(world):
    before = status_of(world, "SU", "submissions:submission", world.draft.public_id)
    User.objects.filter(pk=world.users["SU"].pk).update(is_superuser=False)

    assert (before, status_of(world, "SU", "submissions:submission", world.draft.public_id)) == (200, 404)


def test_an_organizer_who_enters_is_kept_out_of_the_judging_at_once(world):
    before = status_of(world, "OR", "judging:assign", world.planned.pk)
    TeamMember.objects.filter(pk=world.member.pk).update(user=world.users["OR"])

    assert (before, status_of(world, "OR", "judging:assign", world.planned.pk)) == (200, 403)


def test_whoever_joins_reads_what_the_team_wrote_before(world):
    before = status_of(world, "Vi", "submissions:submission", world.draft.public_id)
    TeamMember.objects.filter(pk=world.member.pk).update(user=world.users["Vi"])

    assert (before, status_of(world, "Vi", "submissions:submission", world.draft.public_id)) == (404, 200)


@pytest.mark.makeshift("its state is set by hand")
def test_an_entry_is_the_organizers_to_read_from_its_submission_on(world):
    before = status_of(world, "OR", "submissions:submission", world.draft.public_id)
    Submission.objects.filter(pk=world.draft.pk).update(
        number="SC-1-0099", status=SubmissionStatus.SUBMITTED, submitted_at=NOW
    )

    assert (before, status_of(world, "OR", "submissions:submission", world.draft.public_id)) == (404, 200)


def test_a_judge_of_the_house_that_a_team_moves_to_reads_its_entry_no_more(world):
    before = status_of(world, "JA", "judging:review", world.begun_of_ja.public_id)
    Team.objects.filter(pk=world.team_a.pk).update(organization=world.judges_house)

    assert (before, status_of(world, "JA", "judging:review", world.begun_of_ja.public_id)) == (200, 404)


class TestActing:
    """A site admin who acts for a member of team A."""

    @pytest.fixture
    def acting(self, world):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions["SU"]
        client.post(reverse("dashboards:act_for", args=[world.tm.pk]), {"reason": "电话求助"})
        return client

    def test_they_read_what_the_member_reads(self, world, acting):
        rows = (world.draft, world.rival)
        told = [acting.get(reverse("submissions:submission", args=[each.public_id])).status_code for each in rows]
        assert told == [200, 404]

    @pytest.mark.parametrize("name", ["accounts:profile", "dashboards:tokens", "accounts:data", "account_email"])
    def test_the_account_stays_the_members_own(self, acting, name):
        assert acting.get(reverse(name)).status_code == 403

    def test_it_ends_with_the_admins_own_right(self, world, acting):
        User.objects.filter(pk=world.users["SU"].pk).update(is_superuser=False)
        assert acting.get(reverse("submissions:submission", args=[world.draft.public_id])).status_code == 302
