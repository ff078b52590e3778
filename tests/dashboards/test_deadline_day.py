"""The deadline day: figures of one's own tracks, cheap however many screens show them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from portal.dashboards import deadline_day
from portal.dashboards.deadline_day import day_page
from portal.notifications.models import Outbox
from submissions.enums import InspectionState, UploadState
from submissions.models import Inspection, Submission, Upload
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    AttachmentFactory,
    ExtensionFactory,
    LateAttemptFactory,
    SubmissionFactory,
    TeamFactory,
    captain_of,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import client_for, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def organizer(competition):
    return OrganizerFactory(competition=competition).user


def entry(competition, **fields):
    topic = fields.pop("topic", None) or TopicFactory(track__competition=competition)
    return SubmissionFactory(team=TeamFactory(competition=competition), topic=topic, **fields)


def figures(user, competition, now=None):
    cache.clear()
    return day_page(user, competition.slug, now=now or timezone.now())["figures"]


def test_drafts_complete_ones_and_submitted_ones_are_counted(competition, organizer):
    entry(competition)
    AttachmentFactory(submission=entry(competition))
    entry(competition, submitted=True)
    entry(competition, eligible=True)
    entry(CompetitionFactory(open=True), submitted=True)

    assert figures(organizer, competition)["totals"] == {"drafts": 2, "complete": 1, "submitted": 2}


def test_what_was_withdrawn_is_not_counted(competition, organizer):
    withdrawn = entry(competition, submitted=True)
    type(withdrawn).objects.update(status="withdrawn")

    assert figures(organizer, competition)["totals"]["submitted"] == 0


def test_each_track_has_its_own(competition, organizer):
    one, other = (TopicFactory(track__competition=competition) for _each in range(2))
    entry(competition, topic=one)
    entry(competition, topic=other, submitted=True)

    found = {row["pk"]: (row["drafts"], row["submitted"]) for row in figures(organizer, competition)["tracks"]}
    assert found == {one.track_id: (1, 0), other.track_id: (0, 1)}


def test_the_last_hour_is_told_by_the_minute(competition, organizer):
    entry(competition, submitted=True)
    minutes = figures(organizer, competition)["minutes"]

    # Should the minute change meanwhile, it is the one before.
    assert (len(minutes), sum(each["count"] for each in minutes[-2:]), minutes[0]["count"]) == (60, 1, 0)


def test_after_an_hour_it_is_no_longer_told(competition, organizer):
    entry(competition, submitted=True)
    later = timezone.now() + timedelta(minutes=61)

    assert sum(each["count"] for each in figures(organizer, competition, now=later)["minutes"]) == 0


def test_files_on_their_way_late_ones_and_more_time_are_counted(competition, organizer):
    draft = entry(competition)
    now = timezone.now()
    for state in (UploadState.OPEN, UploadState.DONE):
        Upload.objects.create(
            user=captain_of(draft.team),
            submission=draft,
            slot="proposal",
            name="a.pdf",
            size=1,
            state=state,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    LateAttemptFactory(submission=draft)
    LateAttemptFactory()
    ExtensionFactory(team=draft.team)

    found = figures(organizer, competition)
    assert (found["uploads"], found["late"], found["extended"]) == (1, 1, 1)


def test_whoever_runs_all_tracks_one_by_one_is_not_told_who_has_more_time(competition, organizer):
    track = TrackFactory(competition=competition)
    helper = OrganizerFactory(competition=competition, tracks=[track]).user
    ExtensionFactory(team=entry(competition, topic=TopicFactory(track=track)).team)

    # Within the seconds for which figures are shared.
    pages = [day_page(each, competition.slug, now=timezone.now()) for each in (organizer, helper)]
    assert [page["figures"]["extended"] for page in pages] == [1, None]


def test_the_age_of_the_oldest_mail_that_waits_is_told(competition, organizer):
    now = timezone.now()
    Outbox.objects.create(kind="mail", key="1", available_at=now - timedelta(seconds=90))
    Outbox.objects.create(kind="mail", key="2", available_at=now + timedelta(hours=1))

    assert figures(organizer, competition, now=now)["outbox"].startswith("90")


def test_an_organizer_of_some_tracks_sees_those(competition):
    mine = TrackFactory(competition=competition)
    helper = OrganizerFactory(competition=competition, tracks=[mine]).user
    entry(competition, submitted=True)
    LateAttemptFactory(submission=entry(competition))

    found = figures(helper, competition)
    assert ([row["pk"] for row in found["tracks"]], found["totals"]["submitted"], found["late"]) == ([mine.pk], 0, 0)


def test_an_organizer_of_some_tracks_counts_no_files_of_others(competition):
    draft, now = entry(competition), timezone.now()
    Upload.objects.create(
        user=captain_of(draft.team),
        submission=draft,
        slot="proposal",
        name="a.pdf",
        size=1,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    others = [draft.track, TrackFactory(competition=competition)]
    runs = [OrganizerFactory(competition=competition, tracks=[track]).user for track in others]

    assert [figures(user, competition, now=now)["uploads"] for user in runs] == [1, 0]


def test_what_a_draft_says_stands_nowhere(competition, organizer):
    draft = entry(competition)
    page = client_for(organizer).get(reverse("dashboards:deadline_day", args=[competition.slug])).content.decode()

    assert (draft.title in page, draft.team.name in page) == (False, False)


@pytest.mark.parametrize("name", ["deadline_day", "deadline_figures"])
def test_nobody_else_finds_it(competition, name):
    address = reverse(f"dashboards:{name}", args=[competition.slug])
    people = [UserFactory(), captain_of(TeamFactory(competition=competition)), OrganizerFactory().user]

    assert [client_for(person).get(address).status_code for person in people] == [404, 404, 404]


@pytest.mark.parametrize("count", [1, 3])
def test_the_figures_cost_the_same_however_much_comes_in(competition, organizer, count):
    for _each in range(count):
        entry(competition)
        entry(competition, submitted=True)
    client, address = client_for(organizer), reverse("dashboards:deadline_figures", args=[competition.slug])
    cache.clear()

    assert (queries_of(client, address), queries_of(client, address)) == (FIRST, SHARED)


FIRST, SHARED = 9, 5


@pytest.fixture
def without_sharing(monkeypatch):
    """Each look at the page counts again."""
    monkeypatch.setattr(deadline_day, "SHARED_FOR", 0)
    monkeypatch.setattr(deadline_day, "COMPLETE_FOR", 0)


@pytest.mark.usefixtures("without_sharing")
def test_what_a_draft_says_is_read_again_only_when_it_has_changed(competition, organizer, monkeypatch):
    read = []
    look = deadline_day.make_draft
    monkeypatch.setattr(
        deadline_day, "make_draft", lambda *given, **named: read.append(given[1].pk) or look(*given, **named)
    )
    drafts = [entry(competition) for _each in range(3)]
    day_page(organizer, competition.slug, now=timezone.now())
    Submission.objects.filter(pk=drafts[0].pk).update(draft_version=9)
    day_page(organizer, competition.slug, now=timezone.now())

    assert sorted(read) == sorted([*(each.pk for each in drafts), drafts[0].pk])


@pytest.mark.usefixtures("without_sharing")
def test_a_draft_whose_file_was_found_out_is_no_longer_complete(competition, organizer):
    file = AttachmentFactory(submission=entry(competition)).file
    before = day_page(organizer, competition.slug, now=timezone.now())
    found = {"state": InspectionState.REFUSED, "findings": [["bomb", None]], "inspected_at": timezone.now()}
    Inspection.objects.create(file=file, kind="pdf", **found)
    after = day_page(organizer, competition.slug, now=timezone.now())

    assert [page["figures"]["totals"]["complete"] for page in (before, after)] == [1, 0]


@pytest.mark.usefixtures("without_sharing")
def test_in_one_go_so_many_are_read_and_the_others_next(competition, organizer, monkeypatch):
    monkeypatch.setattr(deadline_day, "MOST_LOOKED_AT", 2)
    for _each in range(3):
        AttachmentFactory(submission=entry(competition))
    pages = [day_page(organizer, competition.slug, now=timezone.now()) for _turn in range(2)]

    assert [page["figures"]["totals"]["complete"] for page in pages] == [2, 3]
