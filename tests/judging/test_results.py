"""The results page: nothing before the publication, everything public after it."""

import pytest
from django.urls import reverse

from judging.enums import AwardLevel
from tests.factories.accounts import UserFactory
from tests.factories.judging import AwardFactory, DecisionFactory, PublicationFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory


@pytest.fixture
def publication(db):
    return PublicationFactory()


def page(client, competition):
    return client.get(reverse("judging:results", args=[competition.slug]))


def won(response):
    """Number and level of each award, in the order of the page."""
    publications = response.context["publications"]
    return [
        (award.number, award.level) for each in publications for track in each["tracks"] for award in track["awards"]
    ]


def without_id(response):
    """What a visitor gets, but for the id that each request has of its own."""
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-Id"}
    return response.status_code, headers, response.content


def test_before_the_publication_there_is_no_such_page(client, db):
    decided = DecisionFactory().entry.ranking.round.competition

    assert page(client, decided).status_code == 404


def test_before_the_publication_it_is_as_missing_as_an_unknown_contest(client, db):
    decided = DecisionFactory().entry.ranking.round.competition

    assert without_id(page(client, decided)) == without_id(client.get("/no-such-contest/results/"))


def test_before_the_publication_organizers_have_no_such_page_either(client, db):
    decided = DecisionFactory().entry.ranking.round.competition
    client.force_login(OrganizerFactory(competition=decided).user)

    assert page(client, decided).status_code == 404


@pytest.mark.parametrize("field", ["number", "project", "organization", "team", "track_name"])
def test_after_the_publication_everybody_sees(client, publication, field):
    award = AwardFactory(publication=publication)

    assert getattr(award, field) in page(client, publication.round.competition).content.decode()


def test_awards_stand_by_track_and_level_and_number(client, publication):
    for track, level, number in [
        (2, AwardLevel.FIRST, "T02-0001"),
        (1, AwardLevel.MERIT, "T01-0001"),
        (1, AwardLevel.SECOND, "T01-0003"),
        (1, AwardLevel.FIRST, "T01-0009"),
        (1, AwardLevel.SECOND, "T01-0002"),
    ]:
        AwardFactory(publication=publication, track_number=track, level=level, number=number)

    assert won(page(client, publication.round.competition)) == [
        ("T01-0009", AwardLevel.FIRST),
        ("T01-0002", AwardLevel.SECOND),
        ("T01-0003", AwardLevel.SECOND),
        ("T01-0001", AwardLevel.MERIT),
        ("T02-0001", AwardLevel.FIRST),
    ]


def test_another_contests_awards_are_not_among_them(client, publication):
    AwardFactory(publication=publication, number="T01-0001")
    AwardFactory(number="T01-0002")

    assert won(page(client, publication.round.competition)) == [("T01-0001", AwardLevel.FIRST)]


def test_results_of_a_contest_that_is_not_public_are_not_either(client, db):
    publication = PublicationFactory(round__competition=CompetitionFactory(is_published=False))
    AwardFactory(publication=publication)
    client.force_login(UserFactory())

    assert page(client, publication.round.competition).status_code == 404


def test_winners_are_named_by_team_alone(client, publication):
    award = AwardFactory(publication=publication, members=["欧阳明月"])

    assert award.members[0] not in page(client, publication.round.competition).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_won(client, publication, django_assert_num_queries, count):
    AwardFactory.create_batch(count, publication=publication)
    AwardFactory()

    with django_assert_num_queries(3):
        response = page(client, publication.round.competition)

    assert len(won(response)) == count
