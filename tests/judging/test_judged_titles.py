"""Organizers read the title that was judged, never the one that the team is writing now."""

from __future__ import annotations

import pytest
from django.urls import reverse

from submissions.models import Submission
from tests.factories.judging import AssignmentFactory, JudgeFactory, RankingEntryFactory, RoundFactory
from tests.factories.submissions import SubmissionFactory
from tests.judging.people import organizer_of

pytestmark = pytest.mark.django_db

DRAFT = "还没交的题目"


def read(client, round_, address):
    """What a page says to an organizer while every team is writing another title."""
    Submission.objects.update(title=DRAFT)
    client.force_login(organizer_of(round_))
    return client.get(address).content.decode()


def on_the_board(client):
    entry = RankingEntryFactory()
    round_ = entry.ranking.round
    return entry.submission.title, read(client, round_, round_.get_absolute_url())


def in_the_administration(client):
    entry = RankingEntryFactory()
    address = reverse("admin:judging_ranking_change", args=[entry.ranking_id])
    return entry.submission.title, read(client, entry.ranking.round, address)


def among_the_reviews_owed(client):
    owed = AssignmentFactory()
    return owed.submission.title, read(client, owed.round, reverse("judging:close", args=[owed.round_id]))


def among_the_entries_without_review(client):
    round_ = RoundFactory(open=True)
    entry = SubmissionFactory(team__competition=round_.competition, eligible=True)
    return entry.title, read(client, round_, reverse("judging:close", args=[round_.pk]))


def in_the_plan(client):
    round_ = RoundFactory()
    entry = SubmissionFactory(team__competition=round_.competition, eligible=True)
    JudgeFactory(competition=round_.competition, organization=entry.team.organization)
    return entry.title, read(client, round_, reverse("judging:assign", args=[round_.pk]))


PLACES = [
    on_the_board,
    in_the_administration,
    among_the_reviews_owed,
    among_the_entries_without_review,
    in_the_plan,
]


@pytest.mark.parametrize("place", PLACES)
def test_the_title_is_the_one_that_was_judged(client, place):
    judged, page = place(client)

    assert (judged in page, DRAFT in page) == (True, False)


def test_an_entry_is_called_by_its_number():
    submitted = SubmissionFactory(submitted=True)

    assert str(submitted) == submitted.number


def test_an_entry_without_number_is_called_a_draft():
    draft = SubmissionFactory(title=DRAFT)

    assert (bool(str(draft)), DRAFT in str(draft)) == (True, False)
