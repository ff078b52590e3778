"""Whoever is in a team of a round takes no step in it and doesn't see its ranking before everybody does."""

from __future__ import annotations

import pytest
from django.urls import reverse

from judging import services
from judging.models import Ranking
from judging.rules import is_entrant
from tests.factories.accounts import UserFactory
from tests.factories.judging import AssignmentFactory, DecisionFactory, PublicationFactory, RankingFactory, RoundFactory
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory
from tests.judging.people import organizer_of

pytestmark = pytest.mark.django_db

PEOPLE = {"organizer": organizer_of, "site admin": lambda round_: UserFactory(is_superuser=True, is_staff=True)}


@pytest.fixture
def entry():
    """An entry that is to be awarded."""
    return DecisionFactory().entry


@pytest.fixture
def round_(entry):
    return entry.ranking.round


@pytest.fixture(params=PEOPLE.values(), ids=PEOPLE)
def entrant(request, entry, round_):
    """Somebody who runs the competition and is in the team of the entry."""
    return TeamMemberFactory(team=entry.submission.team, user=request.param(round_)).user


def decide(round_, actor):
    services.decide_awards(round_, actor=actor, decisions={})


STEPS = {
    "assign": lambda round_, actor: services.assign_judges(round_, actor=actor),
    "open": lambda round_, actor: services.open_round(round_, actor=actor),
    "close": lambda round_, actor: services.close_round(round_, actor=actor),
    "decide": decide,
    "publish": lambda round_, actor: services.publish_results(round_, actor=actor),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_no_step_is_taken_for_the_own_entry(entrant, round_, step):
    with pytest.raises(services.OwnEntry):
        step(round_, entrant)


def test_an_organizer_of_no_team_takes_them(round_):
    assert services.publish_results(round_, actor=organizer_of(round_)).awards.count() == 1


@pytest.mark.parametrize("name", ["assign", "close", "publish"])
def test_a_page_of_a_step_says_why_it_is_closed(client, entrant, round_, name):
    client.force_login(entrant)

    response = client.get(reverse(f"judging:{name}", args=[round_.pk]))

    assert response.status_code == 403
    assert response.context["message"]


def test_awards_that_are_sent_all_the_same_are_refused(client, entrant, entry, round_):
    client.force_login(entrant)

    assert client.post(reverse("judging:decide", args=[round_.pk]), {"track": entry.track_id}).status_code == 403


def test_the_board_says_why_there_is_no_ranking(client, entrant, round_):
    client.force_login(entrant)

    context = client.get(round_.get_absolute_url()).context

    assert (context["is_kept_out"], context["entries"], context["tracks"]) == (True, [], [])


def test_the_administration_has_no_ranking_either(client, entrant, entry):
    client.force_login(entrant)

    assert client.get(reverse("admin:judging_ranking_change", args=[entry.ranking_id])).status_code == 404


def test_another_organizer_sees_the_ranking(entry, round_):
    assert Ranking.objects.visible_to(organizer_of(round_)).get() == entry.ranking


def test_the_ranking_is_seen_once_it_is_published():
    publication = PublicationFactory()
    ranking = RankingFactory(round=publication.round)
    assignment = AssignmentFactory(round=publication.round)
    entrant = TeamMemberFactory(team=assignment.submission.team, user=organizer_of(publication.round)).user

    assert Ranking.objects.visible_to(entrant).get() == ranking


def test_an_entry_that_is_to_be_assigned_counts():
    round_ = RoundFactory()
    entry = SubmissionFactory(team__competition=round_.competition, eligible=True)

    assert is_entrant(entry.team.members.get().user, round_)


@pytest.mark.makeshift("an assignment of a rejected entry")
def test_an_entry_that_was_assigned_counts_whatever_became_of_it():
    assignment = AssignmentFactory(submission__eligible=False, submission__rejected=True)

    assert is_entrant(assignment.submission.team.members.get().user, assignment.round)


@pytest.mark.parametrize("state", [{}, {"rejected": True}])
def test_an_entry_that_is_not_judged_doesn_t_count(state):
    round_ = RoundFactory()
    entry = SubmissionFactory(team__competition=round_.competition, **state)

    assert not is_entrant(entry.team.members.get().user, round_)


def test_an_entry_of_another_competition_doesn_t_count():
    entry = SubmissionFactory(eligible=True)

    assert not is_entrant(entry.team.members.get().user, RoundFactory())
