"""What the queue of screening shows leaves as a table: the same entries, of all its pages."""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from submissions.models import VersionFacts
from tests.factories.submissions import TeamFactory, TeamMemberFactory
from tests.factories.tracks import TopicFactory
from tests.submissions.screening import Screening

pytestmark = [pytest.mark.django_db, pytest.mark.makeshift("versions made by hand")]


@pytest.fixture
def house():
    return Screening()


def leaving(house, **asked):
    """The numbers in the table to which the page of the queue leads."""
    text = house.queue(**asked).content.decode()
    (address,) = re.findall(r'href="[^"]*entries\.csv\?([^"]*)"', text)
    return table(house, parse_qs(unescape(address)))


def table(house, asked):
    response = house.client.get(house.url("export_entries", "csv"), asked)
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    return [row[0] for row in rows[1:]]


def test_a_tab_leaves_as_it_is_shown(house):
    house.entry(status="eligible")
    waiting = house.entry()

    assert leaving(house) == [waiting.number]


def test_what_the_filter_leaves_out_stays(house):
    house.entry(team=TeamFactory(competition=house.competition, name="沱江队"))
    wanted = house.entry(
        team=TeamFactory(competition=house.competition, name="岷江队"),
        topic=TopicFactory(track__competition=house.competition),
    )

    assert leaving(house, q="岷江", track=wanted.track.number) == [wanted.number]


def test_only_those_with_remarks_leave(house):
    plain, remarked = house.entry(), house.entry()
    VersionFacts.objects.filter(version__submission=plain).update(remarks=0)
    VersionFacts.objects.filter(version__submission=remarked).update(remarks=1)

    assert leaving(house, remarks="on") == [remarked.number]


def test_an_entry_of_ones_own_team_is_not_in_what_the_queue_sends_off(house):
    TeamMemberFactory(team=house.entry().team, user=house.organizer)
    other = house.entry()

    assert leaving(house) == [other.number]


def test_whatever_the_queue_takes_for_remarks_leaves_as_that(house):
    plain, remarked = house.entry(), house.entry()
    VersionFacts.objects.filter(version__submission=plain).update(remarks=0)
    VersionFacts.objects.filter(version__submission=remarked).update(remarks=1)

    assert leaving(house, remarks="0") == house.numbers(remarks="0") == [remarked.number]


@pytest.mark.parametrize("words", ["MA27YE4M", "从前的题目"])
def test_words_find_what_they_find_in_the_queue(house, words):
    entry = house.entry(team=TeamFactory(competition=house.competition, organization__code="91330106MA27YE4M0H"))
    VersionFacts.objects.filter(version__submission=entry).update(title="从前的题目")
    house.entry()

    assert table(house, {"screening": "waiting", "q": words}) == house.numbers(q=words)


def test_nobody_learns_from_a_filter_that_there_are_remarks_about_their_own_entry(house):
    own, other = house.entry(), house.entry()
    TeamMemberFactory(team=own.team, user=house.organizer)
    VersionFacts.objects.update(remarks=1)

    assert table(house, {"remarks": "on"}) == [other.number]


def test_no_such_tab_is_refused(house):
    assert house.client.get(house.url("export_entries", "csv"), {"screening": "nowhere"}).status_code == 400


def test_the_end_of_a_correction_is_not_called_optional(house):
    text = house.client.get(house.address(house.entry())).content.decode()
    (label,) = re.findall(r'<label for="id_closes_at">(.*?)</label>', text)

    assert "<span" not in label
