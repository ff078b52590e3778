"""Whoever screens an entry learns there what it resembles, as far as they may read of it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from submissions.enums import SubmissionStatus
from submissions.models import NearPair, Submission, VersionFacts
from submissions.services import facts
from tests.factories.submissions import TeamMemberFactory
from tests.factories.tracks import OrganizerFactory, TopicFactory
from tests.submissions.alike import COPIED, OWN, entry, pairs, texts, two_tracks
from tests.submissions.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.makeshift("versions made by hand")]
CHIP = "resembles 1 entry"


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def pair():
    """Of two tracks of one competition, beside an entry that resembles none."""
    first, second = two_tracks()
    for track, text in ((first, COPIED), (second, COPIED), (second, OWN)):
        facts.make_facts(entry(track, text).versions.get().pk)
    pairs()
    return NearPair.objects.get()


@pytest.fixture
def organizer(pair):
    return OrganizerFactory(competition=pair.first.track.competition).user


@pytest.fixture
def of_first(pair):
    """Runs the track of the first one alone."""
    return OrganizerFactory(competition=pair.first.track.competition, tracks=[pair.first.track]).user


def page(user, row):
    slug = row.track.competition.slug
    return client_for(user).get(reverse("submissions:screen_entry", args=[slug, row.public_id]))


def chips(user, pair, **asked):
    """By number, what the queue remarks about likeness."""
    slug = pair.first.track.competition.slug
    lines = client_for(user).get(reverse("submissions:screening_queue", args=[slug]), asked).context["lines"]
    return {line.entry.number: CHIP in [chip.label for chip in line.chips] for line in lines}


def test_the_entry_leads_to_what_it_resembles(pair, organizer):
    text = page(organizer, pair.first).content.decode()

    assert (pair.address_in(pair.first.track.competition.slug) in text, pair.second.title in text) == (True, True)


def test_either_of_the_two_names_the_other(pair, organizer):
    (shown,) = page(organizer, pair.second).context["alike"].shown

    assert shown.other == pair.first


def test_an_entry_that_resembles_none_says_nothing(pair, organizer):
    alone = Submission.objects.exclude(pk__in=[pair.first_id, pair.second_id]).get()

    assert 'id="alike"' not in page(organizer, alone).content.decode()


def test_whoever_runs_one_track_learns_the_others_number_and_no_more(pair, of_first):
    text, hidden = page(of_first, pair.first).content.decode(), pair.second

    told = [words in text for words in (hidden.number, hidden.title, hidden.team.name)]
    assert told == [True, False, False]


def test_nothing_is_said_to_whoever_is_in_the_other_team(pair, organizer):
    TeamMemberFactory(team=pair.second.team, user=organizer)

    assert page(organizer, pair.first).context["alike"].total == 0


def test_one_that_was_withdrawn_counts_no_longer(pair, organizer):
    Submission.objects.filter(pk=pair.second_id).update(status=SubmissionStatus.WITHDRAWN)

    assert page(organizer, pair.first).context["alike"].total == 0


def test_the_most_alike_are_named_and_the_others_counted(pair, organizer):
    topic = TopicFactory(track=pair.first.track)
    for _each in range(6):
        entry(pair.first.track, texts()[0], topic=topic)
    pairs()
    alike = page(organizer, pair.first).context["alike"]

    assert (len(alike.shown), alike.more) == (5, NearPair.objects.of_entries([pair.first_id]).count() - 5)


def test_the_queue_says_which_ones_resemble_another(pair, organizer):
    found = chips(organizer, pair)

    assert sorted(number for number, is_alike in found.items() if is_alike) == sorted(
        [pair.first.number, pair.second.number]
    )


def test_those_with_remarks_are_also_those_that_resemble_another(pair, organizer):
    VersionFacts.objects.all().delete()
    alike = {pair.first.number, pair.second.number}

    assert set(chips(organizer, pair, remarks="on")) == alike


def test_nor_does_the_queue_tell_whoever_is_in_the_other_team(pair, organizer):
    TeamMemberFactory(team=pair.second.team, user=organizer)

    assert not any(chips(organizer, pair).values())


def test_nor_is_it_a_remark_for_them(pair, organizer):
    TeamMemberFactory(team=pair.second.team, user=organizer)
    VersionFacts.objects.all().delete()

    assert chips(organizer, pair, remarks="on") == {}


def test_what_is_missing_is_marked_where_a_return_opens_it(pair, organizer):
    VersionFacts.objects.filter(version__submission=pair.first).update(lacking=["section-abstract"])
    scope = page(organizer, pair.first).context["scope"]

    assert [box["key"] for group in scope for box in group["boxes"] if box["is_lacking"]] == ["abstract"]
