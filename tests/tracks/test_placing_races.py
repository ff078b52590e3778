"""Two organizers who move topics at the same moment; the twin shows what the lock is for."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tests.race import race
from tests.submissions.test_races import meeting_point, then_wait
from tracks.models import FormerAddress, Topic
from tracks.services import add_topic, place_topics, placing, renumber_tracks, topics

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 4


@pytest.fixture
def rivals():
    """Topics that all want the same place."""
    track = TrackFactory(competition=CompetitionFactory())
    return TopicFactory.create_batch(RIVALS, track=track)


def all_want(rivals, number):
    competition = rivals[0].track.competition
    return race(
        [lambda topic=topic: place_topics(competition, {topic.pk: (1, number)}, actor=None) for topic in rivals]
    )


def test_of_many_who_want_one_place_one_gets_it_and_the_others_are_told(rivals):
    outcomes = all_want(rivals, 9)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ValidationError"] * (RIVALS - 1) + ["list"]


def test_without_the_lock_the_others_run_into_the_constraint(rivals, monkeypatch):
    monkeypatch.setattr(placing, "lock_competition", lambda competition: None)
    monkeypatch.setattr(placing, "_refuse_taken", then_wait(placing._refuse_taken, meeting_point(RIVALS)))

    outcomes = all_want(rivals, 9)

    loss = IntegrityError if connection.features.has_select_for_update else ValidationError
    assert sum(isinstance(outcome, loss) for outcome in outcomes) == RIVALS - 1


def test_two_who_swap_the_same_topics_at_once_swap_them_twice(rivals):
    first, second, *_others = rivals
    competition = first.track.competition
    places = {first.pk: (1, 2), second.pk: (1, 1)}

    race([lambda: place_topics(competition, places, actor=None)] * 2)

    # The second found them where it wanted them.
    assert FormerAddress.objects.count() == 2


def test_opposite_chains_leave_each_topic_a_place(rivals):
    competition = rivals[0].track.competition
    keys = [topic.pk for topic in rivals]
    forwards = {pk: (1, n % RIVALS + 1) for n, pk in enumerate(keys, 1)}
    backwards = {pk: (1, (n - 2) % RIVALS + 1) for n, pk in enumerate(keys, 1)}

    outcomes = race(
        [lambda places=places: place_topics(competition, places, actor=None) for places in (forwards, backwards) * 2]
    )

    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert sorted(Topic.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_a_place_is_taken_by_a_new_topic_or_by_one_that_moves(rivals):
    track = rivals[0].track

    outcomes = race(
        [
            lambda: place_topics(track.competition, {rivals[0].pk: (1, 9)}, actor=None),
            lambda: add_topic(track, actor=None, number=9, title="新赛题", body="正文"),
        ]
    )

    assert [type(outcome) for outcome in outcomes].count(ValidationError) == 1


def test_tracks_are_renumbered_one_after_the_other():
    competition = CompetitionFactory()
    tracks = TrackFactory.create_batch(2, competition=competition)

    outcomes = race([lambda track=track: renumber_tracks(competition, {track.pk: 9}, actor=None) for track in tracks])

    assert [type(outcome) for outcome in outcomes].count(ValidationError) == 1


def test_a_topic_is_revised_and_moved_at_once(rivals):
    topic = rivals[0]
    other = TrackFactory(competition=topic.track.competition)

    outcomes = race(
        [
            lambda: place_topics(other.competition, {topic.pk: (2, 1)}, actor=None),
            *[lambda n=n: topics.revise_topic(topic, actor=None, title="新题", body=f"第{n}稿") for n in range(3)],
        ]
    )

    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    topic.refresh_from_db()
    assert (topic.track, topic.title, topic.revisions.count()) == (other, "新题", 4)
