"""What is open for whom at which instant, to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.core.errors import Conflict
from submissions import windows
from tests.factories.submissions import ExtensionFactory, SubmissionFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, StageFactory
from tests.submissions.people import client_for, complete_draft, save, submit
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
OPENS = datetime(2030, 6, 1, tzinfo=UTC)
CLOSES = datetime(2030, 8, 10, 16, tzinfo=UTC)  # 24:00 in Beijing
GRACE = timedelta(seconds=300)
EXTENDED = CLOSES + timedelta(days=2)
TICK = timedelta(microseconds=1)
KIND = StageKind.SUBMISSION

EDGES = [
    (OPENS - TICK, False),
    (OPENS, True),
    (CLOSES - TICK, True),
    (CLOSES, True),
    (CLOSES + GRACE - TICK, True),
    (CLOSES + GRACE, False),
    (EXTENDED - TICK, False),
]
EXTENDED_EDGES = [
    (OPENS - TICK, False),
    (OPENS, True),
    (CLOSES + GRACE, True),
    (EXTENDED - TICK, True),
    (EXTENDED, True),
    (EXTENDED + GRACE - TICK, True),
    (EXTENDED + GRACE, False),
]


@pytest.fixture
def stage():
    return StageFactory(kind=KIND, opens_at=OPENS, closes_at=CLOSES, grace=300)


@pytest.fixture
def team(stage):
    return TeamFactory(competition=stage.competition)


@pytest.fixture
def extended(team):
    return ExtensionFactory(team=team, closes_at=EXTENDED).team


def takes(team, now):
    try:
        windows.require_open(team.competition, KIND, now, team)
    except Conflict:
        return False
    return True


@pytest.mark.parametrize(("now", "is_taken"), EDGES)
def test_the_edges_of_a_stage_with_its_grace(team, now, is_taken):
    assert takes(team, now) is is_taken


@pytest.mark.parametrize(("now", "is_taken"), EXTENDED_EDGES)
def test_the_edges_of_an_extension(extended, now, is_taken):
    assert takes(extended, now) is is_taken


@pytest.mark.parametrize(
    ("now", "is_open"), [(OPENS - TICK, False), (OPENS, True), (CLOSES - TICK, True), (CLOSES, False)]
)
def test_what_pages_tell_knows_no_grace(team, now, is_open):
    assert windows.stage_of(team.competition, KIND, [team]).is_open(now) is is_open


def test_without_grace_the_told_end_is_the_end(stage, team):
    stage.grace = 0
    stage.save()

    assert (takes(team, CLOSES - TICK), takes(team, CLOSES)) == (True, False)


def test_an_extension_is_one_teams_alone(extended):
    other = TeamFactory(competition=extended.competition)

    assert takes(other, CLOSES + GRACE) is False


def test_an_extension_of_another_stage_does_not_count(team):
    ExtensionFactory(team=team, kind=StageKind.REGISTRATION, closes_at=EXTENDED)

    assert takes(team, CLOSES + GRACE) is False


def test_a_revoked_extension_does_not_count(team):
    ExtensionFactory(team=team, closes_at=EXTENDED, revoked_at=OPENS)

    assert takes(team, CLOSES + GRACE) is False


def test_the_later_end_holds_when_the_stage_itself_is_moved(stage, extended):
    stage.closes_at = EXTENDED + timedelta(days=1)
    stage.save()

    window = windows.stage_of(extended.competition, KIND, [extended])

    assert (window.closes_at, window.is_extended) == (stage.closes_at, False)


def test_the_refusal_names_the_end_that_the_team_was_told(extended):
    with pytest.raises(Conflict, match="2030年8月12日 24:00"):
        windows.require_open(extended.competition, KIND, EXTENDED + GRACE, extended)


@pytest.mark.parametrize("now", [CLOSES + GRACE - TICK, CLOSES + GRACE], ids=["within", "after"])
def test_an_entry_is_writable_exactly_as_long_as_it_can_be_submitted(team, now):
    entry = SubmissionFactory(team=team)
    window = windows.stage_of(team.competition, KIND, [team])

    assert windows.is_writable(entry, window, now) is takes(team, now)


@pytest.mark.parametrize("count", [1, 3])
def test_the_windows_of_many_teams_cost_two_queries(stage, count, django_assert_num_queries):
    teams = TeamFactory.create_batch(count, competition=stage.competition)
    ExtensionFactory(team=teams[0], closes_at=EXTENDED)

    with django_assert_num_queries(2):
        found = windows.windows_of(teams, KIND)

    assert [found[team.pk].closes_at for team in teams] == [EXTENDED, CLOSES, CLOSES][:count]


def test_a_competition_without_the_stage_has_no_window():
    team = TeamFactory(competition=CompetitionFactory())

    assert windows.stage_of(team.competition, KIND, [team]) is None
    assert windows.windows_of([team], KIND) == {}


@pytest.mark.parametrize(("arrives_at", "is_received"), [(CLOSES + GRACE - TICK, True), (CLOSES + GRACE, False)])
def test_a_submit_counts_by_when_it_arrived(team, time_machine, arrives_at, is_received):
    time_machine.move_to(OPENS, tick=False)
    draft = complete_draft(team=team)
    try:
        submit(draft, received_at=arrives_at)
    except Conflict:
        assert not is_received
    assert draft.versions.exists() is is_received


def test_a_team_with_more_time_writes_and_submits_after_the_others(extended, time_machine):
    time_machine.move_to(EXTENDED - TICK, tick=False)
    draft = complete_draft(team=extended)
    save(draft, title="延期后的题目")

    assert submit(draft).version.title == "延期后的题目"


def test_a_team_with_more_time_may_begin_another_entry(extended, time_machine):
    time_machine.move_to(EXTENDED - TICK, tick=False)
    topic = complete_draft(team=extended).topic
    captain = client_for(captain_of(extended))

    page = captain.get(f"/submissions/start/{extended.competition.slug}/{topic.track.number}/{topic.number}/")

    assert page.context["is_open"] is True


@pytest.mark.parametrize("now", [CLOSES - TICK, CLOSES + TICK], ids=["before the end", "in the grace"])
def test_no_page_of_a_team_tells_of_the_grace(team, time_machine, now):
    time_machine.move_to(now, tick=False)
    draft = complete_draft(team=team)
    captain = client_for(captain_of(team))

    for address in (draft.get_absolute_url(), team.get_absolute_url(), "/desk/"):
        assert "00:05" not in captain.get(address).content.decode()


def test_a_team_is_told_its_own_end(extended, time_machine):
    time_machine.move_to(CLOSES, tick=False)
    draft = complete_draft(team=extended)
    captain = client_for(captain_of(extended))

    for address in (draft.get_absolute_url(), extended.get_absolute_url(), "/desk/"):
        assert "8月12日 24:00" in captain.get(address).content.decode()
