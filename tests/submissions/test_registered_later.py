"""What was registered by its hash goes on being awaited by the version that comes after the end."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from submissions import services, windows
from submissions.models import LateAttempt, RegisteredFile, Submission
from tests.factories.forms import publish, section, slot
from tests.factories.submissions import SubmissionFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, TopicFactory
from tests.submissions.people import save, submit
from tests.submissions.screening_world import contest, organizer_of, returned
from tests.submissions.test_registered_files import OTHER, SHA256, allow, end, register, upload
from tests.submissions.test_registered_sending import send

pytestmark = [pytest.mark.django_db, pytest.mark.database]
REASON = "报送系统当晚故障，情况属实"


def promised(competition, **answers):
    """Its proposal is registered; submitted, a minute before the end."""
    team = TeamFactory(competition=competition)
    entry = allow(SubmissionFactory(team=team, topic=TopicFactory(track__competition=competition), abstract=""))
    row = register(save(entry, **answers))
    submit(entry)
    return row


@pytest.fixture
def row():
    return promised(contest(), need="需求", method="方法", stage="pilot")


@pytest.fixture
def entry(row):
    return Submission.objects.get(pk=row.submission_id)


def mended(entry):
    returned(entry, "need")
    save(entry, need="补正后的需求")
    return submit(entry)


def hand_in(entry):
    entry = Submission.objects.get(pk=entry.pk)
    return services.hand_in(entry, actor=captain_of(entry.team), expected_version=entry.draft_version)


# In a correction


def test_a_correction_goes_on_waiting_for_it(row, entry):
    mended(entry)
    attachment = send(row)

    assert [list(each.attachments.filter(slot="proposal")) for each in entry.versions.all()] == [[attachment]] * 2


def test_its_receipt_says_until_when(entry):
    receipt = mended(entry)

    until = windows.window_of(entry).follow_until
    assert [(each["sha256"], each["until"]) for each in receipt.registered] == [(SHA256, until)]


def test_what_has_come_meanwhile_is_in_it(row, entry):
    returned(entry, "need")
    attachment = send(row)
    save(entry, need="补正后的需求")

    assert attachment in submit(entry).version.attachments.all()


def test_for_a_slot_that_was_opened_nothing_is_awaited(entry):
    returned(entry, slots=["proposal"])

    with pytest.raises(ValidationError) as caught:
        submit(entry)
    assert list(caught.value.message_dict) == ["slot-proposal"]


def test_what_comes_into_an_opened_slot_takes_its_place(row, entry):
    returned(entry, slots=["proposal"])
    services.attach_file(
        Submission.objects.get(pk=entry.pk), actor=captain_of(entry.team), upload=upload(OTHER), slot="proposal"
    )

    assert (submit(entry).registered, RegisteredFile.objects.missing().exists()) == ([], False)


# Handed in late


@pytest.fixture
def optional():
    """As ``row``, where no file has to be there."""
    competition = CompetitionFactory(open=True)
    publish(competition, section("need", is_required=True), slots=[slot("proposal")])
    return promised(competition, need="需求")


def late(row):
    """What was written before the end, and handed in after it."""
    save(row.submission, need="截止前改的需求")
    end(row.submission)
    return hand_in(row.submission)


def accepted(attempt):
    entry = attempt.submission
    return services.accept_late(LateAttempt.objects.get(), actor=organizer_of(entry), reason=REASON)


@pytest.mark.parametrize("kind", ["row", "optional"])
def test_what_is_handed_in_late_goes_on_waiting_for_it(request, kind):
    row = request.getfixturevalue(kind)
    receipt = accepted(late(row))
    attachment = send(row)

    assert attachment in receipt.version.attachments.all()


def test_what_followed_before_it_was_accepted_is_in_it(row):
    attempt = late(row)
    attachment = send(row)
    receipt = accepted(attempt)

    assert attachment in receipt.version.attachments.all()
    assert ([each["sha256"] for each in receipt.files], receipt.registered) == ([SHA256], [])


def test_the_receipt_of_what_was_accepted_says_it(row):
    assert [each["sha256"] for each in accepted(late(row)).registered] == [SHA256]


def test_what_the_draft_has_taken_back_is_not_awaited_by_it(optional):
    services.withdraw_registration(optional, actor=captain_of(optional.submission.team))

    assert accepted(late(optional)).registered == []


def test_the_same_again_is_nothing_late(entry):
    end(entry)

    with pytest.raises(windows.Closed):
        hand_in(entry)
    assert not LateAttempt.objects.exists()
