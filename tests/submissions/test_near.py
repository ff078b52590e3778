"""Entries that resemble each other are found after they are submitted, and again when they change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from portal.notifications import relay
from portal.notifications.models import Outbox
from submissions import receivers
from submissions.enums import SubmissionStatus
from submissions.models import (
    Fingerprint,
    NearPair,
    Organization,
    Submission,
    SubmissionVersion,
    TeamOrganization,
    VersionFacts,
)
from submissions.services import near_comparing, near_sketching
from submissions.services.near_comparing import find_near
from tests.factories.accounts import UserFactory
from tests.factories.submissions import AttachmentFactory, SubmissionFactory, TeamFactory, TeamMemberFactory
from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tests.submissions.alike import COPIED, OWN, entry, pairs, submit_anew, texts, two_tracks
from tests.submissions.people import complete_draft, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.makeshift("versions made by hand")]


@pytest.fixture
def track():
    return two_tracks()[0]


def test_a_copied_text_is_found(track):
    one, other = entry(track), entry(track)
    entry(track, OWN)

    assert pairs() == [(one.pk, other.pk)]


def test_what_was_found_is_said_in_per_cent_with_its_passages(track):
    entry(track), entry(track)
    pairs()

    pair = NearPair.objects.get()
    assert (pair.score, pair.text, pair.files, pair.people) == (100, 100, 0, 0)
    section, start, end, *_rest = pair.passages[0]
    assert (section, end - start > 100) == ("abstract", True)


def test_other_texts_are_not(track):
    entry(track), entry(track, OWN)

    assert pairs() == []


def test_last_years_entries_are_compared_too(track):
    last = entry(TrackFactory(competition=CompetitionFactory(year=2025)))
    this = entry(track)

    assert pairs() == [(last.pk, this.pk)]


def test_drafts_are_nobodys_business(track):
    entry(track), entry(track, submitted=False)

    assert (pairs(), Fingerprint.objects.count()) == ([], 1)


def test_what_the_topic_says_is_quoted_by_everybody(track):
    topic = TopicFactory(track=track, body=COPIED)
    other = texts(7)
    entry(track, COPIED + other[0], topic=topic), entry(track, COPIED + other[1], topic=topic)

    assert pairs() == []


def test_the_same_file_is_found_under_another_name(track):
    one, other = entry(track, OWN, submitted=False), entry(track, submitted=False)
    file = AttachmentFactory(submission=one, name="申报书.pdf").file
    AttachmentFactory(submission=other, name="方案终稿.pdf", file=file)
    for row in (one, other):
        Submission.objects.filter(pk=row.pk).update(
            status=SubmissionStatus.SUBMITTED, number=f"T-{row.pk}", submitted_at=row.created_at
        )
        submit_anew(row, OWN if row is one else COPIED)

    assert (pairs(), NearPair.objects.get().files) == ([(one.pk, other.pk)], 90)


def test_a_file_that_everybody_hands_in_is_a_form(track, monkeypatch):
    monkeypatch.setattr("submissions.services.near_ties.MOST_HOLDERS", 2)
    file = AttachmentFactory().file
    for seed in range(3):
        row = entry(track, texts(seed)[0], history=False)
        AttachmentFactory(submission=row, file=file)
        submit_anew(row, texts(seed)[0])

    assert pairs() == []


@pytest.mark.parametrize("tie", ["person", "lead", "partner", "double"])
def test_the_same_people_or_organization_on_one_topic_are_found(track, tie):
    topic = TopicFactory(track=track)
    one, other = entry(track, OWN, topic=topic), entry(track, topic=topic)
    stranger = entry(track, texts(9)[0])
    house = one.team.organization
    if tie == "person":
        person = UserFactory()
        for row in (one, other, stranger):
            TeamMemberFactory(team=row.team, user=person)
    elif tie == "lead":
        type(other.team).objects.filter(pk__in=[other.team_id, stranger.team_id]).update(organization=house)
    elif tie == "partner":
        TeamOrganization.objects.create(team=other.team, organization=house)
    else:
        Organization.objects.filter(pk=other.team.organization_id).update(merged_into=house)

    # The stranger is on another topic.
    assert (pairs(), NearPair.objects.get().people > 0) == ([(one.pk, other.pk)], True)


def test_one_team_that_enters_twice_is_found(track):
    team = TeamFactory(competition=track.competition)
    one, other = entry(track, team=team), entry(track, team=team)

    assert pairs() == [(one.pk, other.pk)]


def test_a_new_version_takes_the_place_of_what_was_found(track):
    entry(track)
    other = entry(track)
    pairs()

    submit_anew(other, OWN)

    assert pairs() == []


def test_a_new_version_that_is_still_alike_is_a_new_find(track):
    entry(track)
    other = entry(track)
    pairs()
    before = NearPair.objects.get()

    version = submit_anew(other, COPIED + OWN[:100])
    pairs()

    after = NearPair.objects.get()
    assert (after.pk, after.second_version_id, after.found_at > before.found_at) == (before.pk, version.pk, True)


def test_comparing_again_changes_nothing(track):
    entry(track), entry(track)
    pairs()
    before = NearPair.objects.values().get()

    Fingerprint.objects.update(compared_at=None)
    pairs()

    assert NearPair.objects.values().get() == before


def test_what_has_been_withdrawn_is_compared_with_nothing(track):
    entry(track, has_been_submitted=True, submitted=False, status=SubmissionStatus.WITHDRAWN)
    entry(track)

    assert pairs() == []


def test_what_has_been_rejected_still_resembles(track):
    one, other = entry(track, submitted=False, rejected=True), entry(track)

    assert pairs() == [(one.pk, other.pk)]


@pytest.mark.parametrize("text", ["😀" * 4000, "<script>" * 500, "啊" * 9000, "a" * 20_000, "\u202e" * 300, "12345"])
def test_hostile_texts_are_compared_like_others(track, text):
    entry(track, text), entry(track, text), entry(track, OWN)

    assert len(pairs()) <= 1


def test_sketches_of_another_edition_are_made_anew(track):
    entry(track), entry(track)
    pairs()
    Fingerprint.objects.update(edition=0, sketch=b"")

    assert (len(pairs()), Fingerprint.objects.filter(edition=0).count()) == (1, 0)


def test_a_later_version_is_not_overwritten_by_whoever_was_slower(track, monkeypatch):
    row = entry(track)
    old = list(near_sketching.unsketched())
    newer = submit_anew(row, OWN)
    find_near()

    outdated = SubmissionVersion.objects.filter(pk__in=[version.pk for version in old])
    monkeypatch.setattr(near_sketching, "unsketched", lambda: outdated)
    near_sketching.sketch_next()

    assert Fingerprint.objects.get().version == newer


def test_what_was_compared_with_an_outdated_version_is_not_kept(track, monkeypatch):
    """Whoever compares the later version finds what there is to find."""
    entry(track)
    other = entry(track)
    find = near_comparing.Comparison.alike

    def alike(self, key):
        found = find(self, key)
        submit_anew(other, OWN)
        near_sketching.sketch_next()
        return found

    monkeypatch.setattr(near_comparing.Comparison, "alike", alike)
    while near_sketching.sketch_next():
        pass
    near_comparing.Comparison(list(Fingerprint.objects.order_by("pk")[:1])).carry_out()

    assert NearPair.objects.count() == 0


def test_it_goes_on_where_it_stopped(track):
    entry(track), entry(track), entry(track, OWN)
    assert find_near(seconds=0) is True

    assert len(pairs()) == 1


def test_the_command_compares_all(track, capsys):
    entry(track), entry(track)

    call_command("index_entries")

    assert (NearPair.objects.count(), "2 entries, 1 pairs" in capsys.readouterr().out) == (1, True)


@pytest.mark.parametrize("count", [2, 12])
def test_comparing_one_asks_as_much_however_many_there_are(track, count, django_assert_num_queries):
    for seed in range(count):
        entry(track, texts(seed)[0])
    pairs()
    SubmissionFactory(team__competition=track.competition, topic__track=track, submitted=True, abstract=COPIED * 2)
    near_sketching.sketch_next()

    with django_assert_num_queries(COMPARING):
        find_near()


COMPARING = 17


def test_counts_are_asked_in_one_query(track, django_assert_num_queries):
    one, other, alone = entry(track), entry(track), entry(track, OWN)
    pairs()

    with django_assert_num_queries(1):
        counts = NearPair.objects.all().counts_for([one, other, alone])

    assert counts == {one.pk: 1, other.pk: 1}


class TestSoonAfterItIsCommitted:
    def test_a_submit_compares_nothing_itself(self):
        submit(complete_draft(abstract=COPIED[:900]))

        assert Fingerprint.objects.count() == 0

    def test_the_outbox_finds_what_it_resembles(self, track):
        earlier = entry(track)
        later = submit(complete_draft(abstract=COPIED[:900])).version.submission
        drain_later()

        assert list(NearPair.objects.values_list("first", "second")) == [(earlier.pk, later.pk)]

    def test_no_facts_hold_it_up(self, monkeypatch):
        submit(complete_draft(abstract=COPIED[:900]))
        monkeypatch.setattr("submissions.services.facts.make_facts", broken)
        drain_later()

        assert Fingerprint.objects.exclude(compared_at=None).count() == 1

    def test_it_holds_up_no_facts(self, monkeypatch):
        version = submit(complete_draft(abstract=COPIED[:900])).version
        monkeypatch.setattr("submissions.services.near_comparing.find_near", broken)
        drain_later()

        assert (VersionFacts.objects.get().version, Fingerprint.objects.count()) == (version, 0)

    def test_what_failed_is_found_by_the_sweep(self, track, monkeypatch):
        earlier = entry(track)
        later = submit(complete_draft(abstract=COPIED[:900])).version.submission
        with monkeypatch.context() as patched:
            patched.setattr("submissions.services.near_comparing.find_near", broken)
            drain_later()

        assert pairs() == [(earlier.pk, later.pk)]

    def test_what_comes_within_some_seconds_is_compared_together_after_that(self):
        start = datetime(2026, 6, 1, tzinfo=UTC)
        for seconds in (0, 19, 20):
            receivers._ask_for_near(start + timedelta(seconds=seconds))

        turns = Outbox.objects.filter(kind=receivers.NEAR).order_by("pk").values_list("available_at", flat=True)
        assert list(turns) == [start + timedelta(seconds=20), start + timedelta(seconds=40)]

    def test_rows_of_an_earlier_release_are_carried_out(self, track):
        entry(track), entry(track)
        receivers.look_for_near(key="near:1", version=1)

        assert NearPair.objects.count() == 1


def drain_later():
    """What is asked for now, and some seconds later what that has asked for."""
    relay.drain()
    relay.drain(now=timezone.now() + timedelta(minutes=1))


def broken(*args, **kwargs):
    raise RuntimeError
