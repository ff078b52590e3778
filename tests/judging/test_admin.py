"""Rubrics and judges in the administration: written through the services, by those who run the competition."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from judging.models import Criterion, Judge, Rubric
from tests.factories.accounts import EmailAddressFactory, UserFactory
from tests.factories.judging import AwardFactory, JudgeFactory, RankingEntryFactory, RoundFactory, RubricFactory
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.judging.people import deeds_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer():
    return OrganizerFactory()


@pytest.fixture
def staff(client, organizer):
    """The client, signed in as somebody who runs a competition."""
    client.force_login(organizer.user)
    return client


def page(name, *args):
    return reverse(f"admin:judging_{name}", args=args)


def lines(rubric, *rows):
    """The inline form of a rubric: existing criteria, then ``rows`` to add."""
    there = list(rubric.criteria.order_by("position")) if rubric else []
    data = {"criteria-TOTAL_FORMS": len(there) + len(rows), "criteria-INITIAL_FORMS": len(there)}
    for place, each in enumerate([*there, *rows]):
        values = each if isinstance(each, dict) else {"id": each.pk, **_values(each)}
        data |= {f"criteria-{place}-{name}": value for name, value in values.items()}
    return data


def _values(criterion):
    return {name: getattr(criterion, name) for name in ["position", "name", "guidance", "max_points", "weight"]}


class TestRubrics:
    def test_a_rubric_is_added_with_its_criteria(self, staff, organizer):
        row = {"position": 1, "name": "创新性", "guidance": "", "max_points": "100", "weight": "1"}

        staff.post(page("rubric_add"), {"competition": organizer.competition.pk, "name": "决赛", **lines(None, row)})

        rubric = Rubric.objects.get()
        assert [(each.name, each.max_points) for each in rubric.criteria.all()] == [("创新性", Decimal(100))]
        assert deeds_of(rubric) == ["add", "save_criterion"]

    def test_a_criterion_is_changed_and_another_removed(self, staff, organizer):
        rubric = RubricFactory(competition=organizer.competition, criteria=[("创新性", 40), ("成效", 60)])
        data = {"name": rubric.name, **lines(rubric), "criteria-0-max_points": "50", "criteria-1-DELETE": "on"}

        staff.post(page("rubric_change", rubric.pk), data)

        assert [each.max_points for each in rubric.criteria.all()] == [Decimal(50)]

    def test_a_rubric_in_use_is_for_reading(self, staff, organizer):
        rubric = RoundFactory(open=True, competition=organizer.competition).rubric
        data = {"name": "换个名字", **lines(rubric)}

        assert staff.get(page("rubric_change", rubric.pk)).status_code == 200
        assert staff.post(page("rubric_change", rubric.pk), data).status_code == 403

    def test_a_rubric_is_not_given_to_another_competition(self, staff):
        other = OrganizerFactory().competition

        staff.post(page("rubric_add"), {"competition": other.pk, "name": "别人的", **lines(None)})

        assert Rubric.objects.count() == 0

    def test_points_that_make_no_sense_keep_the_form(self, staff, organizer):
        row = {"position": 1, "name": "创新性", "guidance": "", "max_points": "NaN", "weight": "-1"}

        response = staff.post(
            page("rubric_add"), {"competition": organizer.competition.pk, "name": "决赛", **lines(None, row)}
        )

        assert (response.status_code, Criterion.objects.count()) == (200, 0)


class TestJudges:
    def test_a_person_is_appointed_by_address(self, staff, organizer):
        person = UserFactory()
        home = SubmissionFactory(team__competition=organizer.competition, submitted=True).team.organization

        staff.post(
            page("judge_add"),
            {"email": person.email.upper(), "competition": organizer.competition.pk, "organization": home.pk},
        )

        judge = Judge.objects.get()
        assert (judge.user, judge.organization, deeds_of(judge)) == (person, home, ["appoint"])

    def test_homes_are_chosen_among_organizations_that_one_sees(self, staff, organizer):
        own = SubmissionFactory(team__competition=organizer.competition, submitted=True).team.organization
        other = SubmissionFactory(submitted=True).team.organization

        homes = staff.get(page("judge_add")).context["adminform"].form.fields["organization"].queryset
        assert (own in homes, other in homes) == (True, False)

    @pytest.mark.parametrize("verified", [None, False])
    def test_an_address_that_nobody_has_proved_is_refused(self, staff, organizer, verified):
        if verified is False:
            EmailAddressFactory(user=UserFactory(is_verified=False, email="x@example.com"), verified=False)

        staff.post(page("judge_add"), {"email": "x@example.com", "competition": organizer.competition.pk})

        assert Judge.objects.count() == 0

    def test_a_judge_is_let_go(self, staff, organizer):
        judge = JudgeFactory(competition=organizer.competition, organization=None)

        staff.post(page("judge_change", judge.pk), {"organization": ""})

        judge.refresh_from_db()
        assert (judge.is_active, deeds_of(judge)) == (False, ["update"])


NAMES = ["rubric", "judge", "round", "ranking", "award"]


@pytest.fixture
def rows(organizer):
    """One of each, in the organizer's competition."""
    round_ = RoundFactory(published=True, competition=organizer.competition)
    return {
        "rubric": round_.rubric,
        "judge": JudgeFactory(competition=organizer.competition),
        "round": round_,
        "ranking": RankingEntryFactory(ranking__round=round_, review=False).ranking,
        "award": AwardFactory(publication__round=round_),
    }


@pytest.mark.parametrize("name", NAMES)
def test_who_runs_the_competition_reads_all_of_it(staff, rows, name):
    assert staff.get(page(f"{name}_change", rows[name].pk)).status_code == 200
    assert staff.get(page(f"{name}_changelist")).context["cl"].result_count == 1


STRANGERS = {
    "organizer elsewhere": lambda rows: OrganizerFactory().user,
    "organizer of a track": lambda rows: (
        OrganizerFactory(
            competition=rows["round"].competition, tracks=[TrackFactory(competition=rows["round"].competition)]
        ).user
    ),
    "judge": lambda rows: _as_staff(rows["judge"].user),
    "member": lambda rows: _as_staff(rows["award"].submission.team.members.get().user),
}


def _as_staff(user):
    user.is_staff = True
    user.save()
    return user


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
def test_nobody_else_finds_anything(client, rows, name, stranger):
    client.force_login(stranger(rows))

    assert client.get(page(f"{name}_change", rows[name].pk)).status_code == 404
    assert client.get(page(f"{name}_changelist")).context["cl"].result_count == 0


@pytest.mark.parametrize("name", ["round", "ranking", "award"])
def test_what_the_boards_do_can_not_be_done_here(staff, rows, name):
    assert staff.get(page(f"{name}_add")).status_code == 403
    assert staff.post(page(f"{name}_change", rows[name].pk), {}).status_code == 403
    assert staff.post(page(f"{name}_delete", rows[name].pk), {"post": "yes"}).status_code == 403
