"""What desks and boards count, asked as everybody: only what is in one's own tracks and competitions."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from judging.models import Round
from portal.core import audit
from portal.dashboards import contests, desk
from portal.dashboards.front import has_team
from portal.dashboards.trail import Wanted, _things, trail_of
from submissions.enums import RosterRequestStatus, SubmissionStatus
from submissions.models import RosterRequest, Submission
from tests.visibility.actors import ACTORS, SIGNED_OUT
from tests.visibility.matrix.administration import EVERY_RUN, TRACKS
from tests.visibility.matrix.rows import OTHER, SIGNED_A, VISIBLE, B, D, E
from tests.visibility.test_rows import row
from tests.visibility.world.building import NOW
from tracks.models import Announcement, Document, Question, Topic, Track

pytestmark = pytest.mark.django_db
ASKED = [actor for actor in ACTORS if actor not in SIGNED_OUT]


def own(world: Any, table: dict[str, Any], actor: str) -> set[int]:
    return {row(world, path).pk for path, who in table.items() if actor in who}


def by_competition(rows: Any, path: str = "competition") -> dict[int, int]:
    return dict(Counter(rows.order_by().values_list(path, flat=True)))


def screened(world: Any, actor: str) -> Any:
    """What somebody may decide about: none of a team they are in."""
    return Submission.objects.filter(pk__in=own(world, OTHER["submissions.Submission", "screened_by"], actor))


def expected_counts(world: Any, actor: str) -> dict[str, dict[int, int]]:
    tracks, whole = own(world, TRACKS, actor), own(world, EVERY_RUN, actor)
    entries = Submission.objects.exclude(number="").filter(track__in=tracks)
    # One waits for a second look, and stands under another tab.
    waiting = screened(world, actor).filter(status=SubmissionStatus.SUBMITTED).exclude(pk=world.submitted.pk)
    announcements = Announcement.objects.filter(competition__in=whole)
    return {
        "entries": by_competition(entries, "track__competition"),
        "awaiting": by_competition(waiting, "track__competition"),
        "tracks": by_competition(Track.objects.filter(pk__in=tracks)),
        "topics": by_competition(Topic.objects.filter(track__in=tracks), "track__competition"),
        "rounds": by_competition(Round.objects.filter(competition__in=whole)),
        "drafts": by_competition(announcements.filter(published_at=None)),
        "announcements": by_competition(announcements),
        "documents": by_competition(Document.objects.filter(competition__in=whole)),
        "questions": by_competition(Question.objects.filter(competition__in=whole)),
    }


def test_the_world_has_no_other_tracks(world):
    assert set(Track.objects.values_list("pk", flat=True)) == {row(world, path).pk for path in TRACKS}


@pytest.mark.parametrize("actor", ASKED)
def test_the_front_of_the_administration_counts_what_is_ones_own(world, actor):
    assert contests._counts(world.person(actor)) == expected_counts(world, actor)


@pytest.mark.parametrize("actor", ASKED)
def test_a_desk_lists_the_competitions_that_one_runs(world, actor):
    tracks = Track.objects.filter(pk__in=own(world, TRACKS, actor))
    whole = own(world, EVERY_RUN, actor)

    found = {item["competition"].pk: item["is_whole"] for item in desk.organized(world.person(actor), now=NOW)}
    run = whole | set(tracks.values_list("competition", flat=True))
    assert found == {competition: competition in whole for competition in run}


@pytest.mark.parametrize("actor", ASKED)
def test_a_desk_counts_what_awaits_ones_own_screening(world, actor):
    found = {
        item["competition"].pk: item["awaiting_screening"] for item in desk.organized(world.person(actor), now=NOW)
    }

    expected = expected_counts(world, actor)["awaiting"]
    assert {competition: count for competition, count in found.items() if count} == expected


@pytest.mark.parametrize("actor", ASKED)
def test_a_desk_counts_overdue_corrections_of_what_one_screens(world, actor):
    later = NOW + timedelta(days=365)
    found = {
        item["competition"].pk: item["overdue_corrections"] for item in desk.organized(world.person(actor), now=later)
    }

    entries = screened(world, actor).filter(status=SubmissionStatus.RETURNED)
    assert {pk: count for pk, count in found.items() if count} == by_competition(entries, "track__competition")


@pytest.mark.parametrize("actor", ASKED)
def test_a_desk_counts_requests_about_locked_teams_with_an_entry_in_ones_own_tracks(world, actor):
    found = {item["competition"].pk: item["roster_changes"] for item in desk.organized(world.person(actor), now=NOW)}

    requests = RosterRequest.objects.filter(
        pk__in=own(world, OTHER["submissions.RosterRequest", "organized_by"], actor)
    )
    expected = by_competition(requests.filter(status=RosterRequestStatus.AWAITING), "team__competition")
    assert {pk: count for pk, count in found.items() if count} == expected


@pytest.mark.parametrize("actor", ASKED)
def test_a_desk_lists_rounds_of_what_one_runs_as_a_whole(world, actor):
    found = {item["competition"].pk: len(item["rounds"]) for item in desk.organized(world.person(actor), now=NOW)}

    assert {pk: count for pk, count in found.items() if count} == expected_counts(world, actor)["rounds"]


def test_who_has_a_team(world):
    alpha = row(world, "alpha")
    assert {actor for actor in ACTORS if has_team(alpha, world.person(actor))} - SIGNED_OUT == SIGNED_A | B | D | E


@pytest.mark.parametrize("actor", ["TI", "TO"])
def test_who_runs_one_track_reads_the_trail_of_that_track_only(world, actor):
    """Their own deeds elsewhere are theirs to see, but not on this page."""
    alpha, person = row(world, "alpha"), world.person(actor)
    for thing in (alpha, row(world, "track1"), row(world, "track2")):
        audit.record("change", thing, actor=person)
    lines = trail_of(person, alpha, Wanted())

    assert set(lines.values_list("track_id", flat=True)) <= own(world, TRACKS, actor)


@pytest.mark.parametrize(
    ("model", "path", "name"),
    [("submissions.Submission", "submitted", "number"), ("submissions.Team", "team_a", "name")],
)
def test_a_trail_is_asked_for_entries_and_teams_that_one_sees(world, model, path, name):
    wanted = getattr(row(world, path), name)
    found = {actor for actor in ASKED if _things(wanted, world.person(actor), row(world, "alpha"))}

    assert found == VISIBLE[model][path] - SIGNED_OUT
