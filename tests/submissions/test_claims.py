"""Who has which entry in front of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions import services
from submissions.models import ScreeningClaim, Submission
from submissions.services import claims, take_next
from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.submissions.screening import Screening
from tests.submissions.screening_world import REASON, plan_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


def waiting(competition, count=1, **fields):
    """Submitted one after the other; the first has waited longest."""
    fields.setdefault("topic", TopicFactory(track__competition=competition))
    start = timezone.now() - timedelta(hours=2)
    return [
        SubmissionFactory(
            team=TeamFactory(competition=competition),
            submitted=True,
            submitted_at=start + timedelta(minutes=each),
            **fields,
        )
        for each in range(count)
    ]


def organizer(competition, **fields):
    return OrganizerFactory(competition=competition, **fields).user


def test_the_one_that_has_waited_longest_comes_first(competition):
    first, _second = waiting(competition, 2)

    assert take_next(competition, actor=organizer(competition)) == first


def test_what_was_taken_is_ones_own_until_it_is_decided(competition):
    waiting(competition, 2)
    actor = organizer(competition)

    assert take_next(competition, actor=actor) == take_next(competition, actor=actor)


def test_nobody_else_is_given_it(competition):
    first, second = waiting(competition, 2)

    assert [take_next(competition, actor=organizer(competition)) for _each in range(3)] == [first, second, None]


def test_after_twenty_minutes_it_is_free_again(competition):
    (entry,) = waiting(competition)
    take_next(competition, actor=organizer(competition))

    later = timezone.now() + services.CLAIM_LASTS
    assert take_next(competition, actor=organizer(competition), now=later) == entry


def test_one_that_was_passed_over_is_given_to_others(competition):
    first, second = waiting(competition, 2)
    actor = organizer(competition)
    take_next(competition, actor=actor)

    assert take_next(competition, actor=actor, after=first) == second
    assert take_next(competition, actor=organizer(competition)) == first


def test_passing_over_goes_on_to_the_end_and_begins_anew(competition):
    first, second, third = waiting(competition, 3)
    actor = organizer(competition)

    found = [take_next(competition, actor=actor)]
    for _each in range(3):
        found.append(take_next(competition, actor=actor, after=found[-1]))
    assert found == [first, second, third, first]


def test_with_one_alone_there_is_nothing_behind_it(competition):
    (entry,) = waiting(competition)

    assert take_next(competition, actor=organizer(competition), after=entry) is None


def test_an_organizer_of_a_track_is_given_entries_of_that_track(competition):
    waiting(competition)
    (entry,) = waiting(competition)

    assert take_next(competition, actor=organizer(competition, tracks=[entry.track])) == entry


def test_one_may_ask_for_some_tracks(competition):
    waiting(competition)
    (entry,) = waiting(competition)

    assert take_next(competition, actor=organizer(competition), tracks=[entry.track]) == entry


def test_nobody_is_given_an_entry_of_their_own_team(competition):
    actor = organizer(competition)
    topic = TopicFactory(track__competition=competition)
    SubmissionFactory(team=TeamFactory(competition=competition, captain=actor), topic=topic, submitted=True)

    assert take_next(competition, actor=actor) is None


@pytest.mark.parametrize("state", ["eligible", "returned", "rejected"])
def test_what_is_decided_waits_no_longer(competition, state):
    topic = TopicFactory(track__competition=competition)
    SubmissionFactory(team=TeamFactory(competition=competition), topic=topic, **{state: True})

    assert take_next(competition, actor=organizer(competition)) is None


def test_nor_is_an_entry_of_another_competition_given(competition):
    waiting(CompetitionFactory(open=True))

    assert take_next(competition, actor=organizer(competition)) is None


def test_who_proposed_to_reject_it_is_given_something_else(competition):
    first, second = waiting(competition, 2)
    plan_of(first, needs_second_look=True)
    actor = organizer(competition)
    services.reject(first, actor=actor, version=1, reason=REASON)

    assert take_next(competition, actor=actor) == second
    assert take_next(competition, actor=organizer(competition)) == first


def test_whoever_opens_it_second_is_told_who_has_it(competition):
    (entry,) = waiting(competition)
    holder = organizer(competition)
    claims.claim(entry, actor=holder)

    assert claims.claim(entry, actor=organizer(competition)).user == holder


def test_it_is_kept_while_it_is_open(competition):
    (entry,) = waiting(competition)
    holder, now = organizer(competition), timezone.now()
    claims.claim(entry, actor=holder, now=now)
    claims.renew(entry, actor=holder, now=now + timedelta(minutes=15))

    assert claims.claim(entry, actor=organizer(competition), now=now + timedelta(minutes=30)).user == holder


def test_what_was_decided_meanwhile_is_not_claimed_by_a_page_still_open(competition):
    (entry,) = waiting(competition)
    holder = organizer(competition)
    claims.claim(entry, actor=holder)
    services.pass_screening(entry, actor=holder, version=1)

    assert (claims.renew(entry, actor=holder), ScreeningClaim.objects.count()) == (None, 0)


@pytest.mark.parametrize("state", ["eligible", "returned", "rejected"])
def test_nor_is_it_claimed_anew(competition, state):
    topic = TopicFactory(track__competition=competition)
    entry = SubmissionFactory(team=TeamFactory(competition=competition), topic=topic, **{state: True})

    assert (claims.claim(entry, actor=organizer(competition)), ScreeningClaim.objects.count()) == (None, 0)


def test_whoever_proposed_to_reject_it_doesnt_claim_it_with_another_page(competition):
    (entry,) = waiting(competition)
    plan_of(entry, needs_second_look=True)
    actor, other = organizer(competition), organizer(competition)
    services.reject(entry, actor=actor, version=1, reason=REASON)

    assert (claims.claim(entry, actor=actor), claims.claim(entry, actor=other).user) == (None, other)
    assert claims.claim(entry, actor=actor).user == other


def test_what_is_over_goes_and_what_holds_stays(competition):
    first, second = waiting(competition, 2)
    holder, now = organizer(competition), timezone.now()
    claims.claim(first, actor=holder, now=now - claims.CLAIM_LASTS)
    claims.claim(second, actor=holder, now=now)
    claims.sweep_claims(now)

    assert ScreeningClaim.objects.get().submission == second


def test_a_page_still_open_learns_who_took_it_over(competition):
    (entry,) = waiting(competition)
    first, second, now = organizer(competition), organizer(competition), timezone.now()
    claims.claim(entry, actor=first, now=now - timedelta(hours=1))
    claims.claim(entry, actor=second, now=now)

    assert claims.renew(entry, actor=first, now=now).user == second


def test_only_ones_own_is_given_up(competition):
    (entry,) = waiting(competition)
    claims.claim(entry, actor=organizer(competition))
    claims.release(entry, actor=organizer(competition))

    assert ScreeningClaim.objects.count() == 1


def test_it_costs_the_same_however_many_wait(competition):
    waiting(competition, 2)

    costs = []
    for _each in range(2):
        actor = organizer(competition)
        with CaptureQueriesContext(connection) as queries:
            assert take_next(competition, actor=actor) is not None
        costs.append(len(queries))
        waiting(competition, 10)
    assert (costs[0] == costs[1], Submission.objects.count()) == (True, 22)


def test_whoever_waits_for_a_second_look_has_nothing_in_hand():
    house = Screening(needs_second_look=True)
    entry = house.entry()
    house.decide(entry, "reject")
    text = house.client.get(house.address(entry)).content.decode()

    assert ("data-claim" in text, ScreeningClaim.objects.exists()) == (False, False)
