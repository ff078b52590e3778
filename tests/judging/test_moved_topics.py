"""An entry that judges have been given stays in the track it is ranked in."""

import pytest

from judging.enums import AssignmentStatus
from portal.core.errors import Conflict
from submissions.models import Submission
from tests.factories.judging import AssignmentFactory
from tests.factories.tracks import TopicFactory, TrackFactory
from tracks.models import Topic
from tracks.services import place_topics, renumber_tracks

pytestmark = pytest.mark.django_db
LIVE = [AssignmentStatus.ASSIGNED, AssignmentStatus.STARTED, AssignmentStatus.SUBMITTED]
OVER = [AssignmentStatus.RECUSED, AssignmentStatus.REVOKED]


def leave_track(assignment):
    topic = assignment.submission.topic
    track = TrackFactory(competition=topic.track.competition)
    place_topics(track.competition, {topic.pk: (track.number, 1)}, actor=None)
    return track


@pytest.mark.parametrize("status", LIVE)
def test_a_topic_with_a_judged_entry_stays_in_its_track(status):
    assignment = AssignmentFactory(status=status)

    with pytest.raises(Conflict, match=assignment.submission.topic.title):
        leave_track(assignment)


def test_what_is_refused_has_moved_nothing():
    assignment = AssignmentFactory()
    topic, track = assignment.submission.topic, assignment.submission.track

    with pytest.raises(Conflict):
        leave_track(assignment)

    assert (Topic.objects.get(pk=topic.pk).track, Submission.objects.get().track) == (track, track)


@pytest.mark.parametrize("status", OVER)
def test_an_assignment_that_is_over_holds_nobody(status):
    assignment = AssignmentFactory(status=status)

    track = leave_track(assignment)

    assert Submission.objects.get().track == track


def test_a_topic_with_a_judged_entry_may_get_another_number_in_its_track():
    topic = AssignmentFactory().submission.topic

    place_topics(topic.track.competition, {topic.pk: (topic.track.number, 9)}, actor=None)

    assert Topic.objects.get().number == 9


def test_a_track_with_judged_entries_may_get_another_number():
    track = AssignmentFactory().submission.track

    assert len(renumber_tracks(track.competition, {track.pk: 9}, actor=None)) == 1


def test_a_topic_without_entries_leaves_a_track_that_is_judged():
    assignment = AssignmentFactory()
    topic = TopicFactory(track=assignment.submission.track)
    track = TrackFactory(competition=topic.track.competition)

    place_topics(track.competition, {topic.pk: (track.number, 1)}, actor=None)

    assert Topic.objects.get(pk=topic.pk).track == track
