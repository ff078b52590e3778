"""What keeps a judge from an entry, each reason by itself; and what looks like one and is none."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from judging import rules, services
from judging.enums import AssignmentStatus
from judging.models import Assignment, Award
from portal.core.context import current_real_actor
from portal.core.errors import Conflict
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import (
    AssignmentFactory,
    AwardFactory,
    ConflictFactory,
    JudgeFactory,
    PublicationFactory,
    RoundFactory,
    RubricFactory,
)
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory
from tests.factories.tracks import CompetitionFactory
from tests.judging.people import organizer_of

pytestmark = [pytest.mark.django_db, pytest.mark.makeshift("conflicts that came up after the assignment")]


def member(assignment, team):
    TeamMemberFactory(team=team, user=assignment.judge.user)


def of_a_team_that_does_not_compete(assignment):
    """Its entry was rejected meanwhile, so that only the membership counts."""
    entry = assignment.submission
    entry.status = "rejected"
    entry.save(update_fields=["status"])
    member(assignment, entry.team)


def of_a_rival(assignment):
    member(assignment, SubmissionFactory(team__competition=assignment.round.competition, eligible=True).team)


def declared(assignment):
    ConflictFactory(judge=assignment.judge, submission=assignment.submission)


def house_is_a_partner(assignment):
    assignment.submission.team.partners.create(organization=assignment.judge.organization)


def house_leads(assignment):
    team = assignment.submission.team
    team.organization = assignment.judge.organization
    team.save(update_fields=["organization"])


CONFLICTS = [of_a_team_that_does_not_compete, of_a_rival, declared, house_is_a_partner, house_leads]


def of_a_team_of_another_contest(assignment):
    member(assignment, SubmissionFactory(eligible=True).team)


def of_a_team_without_an_entry(assignment):
    member(assignment, TeamFactory(competition=assignment.round.competition))


def declared_for_another(assignment):
    other = SubmissionFactory(team__competition=assignment.round.competition, eligible=True)
    ConflictFactory(judge=assignment.judge, submission=other)


def declared_by_another(assignment):
    judge = JudgeFactory(competition=assignment.round.competition)
    ConflictFactory(judge=judge, submission=assignment.submission)


def house_is_a_partner_of_another(assignment):
    other = SubmissionFactory(team__competition=assignment.round.competition, eligible=True)
    other.team.partners.create(organization=assignment.judge.organization)


def house_of_a_team_that_is_not_its_partner(assignment):
    """The team has a partner, and it is another house than the judge's."""
    other = JudgeFactory(competition=assignment.round.competition)
    assignment.submission.team.partners.create(organization=other.organization)


NONE = [
    of_a_team_of_another_contest,
    of_a_team_without_an_entry,
    declared_for_another,
    declared_by_another,
    house_is_a_partner_of_another,
    house_of_a_team_that_is_not_its_partner,
]


def owed(assignment):
    return set(Assignment.objects.owed_by(assignment.judge.user))


@pytest.mark.parametrize("conflict", CONFLICTS)
def test_a_conflict_outweighs_the_assignment(conflict):
    assignment = AssignmentFactory()
    before = owed(assignment)
    conflict(assignment)

    assert (before, owed(assignment)) == ({assignment}, set())


@pytest.mark.parametrize("other", NONE)
def test_what_concerns_others_is_no_conflict(other):
    assignment = AssignmentFactory()
    other(assignment)

    assert owed(assignment) == {assignment}


@pytest.mark.parametrize(
    "fields",
    [
        {"judge__is_active": False},
        {"judge__user__is_active": False},
        {"status": AssignmentStatus.REVOKED},
        {"round__open": False},
    ],
    ids=str,
)
def test_what_is_not_owed_any_more_or_not_yet(fields):
    assignment = AssignmentFactory(**fields)

    assert (owed(assignment), rules.owes_review(assignment.judge.user, assignment)) == (set(), False)


def test_an_assignment_is_its_judges_while_the_account_is_active():
    assignment = AssignmentFactory()
    judge, other = assignment.judge.user, JudgeFactory(competition=assignment.round.competition).user
    told = [rules.is_its_judge(user, assignment) for user in (judge, other)]
    judge.is_active = False

    assert (told, rules.is_its_judge(judge, assignment)) == ([True, False], False)


@pytest.mark.parametrize("name", ["save_review", "submit_review"])
def test_of_a_round_that_is_over_a_stranger_learns_no_more_than_of_another(name):
    """Not that it takes no scores now: that is its judge's to know."""
    assignment = AssignmentFactory(round__open=False, round__closed=True)

    with pytest.raises(PermissionDenied):
        getattr(services, name)(assignment, actor=JudgeFactory().user, points={}, comment="", expected_version=0)


def test_nobody_recuses_for_somebody_else():
    assignment = AssignmentFactory()

    with pytest.raises(PermissionDenied):
        services.recuse(assignment, actor=organizer_of(assignment.round), reason="同一单位")


@pytest.fixture
def award_taken_back():
    """Of a competition that is in preparation again."""
    competition = CompetitionFactory(is_published=False)
    return AwardFactory(publication=PublicationFactory(round=RoundFactory(competition=competition, published=True)))


def test_awards_of_a_competition_that_was_taken_back_are_its_organizers_alone(award_taken_back):
    people = (organizer_of(award_taken_back.publication.round), UserFactory(), organizer_of(RoundFactory()))
    assert [award_taken_back in Award.objects.visible_to(user) for user in people] == [True, False, False]


def test_neither_programs_nor_the_page_of_results_have_them(client, award_taken_back):
    slug = award_taken_back.publication.round.competition.slug
    listed = client.get("/api/v1/results/").json()["results"]

    assert (listed, client.get(reverse("judging:results", args=[slug])).status_code) == ([], 404)


@pytest.fixture
def _acted_for():
    """A site admin acts for whoever is signed in."""
    token = current_real_actor.set(SiteAdminFactory().pk)
    yield
    current_real_actor.reset(token)


@pytest.mark.usefixtures("_acted_for")
class TestInPerson:
    @pytest.mark.parametrize("name", ["save_review", "submit_review"])
    def test_nobody_scores_for_somebody_else(self, name):
        assignment = AssignmentFactory()
        points = {each.pk: each.max_points for each in assignment.round.rubric.criteria.all()}

        with pytest.raises(PermissionDenied):
            getattr(services, name)(
                assignment, actor=assignment.judge.user, points=points, comment="", expected_version=0
            )

    def test_nobody_recuses_in_somebody_elses_name(self):
        assignment = AssignmentFactory()

        with pytest.raises(PermissionDenied):
            services.recuse(assignment, actor=assignment.judge.user, reason="同一单位")


def test_a_judge_whose_assignment_ended_while_they_wrote_is_told_so(client, monkeypatch):
    """Not that there is no such page: what they typed was no mistake of theirs."""
    assignment = AssignmentFactory()

    def ended(assignment, **given):
        Assignment.objects.filter(pk=assignment.pk).update(status=AssignmentStatus.REVOKED)
        raise Conflict("本轮评审已结束")

    monkeypatch.setattr(services, "save_review", ended)
    client.force_login(assignment.judge.user)

    answer = client.post(assignment.get_absolute_url(), {"move": "save", "version": "0", "comment": ""})
    assert (answer.status_code, "本轮评审已结束" in answer.content.decode()) == (409, True)


def test_a_form_for_a_round_offers_the_own_rubrics(client):
    own, other = RubricFactory(), RubricFactory()
    client.force_login(organizer_of(RoundFactory(competition=own.competition)))

    rubrics = client.get(reverse("judging:organize")).context["form"].fields["rubric"].queryset
    assert (own in rubrics, other in rubrics) == (True, False)
