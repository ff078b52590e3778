"""Entries whose topic moves: they go along, and keep the number they have."""

import pytest

from submissions.models import Submission
from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tests.submissions.people import complete_draft, save, submit
from tracks.services import place_topics, renumber_tracks

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return TopicFactory(track__competition=CompetitionFactory(open=True))


@pytest.fixture
def competition(topic):
    return topic.track.competition


@pytest.fixture
def other_track(competition):
    return TrackFactory(competition=competition)


def enter(topic, **fields):
    return SubmissionFactory(team=TeamFactory(competition=topic.track.competition), topic=topic, **fields)


def submitted_number(topic):
    """The number that the next entry on this topic gets."""
    topic.refresh_from_db()
    draft = complete_draft(team=TeamFactory(competition=topic.track.competition), topic=topic)
    return submit(draft).version.submission.number


def move(topic, track, number=9):
    place_topics(track.competition, {topic.pk: (track.number, number)}, actor=None)


@pytest.mark.parametrize("state", [{}, {"submitted": True}, {"rejected": True}], ids=["draft", "submitted", "rejected"])
def test_an_entry_follows_its_topic(topic, other_track, state):
    entry = enter(topic, **state)

    move(topic, other_track)

    assert Submission.objects.get(pk=entry.pk).track == other_track


def test_an_entry_of_another_topic_stays(topic, other_track):
    entry = enter(TopicFactory(track=topic.track))

    move(topic, other_track)

    assert Submission.objects.get(pk=entry.pk).track == topic.track


def test_entries_of_topics_that_swap_tracks_swap_too(topic, other_track):
    guest = TopicFactory(track=other_track)
    entries = [enter(topic, submitted=True), enter(guest, submitted=True)]

    place_topics(topic.track.competition, {topic.pk: (2, guest.number), guest.pk: (1, topic.number)}, actor=None)

    assert [Submission.objects.get(pk=entry.pk).track for entry in entries] == [other_track, topic.track]


def test_a_number_stays_as_it_was_given(topic, other_track):
    entry = enter(topic, submitted=True)

    move(topic, other_track)

    assert Submission.objects.get(pk=entry.pk).number == "T01-0001"


def test_an_entry_that_submits_again_keeps_its_number(topic, other_track):
    entry = enter(topic, submitted=True)
    move(topic, other_track)
    save(entry, abstract="改")

    assert submit(entry).version.submission.number == "T01-0001"


def test_a_number_that_left_its_track_is_not_given_again(topic, other_track):
    staying = TopicFactory(track=topic.track)
    enter(topic, submitted=True)
    move(topic, other_track)

    assert submitted_number(staying) == "T01-0002"


def test_the_track_that_is_joined_goes_on_counting_its_own(topic, other_track):
    enter(topic, submitted=True)
    move(topic, other_track)

    assert submitted_number(topic) == "T02-0001"


def test_a_track_that_takes_over_a_number_goes_on_after_the_last_of_it(topic, other_track):
    """Both tracks once were number 1; there must not be a second T01-0001."""
    guest = TopicFactory(track=other_track)
    enter(topic, submitted=True)
    renumber_tracks(other_track.competition, {topic.track.pk: 2, other_track.pk: 1}, actor=None)

    assert submitted_number(guest) == "T01-0002"


def test_a_track_with_another_number_counts_from_one_again(topic):
    enter(topic, submitted=True)
    renumber_tracks(topic.track.competition, {topic.track.pk: 5}, actor=None)

    assert submitted_number(topic) == "T05-0001"


def test_after_9999_comes_10000(topic):
    for number in ("T01-9999", "T01-10000"):
        Submission.objects.filter(pk=enter(topic, submitted=True).pk).update(number=number)

    assert submitted_number(topic) == "T01-10001"


def test_numbers_of_another_competition_don_t_count(topic):
    SubmissionFactory(submitted=True)

    assert submitted_number(topic) == "T01-0001"
