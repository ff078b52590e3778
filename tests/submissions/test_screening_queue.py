"""The queue of screening: which entries it shows, to whom, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from submissions.enums import ScreeningState
from submissions.models import Correction, ScreeningClaim, ScreeningProposal, Submission
from submissions.models import Screening as Decision
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of, write
from tests.factories.tracks import OrganizerFactory, TopicFactory
from tests.submissions.people import client_for, queries_of
from tests.submissions.screening import REASON, Screening, opened

pytestmark = [pytest.mark.django_db, pytest.mark.database]
MOST_QUERIES = 16


@pytest.fixture
def house():
    return Screening()


def propose(entry, who):
    version = entry.versions.last()
    return ScreeningProposal.objects.create(version=version, proposed_by=who, proposed_at=timezone.now(), reason=REASON)


def end(entry, hours):
    """Its correction closes so many hours from now."""
    at = timezone.now() + timedelta(hours=hours)
    Correction.objects.create(
        screening=Decision.objects.get(version__submission=entry), closes_at=at, sections=["title"]
    )


def test_the_oldest_stands_first(house):
    entries = [house.entry(hours=hours) for hours in (1, 3, 2)]

    assert house.numbers() == [entries[1].number, entries[2].number, entries[0].number]


def test_the_newest_stands_first_when_asked(house):
    entries = [house.entry(hours=hours) for hours in (1, 3, 2)]

    assert house.numbers(order="new") == [entries[0].number, entries[2].number, entries[1].number]


def test_each_tab_has_its_entries_and_their_count(house):
    made = {state: house.entry() for state in ("waiting", "second_look")}
    made |= {"returned": house.entry(status="returned"), "overdue": house.entry(status="returned")}
    made |= {"passed": house.entry(status="eligible"), "rejected": house.entry(status="rejected")}
    propose(made["second_look"], UserFactory())
    end(made["returned"], 5)
    end(made["overdue"], -5)

    assert {state: house.numbers(state=state) for state in made} == {
        state: [entry.number] for state, entry in made.items()
    }
    assert [tab["count"] for tab in house.queue().context["tabs"]] == [1] * 6


def test_a_later_return_counts_not_the_end_of_an_earlier_one(house):
    entry = house.entry()
    house.decide(entry, "return", **opened())
    Correction.objects.update(closes_at=timezone.now() - timedelta(hours=1))
    Decision.objects.update(decided_at=timezone.now() - timedelta(days=2))

    assert (house.numbers(state="overdue"), house.numbers(state="returned")) == ([entry.number], [])


def test_one_that_was_returned_without_an_end_is_not_overdue(house):
    entry = house.entry(status="returned")

    assert (house.numbers(state="returned"), house.numbers(state="overdue")) == ([entry.number], [])


def test_a_draft_stands_nowhere(house):
    SubmissionFactory(team__competition=house.competition, topic=house.topic)

    assert house.numbers() == []


def test_track_organizers_see_their_tracks_alone(house):
    other = TopicFactory(track__competition=house.competition)
    own, _foreign = house.entry(), house.entry(topic=other)
    role = OrganizerFactory(competition=house.competition)
    role.tracks.add(house.topic.track)
    client = client_for(role.user)

    assert (house.numbers(client), next(t["count"] for t in house.queue(client).context["tabs"])) == ([own.number], 1)


def test_another_track_is_not_there_to_be_asked_for(house):
    other = TopicFactory(track__competition=house.competition)
    role = OrganizerFactory(competition=house.competition)
    role.tracks.add(house.topic.track)

    assert house.queue(client_for(role.user), track=other.track.number).status_code == 404


def test_an_organizers_own_team_is_not_theirs_to_screen(house):
    own = house.entry()
    TeamMemberFactory(team=own.team, user=house.organizer)
    other = house.entry()

    assert (house.numbers(), next(tab["count"] for tab in house.queue().context["tabs"])) == ([other.number], 1)


@pytest.mark.parametrize("who", ["organizer", "of one track", "site admin"])
def test_each_tab_counts_what_stands_under_it(house, who):
    """For whoever asks: entries of other tracks, other competitions and own teams are in no number."""
    role = OrganizerFactory(competition=house.competition)
    people = {"organizer": house.organizer, "of one track": role.user, "site admin": UserFactory(is_superuser=True)}
    role.tracks.add(house.topic.track)
    person = people[who]
    own = TeamFactory(competition=house.competition)
    TeamMemberFactory(team=own, user=person)
    elsewhere = TopicFactory(track__competition=house.competition)
    for more in ({}, {"topic": elsewhere}, {"team": own}, {"topic": elsewhere, "team": own}):
        entries = [house.entry(status=status, **more) for status in ("submitted", "submitted", "eligible", "rejected")]
        returned = [house.entry(status="returned", **more) for _each in range(4)]
        for entry, hours in zip(returned, (5, -5, -5), strict=False):
            end(entry, hours)
        for entry in (entries[0], returned[1]):
            propose(entry, UserFactory())
    SubmissionFactory(submitted=True)

    client = client_for(person)
    shown = {state: len(house.numbers(client, state=state)) for state in ScreeningState.values}
    counted = [tab["count"] for tab in house.queue(client).context["tabs"]]
    times = 1 if who == "of one track" else 2
    assert (list(shown.values()), sum(counted)) == (counted, 8 * times)


@pytest.mark.parametrize("decide", ["pass", "return", "reject"])
def test_the_numbers_are_right_as_soon_as_one_has_decided(house, decide):
    entry = house.entry()
    house.entry()
    house.queue()
    house.decide(entry, decide, **opened())
    counts = {tab["label"]: tab["count"] for tab in house.queue().context["tabs"] if tab["count"]}

    became = {"pass": ScreeningState.PASSED, "return": ScreeningState.RETURNED, "reject": ScreeningState.REJECTED}
    assert counts == {ScreeningState.WAITING.label: 1, became[decide].label: 1}


@pytest.mark.parametrize("part", ["captain", "stranger", "elsewhere"])
def test_nobody_else_has_a_queue(house, part):
    people = {
        "captain": captain_of(house.entry().team),
        "stranger": UserFactory(),
        "elsewhere": OrganizerFactory().user,
    }

    assert house.queue(client_for(people[part])).status_code == 404


@pytest.mark.parametrize("by", ["number", "title", "team", "organization"])
def test_it_is_searched_by_what_was_submitted(house, by):
    entry, _other = house.entry(title="嘉陵江水质预警"), house.entry(title="冷链物流")
    words = {
        "number": entry.number,
        "title": "水质",
        "team": entry.team.name,
        "organization": entry.team.organization.name,
    }

    assert house.numbers(q=words[by]) == [entry.number]


def test_what_the_team_writes_now_is_not_searched(house):
    entry = house.entry()
    write(entry, title="还没有提交的题目")

    assert house.numbers(q="还没有提交") == []


def test_only_those_with_remarks(house):
    poor = house.entry(abstract="")
    Submission.objects.filter(pk=poor.pk).update(title=poor.title)
    fine = house.entry(title=house.topic.title, abstract=house.topic.body or house.topic.title)

    assert poor.number in house.numbers(remarks="on")
    assert fine.number not in house.numbers(remarks="on")


def test_somebody_who_has_it_in_hand_is_named(house):
    entry, other = house.entry(), UserFactory(full_name="何晓")
    end = timezone.now() + timedelta(minutes=5)
    ScreeningClaim.objects.create(submission=entry, user=other, claimed_at=timezone.now(), expires_at=end)

    assert "何晓" in house.queue().content.decode()


def test_a_claim_that_is_over_is_not_shown(house):
    entry, other = house.entry(), UserFactory(full_name="何晓")
    past = timezone.now() - timedelta(minutes=5)
    ScreeningClaim.objects.create(submission=entry, user=other, claimed_at=past, expires_at=past)

    assert "何晓" not in house.queue().content.decode()


@pytest.mark.parametrize("asked", [{"state": "nothing"}, {"track": "x"}, {"order": "best"}])
def test_what_is_no_view_of_it_is_not_there(house, asked):
    assert house.queue(**asked).status_code == 404


def test_words_that_are_too_long_are_said_to_be_and_nothing_is_shown(house):
    entry, answer = house.entry(), house.queue(q="长" * 61)

    assert (answer.status_code, answer.content.decode().count('class="error"')) == (400, 1)
    assert entry.number not in answer.content.decode()


def test_a_cursor_of_somebody_elses_making_is_refused(house):
    assert house.queue(after="x").status_code == 400


def test_hostile_titles_stand_there_as_words(house):
    house.entry(title="<script>alert(1)</script>")

    assert "<script>alert(1)" not in house.queue().content.decode()


def test_pages_follow_each_other_without_gap_or_double(house, monkeypatch):
    monkeypatch.setattr("submissions.screening_queue.A_PAGE", 2)
    wanted = [house.entry(hours=hours).number for hours in (5, 4, 3, 2, 1)]
    first = house.queue()
    second = house.client.get(house.url("screening_queue") + first.context["next_url"])
    third = house.client.get(house.url("screening_queue") + second.context["next_url"])
    back = house.client.get(house.url("screening_queue") + third.context["previous_url"])
    pages = [[line.entry.number for line in page.context["lines"]] for page in (first, second, third, back)]

    assert pages == [wanted[:2], wanted[2:4], wanted[4:], wanted[2:4]]
    assert (first.context["previous_url"], third.context["next_url"]) == ("", "")


@pytest.mark.parametrize("asked", [{}, {"state": "returned"}, {"q": "川西", "remarks": "on"}, {"state": "passed"}])
def test_it_costs_the_same_however_long(house, asked):
    def fill(count):
        team = TeamFactory(competition=house.competition)
        for _each in range(count):
            for status in ("submitted", "returned", "eligible"):
                house.entry(status=status, team=team)

    fill(1)
    url = house.url("screening_queue") + "?" + "&".join(f"{name}={value}" for name, value in asked.items())
    queries_of(house.client, url)
    few = queries_of(house.client, url)
    fill(17)
    many = queries_of(house.client, url)

    assert few == many
    assert many <= MOST_QUERIES


def test_the_next_one_is_the_oldest_and_is_claimed(house):
    house.entry(hours=1)
    oldest = house.entry(hours=9)
    answer = house.client.post(house.url("screening_next"))

    assert (answer.url, ScreeningClaim.objects.get().user) == (house.address(oldest), house.organizer)


def test_two_organizers_are_not_given_the_same_one(house):
    house.entry(hours=9)
    house.entry(hours=1)
    other = client_for(OrganizerFactory(competition=house.competition).user)
    given = {client.post(house.url("screening_next")).url for client in (house.client, other)}

    assert len(given) == 2


def test_the_next_one_of_a_track(house):
    other = TopicFactory(track__competition=house.competition)
    house.entry(hours=9)
    wanted = house.entry(hours=1, topic=other)
    answer = house.client.post(house.url("screening_next"), {"track": other.track.number})

    assert answer.url == f"{house.address(wanted)}?track={other.track.number}"


def test_nothing_is_left_to_take(house):
    assert house.client.post(house.url("screening_next")).url == house.url("screening_queue")


def test_taking_the_next_one_is_no_link(house):
    assert house.client.get(house.url("screening_next")).status_code == 405
