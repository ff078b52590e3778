"""Teams that begin and submit while organizers move, withdraw or renumber what they enter."""

import pytest
from django.db import connection

from portal.core.errors import Conflict
from portal.notifications.models import Outbox
from submissions.models import Receipt, Submission
from submissions.services import drafts, start_submission, submitting
from tests.factories.submissions import TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tests.race import race, until_somebody_waits_for_a_lock
from tests.submissions.people import complete_draft, submit
from tests.submissions.test_races import meeting_point, then_wait
from tracks.models import Topic
from tracks.services import place_topics, renumber_tracks, revise_topic, withdraw_topic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
TEAMS = 4


@pytest.fixture
def topic():
    topic = TopicFactory(track__competition=CompetitionFactory(open=True))
    TrackFactory(competition=topic.track.competition)
    return topic


@pytest.fixture
def entries(topic):
    return [complete_draft(team=new_team(topic), topic=topic) for _team in range(TEAMS)]


def new_team(topic):
    return TeamFactory(competition=topic.track.competition)


def move_away(topic):
    return place_topics(topic.track.competition, {topic.pk: (2, 1)}, actor=None)


def begin(topic, team):
    return start_submission(team, topic, actor=captain_of(team), title="山洪预警")


def failures(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


@pytest.mark.parametrize("attempt", range(3))
def test_whoever_submits_while_the_topic_moves_gets_a_receipt(topic, entries, attempt):
    outcomes = race([lambda: move_away(topic), *[lambda entry=entry: submit(entry) for entry in entries]])

    assert failures(outcomes) == []
    assert set(Submission.objects.values_list("track__number", flat=True)) == {2}
    assert len(set(Submission.objects.values_list("number", flat=True))) == TEAMS


def test_read_with_its_track_an_entry_that_moves_is_found_nowhere(topic, entries, monkeypatch):
    """The twin: lock and join in one query."""
    joined = Submission.objects.select_related("team__competition", "topic", "track")
    careless = joined.select_for_update(of=("self",), no_key=True)
    meet = meeting_point(2)

    def look(submission, actor):
        meet.wait()
        return careless.get(pk=submission.pk)

    monkeypatch.setattr(submitting, "lock_to_submit", look)
    monkeypatch.setattr("submissions.services.following.hold_entries", held_until(meet))

    outcomes = race([lambda: move_away(topic), lambda: submit(entries[0])])

    expected = [Submission.DoesNotExist] if connection.features.has_select_for_update else []
    assert [type(outcome) for outcome in failures(outcomes)] == expected


def held_until(meet):
    from submissions.services import following

    hold = following.hold_entries

    def holding(topics):
        hold(topics)
        meet.wait()
        until_somebody_waits_for_a_lock()

    return holding


@pytest.mark.parametrize("attempt", range(3))
def test_an_entry_that_begins_while_its_topic_moves_is_in_the_topics_track(topic, attempt):
    teams = [new_team(topic) for _team in range(TEAMS)]

    outcomes = race([lambda: move_away(topic), *[lambda team=team: begin(topic, team) for team in teams]])

    assert failures(outcomes) == []
    assert set(Submission.objects.values_list("track__number", flat=True)) == {2}


def test_without_the_lock_it_stays_behind(topic, monkeypatch):
    team, has_looked, has_moved = new_team(topic), meeting_point(2), meeting_point(2)
    careless = then_wait(lambda topic: Topic.objects.select_related("track").get(pk=topic.pk), has_looked)
    monkeypatch.setattr(drafts, "lock_topic", then_wait(careless, has_moved))

    def move_meanwhile():
        has_looked.wait()
        moved = move_away(topic)
        has_moved.wait()
        return moved

    race([move_meanwhile, lambda: begin(topic, team)])

    entry = Submission.objects.get()
    is_behind = entry.track_id != entry.topic.track_id
    assert is_behind == connection.features.has_select_for_update


@pytest.mark.parametrize("attempt", range(3))
def test_a_withdrawn_topic_takes_no_entry_that_begins_at_that_moment(topic, attempt):
    """Each entry comes before the withdrawal or is refused: none begins after it."""
    teams = [new_team(topic) for _team in range(TEAMS)]

    outcomes = race(
        [
            lambda: withdraw_topic(Topic.objects.get(pk=topic.pk), actor=None, reason="并入其他赛题"),
            *[lambda team=team: begin(topic, team) for team in teams],
        ]
    )

    assert {type(outcome) for outcome in failures(outcomes)} <= {Conflict}
    begun = Submission.objects.values_list("created_at", flat=True)
    assert all(at <= Topic.objects.get(pk=topic.pk).withdrawn_at for at in begun)


def unheard_of():
    """Entries with the old text whose captain is not told that there is a new one."""
    told = {row.payload["user"] for row in Outbox.objects.filter(kind="submissions.topic_revised")}
    behind = Submission.objects.filter(topic_revision__number=1).select_related("team")
    return [entry for entry in behind if captain_of(entry.team).pk not in told]


def revise(topic):
    return revise_topic(topic, actor=None, title=topic.title, body="新的正文。")


@pytest.mark.parametrize("attempt", range(3))
def test_whoever_begins_while_the_text_changes_has_the_new_one_or_is_told(topic, attempt):
    teams = [new_team(topic) for _team in range(TEAMS)]

    outcomes = race([lambda: revise(topic), *[lambda team=team: begin(topic, team) for team in teams]])

    assert failures(outcomes) == []
    assert unheard_of() == []


def test_without_the_lock_somebody_begins_with_the_old_text_and_hears_of_nothing(topic, monkeypatch):
    team, save = new_team(topic), Submission.save
    has_read, has_revised = meeting_point(2), meeting_point(2)
    careless = Topic.objects.select_related("track")
    monkeypatch.setattr(drafts, "lock_topic", lambda topic: careless.get(pk=topic.pk))

    def save_when_all_is_said(entry, *args, **kwargs):
        has_read.wait()
        has_revised.wait()
        save(entry, *args, **kwargs)

    def revise_meanwhile():
        has_read.wait()
        revised = revise(topic)
        has_revised.wait()
        return revised

    monkeypatch.setattr(Submission, "save", save_when_all_is_said)

    race([revise_meanwhile, lambda: begin(topic, team)])

    assert len(unheard_of()) == int(connection.features.has_select_for_update)


@pytest.mark.parametrize("attempt", range(3))
def test_numbers_stay_apart_while_tracks_swap_theirs(topic, attempt):
    competition = topic.track.competition
    guest = TopicFactory(track=competition.tracks.get(number=2))
    drafted = [complete_draft(team=new_team(topic), topic=each) for each in (topic, guest) * 2]

    outcomes = race(
        [
            lambda: renumber_tracks(competition, {topic.track.pk: 2, guest.track.pk: 1}, actor=None),
            *[lambda entry=entry: submit(entry) for entry in drafted],
        ]
    )

    assert [type(outcome) for outcome in outcomes[1:]] == [Receipt] * 4
    assert len(set(Submission.objects.values_list("number", flat=True))) == 4
