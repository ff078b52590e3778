"""The same decision about many entries at once, or about none."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from submissions.models import Correction
from tests.factories.accounts import UserFactory
from tests.factories.submissions import TeamMemberFactory
from tests.submissions.people import client_for
from tests.submissions.screening import REASON, Screening, opened
from tests.submissions.test_screen_entry import SPACES, resubmit, status_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def house():
    return Screening()


def told(answer):
    """What the page of a refusal says, without what differs from one request to the next."""
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def send(house, entries, **typed):
    picks = [pick if isinstance(pick, str) else f"{pick.public_id}:{pick.versions.count()}" for pick in entries]
    return house.client.post(house.url("screening_many"), {"pick": picks, **typed})


def test_what_was_picked_is_shown_before_anything_is_decided(house):
    entries = [house.entry(), house.entry()]
    answer = send(house, entries)

    assert [line.entry for line in answer.context["lines"]] == entries
    assert {status_of(entry) for entry in entries} == {"submitted"}


def test_all_of_them_pass(house):
    entries = [house.entry(), house.entry()]
    send(house, entries, decide="pass", reason="")

    assert {status_of(entry) for entry in entries} == {"eligible"}


def test_all_of_them_are_returned(house):
    entries = [house.entry(), house.entry()]
    send(house, entries, decide="return", reason=REASON, **opened())

    assert Correction.objects.count() == 2


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"needs_second_look": True}, "已提议对 2 件作品不予通过，由另一位审查人员复核。"),
        ({}, "已对 2 件作品作出决定。"),
    ],
)
def test_what_was_done_is_said_as_it_is(plan, said):
    house = Screening(**plan)
    answer = send(house, [house.entry(), house.entry()], decide="reject", reason=REASON, code="off_topic")

    assert [str(each) for each in get_messages(answer.wsgi_request)] == [said]


@pytest.mark.parametrize("step", [{}, {"decide": "pass", "reason": ""}])
def test_a_forbidden_one_refuses_the_whole_in_the_words_of_one_that_is_not_there(house, step):
    entry, foreign = house.entry(), Screening().entry()
    unknown = "11111111-2222-4333-8444-555555555555:1"
    answers = [send(house, [entry, other], **step) for other in (foreign, unknown)]
    said = [answer.content.decode() for answer in answers]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert (told(answers[0]), status_of(entry)) == (told(answers[1]), "submitted")
    assert foreign.title not in said[0]


def test_ones_own_teams_entry_refuses_the_whole(house):
    entry, own = house.entry(), house.entry()
    TeamMemberFactory(team=own.team, user=house.organizer)

    assert (send(house, [entry, own], decide="pass").status_code, status_of(entry)) == (400, "submitted")


def test_one_that_changed_meanwhile_decides_none_and_is_named(house):
    entry, changed = house.entry(), house.entry()
    picks = [f"{each.public_id}:1" for each in (entry, changed)]
    resubmit(changed, abstract="新的简述")
    answer = send(house, picks, decide="pass", reason="")

    assert (answer.status_code, status_of(entry)) == (409, "submitted")
    assert (changed.number in answer.context["conflict"], entry.number in answer.context["conflict"]) == (
        True,
        False,
    )
    assert answer.context["picks"] == [f"{entry.public_id}:1", f"{changed.public_id}:2"]


@pytest.mark.parametrize("picks", [[], ["x"], ["x:1"], ["11111111-2222-4333-8444-555555555555:" + "9" * 60]])
def test_what_is_no_pick_is_refused(house, picks):
    assert send(house, picks).status_code in {302, 400}


def test_more_than_a_hundred_are_too_many(house):
    picks = [f"11111111-2222-4333-8444-{n:012}:1" for n in range(101)]

    assert send(house, picks).url == house.url("screening_queue")


def test_bad_input_decides_none(house):
    entries = [house.entry(), house.entry()]
    answer = send(house, entries, decide="reject", reason=SPACES)

    assert (answer.status_code, {status_of(entry) for entry in entries}) == (400, {"submitted"})


def test_a_rejection_without_a_code_decides_none(house):
    entries = [house.entry(), house.entry()]
    answer = send(house, entries, decide="reject", reason=REASON)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["code"])
    assert {status_of(entry) for entry in entries} == {"submitted"}


def test_asking_for_it_by_address_leads_to_the_queue(house):
    assert house.client.get(house.url("screening_many")).url == house.url("screening_queue")


def test_somebody_without_a_competition_finds_nothing(house):
    client = client_for(UserFactory())

    assert client.post(reverse("submissions:screening_many", args=[house.competition.slug])).status_code == 404
