"""An entry that is looked for among one's own as it is locked, and what is read with it."""

import pytest
from django.db import transaction

from submissions import services
from submissions.models import Answer, Submission, SubmissionVersion
from submissions.services import locking
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import complete_draft

pytestmark = pytest.mark.database
DATABASE = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(db):
    return complete_draft()


def hand_in(entry, actor):
    version = Submission.objects.get(pk=entry.pk).draft_version
    return services.hand_in(entry.public_id, actor=actor, expected_version=version)


def test_ones_own_entry_is_handed_in_by_its_address(draft):
    assert hand_in(draft, captain_of(draft.team)).version.submission == draft


@pytest.mark.parametrize("person", ["stranger", "organizer"])
def test_nobody_elses_is(draft, person):
    organizer = OrganizerFactory(competition=draft.team.competition).user
    actor = UserFactory() if person == "stranger" else organizer
    with pytest.raises(services.NoOwnEntry):
        hand_in(draft, actor)

    assert SubmissionVersion.objects.count() == 0


@DATABASE
def test_it_comes_with_its_members_and_what_it_says():
    draft = complete_draft()
    member = TeamMemberFactory(team=draft.team).user
    captain = captain_of(draft.team)
    with transaction.atomic():
        found = locking.lock_to_submit(draft.public_id, actor=member)

    assert found.team.known_roles == {captain.pk: "captain", member.pk: "member"}
    assert found.draft_answers == dict(Answer.objects.filter(submission=draft).values_list("key", "value"))


@DATABASE
def test_an_entry_that_says_nothing_says_nothing():
    draft = SubmissionFactory()
    Answer.objects.filter(submission=draft).delete()
    with transaction.atomic():
        found = locking.lock_to_submit(draft.public_id, actor=captain_of(draft.team))

    assert not found.draft_answers


@pytest.mark.makeshift("numbers without versions")
@pytest.mark.parametrize("number", [1, 9, 10, 17, 123])
def test_the_highest_number_is_that_of_its_track(db, number):
    track = TrackFactory(competition=CompetitionFactory(open=True), number=number)
    topic = TopicFactory(track=track)
    for given in (f"{track.code}-0002", f"{track.code}-0011", f"{track.code}1-0500"):
        entry = SubmissionFactory(topic=topic, team__competition=track.competition)
        Submission.objects.filter(pk=entry.pk).update(number=given)
    draft = SubmissionFactory(topic=topic, team__competition=track.competition)

    assert Submission.objects.with_highest_number().get(pk=draft.pk).highest_number == f"{track.code}-0011"
