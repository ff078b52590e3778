"""Results as programs read them: no byte of them before the publication."""

import pytest

from judging.enums import AwardLevel
from judging.services import publish_results
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import (
    AwardFactory,
    CertificateFactory,
    DecisionFactory,
    JudgeFactory,
    PublicationFactory,
    RoundFactory,
)
from tests.factories.submissions import captain_of
from tests.factories.tracks import OrganizerFactory

RESULTS = "/api/v1/results/"


def answer(client, address=RESULTS):
    """All that comes back, but for the id that each request has of its own."""
    response = client.get(address)
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-Id"}
    return response.status_code, headers, response.content


def rows(client, **query):
    return client.get(RESULTS, query).json()["results"]


@pytest.fixture
def decided(db):
    """An award that has been decided and is not published."""
    return DecisionFactory()


PEOPLE = {
    "visitor": lambda decision: UserFactory(),
    "captain": lambda decision: captain_of(decision.entry.submission.team),
    "judge": lambda decision: JudgeFactory(competition=decision.entry.ranking.round.competition).user,
    "organizer": lambda decision: OrganizerFactory(competition=decision.entry.ranking.round.competition).user,
    "site admin": lambda decision: SiteAdminFactory(),
}


def test_before_the_publication_the_answer_is_that_of_an_empty_portal(client, db):
    before = answer(client)
    DecisionFactory()

    assert answer(client) == before


@pytest.mark.parametrize("person", PEOPLE.values(), ids=PEOPLE.keys())
def test_before_the_publication_nobody_has_a_row(client, decided, person):
    client.force_login(person(decided))

    assert rows(client) == []


@pytest.mark.parametrize("person", [None, *PEOPLE.values()], ids=["signed out", *PEOPLE.keys()])
def test_after_the_publication_everybody_has_it(client, decided, person):
    if person is not None:
        client.force_login(person(decided))

    publish_results(decided.entry.ranking.round, actor=None)

    assert [row["number"] for row in rows(client)] == [decided.entry.submission.number]


def test_a_result_as_it_is_sent(client, db):
    award = AwardFactory(publication__round__competition__slug="sichuan-2026", track_number=7, track_name="医疗健康")

    assert rows(client) == [
        {
            "id": award.pk,
            "competition": "sichuan-2026",
            "number": award.number,
            "project": award.project,
            "team": award.team,
            "organization": award.organization,
            "track": {"number": 7, "name": "医疗健康"},
            "level": "first",
            "published_at": award.publication.published_at.isoformat().replace("+00:00", "Z"),
        }
    ]


def test_one_alone_is_the_row_of_the_list(client, db):
    award = AwardFactory()

    assert client.get(f"{RESULTS}{award.pk}/").json() == rows(client)[0]


def test_results_stand_by_entry_number(client, db):
    publication = PublicationFactory()
    for number in ("T02-0001", "T01-0002", "T01-0001"):
        AwardFactory(publication=publication, number=number)

    assert [row["number"] for row in rows(client)] == ["T01-0001", "T01-0002", "T02-0001"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"competition": "contest-a"}, ["T01-0001", "T02-0001"]),
        ({"track": "2"}, ["T02-0001"]),
        ({"level": "second"}, ["T03-0001"]),
        ({"level": "first", "track": "3"}, []),
    ],
    ids=str,
)
def test_results_can_be_filtered(client, db, query, found):
    here = PublicationFactory(round__competition__slug="contest-a")
    AwardFactory(publication=here, track_number=1, number="T01-0001")
    AwardFactory(publication=here, track_number=2, number="T02-0001")
    AwardFactory(track_number=3, number="T03-0001", level=AwardLevel.SECOND)

    assert [row["number"] for row in rows(client, **query)] == found


def test_results_of_a_contest_that_is_not_public_are_not_either(client, db):
    AwardFactory(publication=PublicationFactory(round=RoundFactory(competition__is_published=False, published=True)))

    assert rows(client) == []


def test_nothing_that_opens_or_names_a_person_is_sent(client, db):
    certificate = CertificateFactory(award__members=["欧阳明月"])

    content = client.get(RESULTS).content.decode()

    assert not any(secret in content for secret in [str(certificate.public_id), certificate.serial, "欧阳明月"])


@pytest.mark.parametrize("count", [1, 3])
def test_results_cost_the_same_however_many(client, db, django_assert_num_queries, count):
    AwardFactory.create_batch(count, publication=PublicationFactory())
    AwardFactory(publication=PublicationFactory(round=RoundFactory(competition__is_published=False, published=True)))

    with django_assert_num_queries(1):
        found = rows(client)

    assert len(found) == count
