"""The last minutes: first submits and new entries on one track at once. Nobody is turned away by a deadlock."""

import pytest

from submissions.models import Submission
from submissions.services import start_submission, submit
from tests.factories.submissions import AttachmentFactory, SubmissionFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, TopicFactory
from tests.race import race

pytestmark = pytest.mark.database
ROUNDS, EACH = 3, 5


@pytest.fixture
def topic(transactional_db):
    return TopicFactory(track__competition=CompetitionFactory(open=True))


def first_submit(topic):
    entry = SubmissionFactory(team=TeamFactory(competition=topic.track.competition), topic=topic)
    AttachmentFactory(submission=entry)
    return lambda: submit(entry, actor=captain_of(entry.team), expected_version=entry.draft_version)


def new_entry(topic):
    team = TeamFactory(competition=topic.track.competition)
    return lambda: start_submission(team, topic, actor=captain_of(team), title="山洪预警")


def test_submits_and_new_entries_do_not_wait_for_each_other(topic):
    failures = []
    for _round in range(ROUNDS):
        deeds = [make(topic) for make in (first_submit, new_entry) for _each in range(EACH)]
        failures += [result for result in race(deeds) if isinstance(result, Exception)]

    assert failures == []


def test_entry_numbers_have_no_gap_after_the_rush(topic):
    race([first_submit(topic) for _each in range(EACH)])

    numbers = sorted(Submission.objects.values_list("number", flat=True))
    assert numbers == [f"{topic.track.code}-{place:04}" for place in range(1, EACH + 1)]
