"""Pages of what is handed in after the end: the captain's, and where organizers decide."""

from __future__ import annotations

import pytest
from django.urls import reverse

from submissions.models import LateAttempt, LateDecision
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    LateAttemptFactory,
    SubmissionFactory,
    TeamFactory,
    captain_of,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.submissions.people import KEY, client_for, close, complete_draft, queries_of
from tests.submissions.test_late import REASON, hand_in
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    entry = complete_draft()
    close(entry.team.competition, StageKind.SUBMISSION)
    return entry


@pytest.fixture
def organizer(draft):
    return OrganizerFactory(competition=draft.team.competition).user


def press_submit(entry, client, **changes):
    data = {"expected_version": entry.draft_version, "idempotency_key": KEY, **changes}
    return client.post(reverse("submissions:submission_submit", args=[entry.public_id]), data)


def test_a_captain_who_presses_submit_too_late_is_told_that_it_is_kept_as_late(draft):
    captain = client_for(captain_of(draft.team))
    answer = press_submit(draft, captain)

    page = captain.get(answer.url).content.decode()
    assert ("本页不是回执" in page, LateAttempt.objects.get().form_sha256 in page) == (True, True)


def test_the_page_before_submitting_says_so_too(draft):
    page = client_for(captain_of(draft.team)).get(reverse("submissions:submission_submit", args=[draft.public_id]))

    assert "逾期提交" in page.content.decode()


def test_an_organizer_accepts_on_the_page(draft, organizer):
    attempt = hand_in(draft)
    client_for(organizer).post(attempt.get_absolute_url(), {"outcome": "accepted", "reason": REASON})

    assert LateDecision.objects.get().reason == REASON


def test_a_second_decision_on_the_page_is_a_conflict(draft, organizer):
    attempt, client = hand_in(draft), client_for(organizer)
    answers = [
        client.post(attempt.get_absolute_url(), {"outcome": outcome, "reason": REASON}).status_code
        for outcome in ("declined", "accepted")
    ]
    assert answers == [302, 409]


@pytest.mark.parametrize("data", [{"outcome": "accepted"}, {"outcome": "other", "reason": REASON}, {}])
def test_what_the_form_lacks_is_said(draft, organizer, data):
    attempt = hand_in(draft)

    assert client_for(organizer).post(attempt.get_absolute_url(), data).status_code == 400


def test_a_stranger_finds_nothing(draft):
    address = hand_in(draft).get_absolute_url()

    assert client_for(UserFactory()).get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(count):
    competition = CompetitionFactory(open=True)
    topic = TopicFactory(track__competition=competition)
    for _each in range(count):
        LateAttemptFactory(submission=SubmissionFactory(team=TeamFactory(competition=competition), topic=topic))
    LateAttemptFactory()
    client = client_for(OrganizerFactory(competition=competition).user)
    address = reverse("submissions:late_attempts", args=[competition.slug])

    assert (queries_of(client, address), len(client.get(address).context["attempts"])) == (LIST_COSTS, count)


LIST_COSTS = 7
