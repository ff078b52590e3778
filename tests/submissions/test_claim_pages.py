"""What an open page has in hand, and what it gives up when it is left."""

from __future__ import annotations

import pytest

from submissions.models import ScreeningClaim
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for
from tests.submissions.screening import Screening
from tests.submissions.test_screen_entry import SPACES, page

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def house():
    return Screening()


@pytest.fixture
def entry(house):
    return house.entry()


def test_opening_it_claims_it(house, entry):
    page(house, entry)

    assert ScreeningClaim.objects.get().user == house.organizer


def test_whoever_comes_second_is_told_who_has_it(house, entry):
    house.client.get(house.address(entry))
    other = client_for(OrganizerFactory(competition=house.competition).user)

    assert f'<b data-name="">{house.organizer}</b>' in page(house, entry, other).replace("data-name>", 'data-name="">')


def test_an_entry_that_is_decided_is_claimed_by_nobody(house):
    page(house, house.entry(status="eligible"))

    assert ScreeningClaim.objects.count() == 0


def claim(house, entry, **said):
    return house.client.post(house.url("screen_claim", entry.public_id), said).json()


def until_of(house, entry):
    """What an open page gives up when it is left."""
    return house.client.get(house.address(entry)).context["until"]


def test_an_open_page_keeps_the_claim_and_gives_it_up(house, entry):
    page(house, entry)
    kept = claim(house, entry)
    left = claim(house, entry, leave="1", until=kept["until"])

    assert (kept["other"], left, ScreeningClaim.objects.count()) == ("", {"other": "", "until": ""}, 0)


def test_a_page_that_is_left_before_it_said_anything_gives_it_up(house, entry):
    claim(house, entry, leave="1", until=until_of(house, entry))

    assert not ScreeningClaim.objects.exists()


@pytest.mark.parametrize(
    "follow",
    [
        page,
        lambda house, entry: house.decide(entry, "reject", reason=SPACES),
        lambda house, entry: house.client.post(house.url("screen_note", entry.public_id), {"note-text": SPACES}),
        claim,
    ],
    ids=["reload", "refused decision", "refused note", "another tab"],
)
def test_what_a_page_gives_up_late_stays_with_the_page_that_followed(house, entry, follow):
    old = until_of(house, entry)
    follow(house, entry)
    claim(house, entry, leave="1", until=old)

    assert ScreeningClaim.objects.get().user == house.organizer


def test_a_form_that_comes_back_has_it_in_hand(house, entry):
    answer = house.decide(entry, "reject", reason=SPACES)
    claim(house, entry, leave="1", until=answer.context["until"])

    assert (bool(answer.context["until"]), ScreeningClaim.objects.exists()) == (True, False)


@pytest.mark.parametrize("until", ["", "x", "2026-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_whoever_doesnt_say_what_they_had_gives_nothing_up(house, entry, until):
    page(house, entry)
    claim(house, entry, leave="1", until=until)

    assert ScreeningClaim.objects.exists()


def test_an_open_page_learns_who_has_it_by_now(house, entry):
    other = OrganizerFactory(competition=house.competition)
    page(house, entry, client_for(other.user))

    answer = house.client.post(house.url("screen_claim", entry.public_id))
    assert answer.json() == {"other": str(other.user), "until": ""}


def test_a_page_still_open_claims_nothing_that_is_decided(house, entry):
    page(house, entry)
    house.decide(entry, "pass")

    assert (claim(house, entry), ScreeningClaim.objects.count()) == ({"other": "", "until": ""}, 0)
