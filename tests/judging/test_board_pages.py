"""The organizers' pages, from a new round to its publication."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from judging.enums import AssignmentStatus, AwardLevel, RoundStatus
from judging.models import Award, Decision, Publication, Round
from judging.services import close_round
from tests.factories.judging import (
    AssignmentFactory,
    DecisionFactory,
    JudgeFactory,
    RankingEntryFactory,
    RankingFactory,
    ReviewFactory,
    RoundFactory,
    RubricFactory,
)
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import OrganizerFactory
from tests.judging.people import organizer_of

pytestmark = pytest.mark.django_db


def signed_in(client, round_):
    client.force_login(organizer_of(round_))
    return client


def address(name, round_):
    return reverse(f"judging:{name}", args=[round_.pk])


class TestNewRound:
    ADDRESS = reverse("judging:organize")

    def form(self, of, **changes):
        return {
            "key": uuid.uuid4().hex,
            "rubric": of.pk,
            "kind": "review",
            "number": "1",
            "judges_per_submission": "3",
            "opens_at": "2026-09-01T09:00",
            "closes_at": "2026-09-08T00:00",
        } | changes

    @pytest.fixture
    def rubric(self, client):
        rubric = RubricFactory()
        client.force_login(OrganizerFactory(competition=rubric.competition).user)
        return rubric

    def test_it_is_made_with_its_window_in_beijing_time(self, client, rubric):
        client.post(self.ADDRESS, self.form(rubric))

        made = Round.objects.get()
        assert (made.competition, made.opens_at.isoformat()) == (rubric.competition, "2026-09-01T01:00:00+00:00")

    def test_a_double_click_makes_one(self, client, rubric):
        form = self.form(rubric)

        answers = [client.post(self.ADDRESS, form) for _ in range(2)]

        assert {each.url for each in answers} == {Round.objects.get().get_absolute_url()}

    @pytest.mark.parametrize(
        "changes",
        [
            {"closes_at": "2026-09-01T09:00"},
            {"judges_per_submission": "0"},
            {"number": "9" * 30},
            {"rubric": "9" * 30},
            {"opens_at": "tomorrow"},
            {"kind": "lottery"},
            {"key": ""},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_what_makes_no_sense_keeps_the_form(self, client, rubric, changes):
        response = client.post(self.ADDRESS, self.form(rubric, **changes))

        assert (response.status_code, Round.objects.count()) == (400, 0)

    @pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1999-12-31T23:59", "9999-12-31T23:59"])
    @pytest.mark.parametrize("name", ["opens_at", "closes_at"])
    def test_a_year_that_makes_no_sense_is_said_at_its_field(self, client, rubric, name, moment):
        response = client.post(self.ADDRESS, self.form(rubric, **{name: moment}))

        assert (response.status_code, list(response.context["form"].errors)) == (400, [name])

    def test_a_round_may_stay_open_for_long(self, client, rubric):
        client.post(self.ADDRESS, self.form(rubric, closes_at="2099-12-31T00:00"))

        assert Round.objects.get().closes_at.year == 2099

    def test_a_number_that_is_taken_is_said_so(self, client, rubric):
        RoundFactory(competition=rubric.competition, rubric=rubric, number=1)

        assert client.post(self.ADDRESS, self.form(rubric)).status_code == 400

    def test_the_rubric_of_another_competition_is_no_choice(self, client, rubric):
        assert client.post(self.ADDRESS, self.form(RubricFactory())).status_code == 400

    def test_each_sees_the_rounds_of_the_own_competition(self, client, rubric):
        own = RoundFactory(competition=rubric.competition)
        RoundFactory()

        assert list(client.get(self.ADDRESS).context["rounds"]) == [own]


class TestAssign:
    @pytest.fixture
    def round_(self, client):
        round_ = RoundFactory(judges_per_submission=2)
        SubmissionFactory(team__competition=round_.competition, eligible=True)
        signed_in(client, round_)
        return round_

    def test_looking_assigns_nothing(self, client, round_):
        JudgeFactory.create_batch(2, competition=round_.competition)

        proposal = client.get(address("assign", round_)).context["proposal"]

        assert [(row["added"], row["total"]) for row in proposal.loads] == [(1, 1), (1, 1)]
        assert round_.assignments.count() == 0

    def test_it_says_which_entry_falls_short_and_why(self, client, round_):
        entry = SubmissionFactory(team__competition=round_.competition, eligible=True)
        JudgeFactory(competition=round_.competition)
        at_home = JudgeFactory(competition=round_.competition, organization=entry.team.organization)

        proposal = client.get(address("assign", round_)).context["proposal"]

        assert [(row["entry"], row["found"], len(row["reasons"])) for row in proposal.shortfalls] == [(entry, 1, 1)]
        assert [(row["entry"], row["judge"]) for row in proposal.kept_apart] == [(entry, at_home)]

    def test_confirming_assigns(self, client, round_):
        JudgeFactory.create_batch(2, competition=round_.competition)
        plan = client.get(address("assign", round_)).context["proposal"].plan

        response = client.post(address("assign", round_), {"plan": plan.fingerprint})

        assert (response.url, round_.assignments.count()) == (round_.get_absolute_url(), 2)

    @pytest.mark.parametrize("data", [{}, {"plan": ""}, {"plan": "0" * 64}])
    def test_nothing_is_assigned_unseen(self, client, round_, data):
        JudgeFactory.create_batch(2, competition=round_.competition)

        assert client.post(address("assign", round_), data).status_code == 409


class TestOpenAndClose:
    def test_a_round_is_opened(self, client):
        round_ = AssignmentFactory(round=RoundFactory()).round

        signed_in(client, round_).post(address("open", round_))

        round_.refresh_from_db()
        assert round_.status == RoundStatus.OPEN

    def test_looking_opens_nothing(self, client):
        round_ = AssignmentFactory(round=RoundFactory()).round

        assert signed_in(client, round_).get(address("open", round_)).status_code == 405

    def test_a_complete_round_is_closed(self, client):
        round_ = ReviewFactory(submitted=True).assignment.round

        assert signed_in(client, round_).post(address("close", round_)).url == round_.get_absolute_url()

    def test_what_is_missing_is_listed(self, client):
        done = ReviewFactory(submitted=True).assignment
        late = AssignmentFactory(round=done.round)

        context = signed_in(client, done.round).get(address("close", done.round)).context

        assert (list(context["assignments"]), list(context["entries"])) == ([late], [late.submission])

    def test_closing_without_it_takes_a_reason(self, client):
        done = ReviewFactory(submitted=True).assignment
        AssignmentFactory(round=done.round, submission=done.submission)

        response = signed_in(client, done.round).post(address("close", done.round), {"accept_missing": "yes"})

        assert (response.status_code, len(response.context["errors"])) == (400, 1)

    def test_a_score_that_came_missing_meanwhile_is_not_skipped_unseen(self, client):
        done = ReviewFactory(submitted=True).assignment
        AssignmentFactory(round=done.round, submission=done.submission)

        assert signed_in(client, done.round).post(address("close", done.round)).status_code == 409


class TestBoard:
    def test_late_judges_come_first(self, client):
        now = timezone.now()
        half_over = {"opens_at": now - timedelta(days=5), "closes_at": now + timedelta(days=5)}
        round_ = RoundFactory(open=True, **half_over)
        done = ReviewFactory(submitted=True, assignment__round=round_).assignment.judge
        late = AssignmentFactory(round=round_).judge

        rows = signed_in(client, round_).get(round_.get_absolute_url()).context["judges"]

        assert [(row.judge, row.is_late) for row in rows] == [(late, True), (done, False)]

    def test_drafts_are_counted_and_not_shown(self, client):
        review = ReviewFactory(comment="还没想好", points=["7.77"])
        page = signed_in(client, review.assignment.round).get(review.assignment.round.get_absolute_url())

        assert [row.judge.begun for row in page.context["judges"]] == [1]
        assert "还没想好" not in page.content.decode()
        assert "7.77" not in page.content.decode()

    def test_it_tells_what_happened(self, client):
        round_ = ReviewFactory(submitted=True).assignment.round
        close_round(round_, actor=None)

        events = signed_in(client, round_).get(round_.get_absolute_url()).context["events"]

        assert [event.entry.action for event in events] == ["rank", "close"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_long(self, client, count, django_assert_num_queries):
        ranking = RankingFactory()
        for _ in range(count):
            DecisionFactory(entry__ranking=ranking)
        signed_in(client, ranking.round)

        with django_assert_num_queries(11):
            page = client.get(ranking.round.get_absolute_url())

        assert (len(page.context["tracks"]), len(page.context["judges"])) == (count, count)

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_of_rounds_costs_the_same_however_long(self, client, count, django_assert_num_queries):
        rubric = RubricFactory()
        RoundFactory.create_batch(count, competition=rubric.competition, rubric=rubric)
        client.force_login(OrganizerFactory(competition=rubric.competition).user)

        with django_assert_num_queries(8):
            assert len(client.get(reverse("judging:organize")).context["rounds"]) == count


class TestDecide:
    @pytest.fixture
    def entries(self, client):
        first = RankingEntryFactory()
        topic = {"submission__topic": first.submission.topic, "submission__track": first.track}
        signed_in(client, first.ranking.round)
        return [first, RankingEntryFactory(ranking=first.ranking, **topic)]

    def post(self, client, entries, outcomes, **changes):
        round_ = entries[0].ranking.round
        tracks = client.get(round_.get_absolute_url()).context["tracks"]
        data = {"track": entries[0].track_id, "seen": tracks[0].form["seen"].value()}
        for entry, (level, reason) in zip(entries, outcomes, strict=True):
            data |= {f"level_{entry.pk}": level, f"reason_{entry.pk}": reason}
        return client.post(address("decide", round_), data | changes)

    def test_the_awards_of_a_track_are_saved(self, client, entries):
        self.post(client, entries, [(AwardLevel.FIRST, ""), (AwardLevel.SECOND, "")])

        assert list(Decision.objects.order_by("entry").values_list("level", flat=True)) == ["first", "second"]

    def test_a_reason_that_is_missing_is_asked_for_at_its_entry(self, client, entries):
        response = self.post(client, entries, [("", ""), (AwardLevel.FIRST, "")])

        form = response.context["tracks"][0].form
        assert (response.status_code, list(form.errors)) == (400, [f"reason_{entries[0].pk}"])
        assert form[f"level_{entries[1].pk}"].value() == AwardLevel.FIRST

    def test_what_changed_meanwhile_is_shown_and_what_was_chosen_kept(self, client, entries):
        DecisionFactory(entry=entries[0], level=AwardLevel.SECOND)

        response = self.post(client, entries, [(AwardLevel.FIRST, ""), ("", "")], seen="0" * 64)

        assert response.status_code == 409
        assert response.context["tracks"][0].form[f"level_{entries[0].pk}"].value() == AwardLevel.FIRST

    @pytest.mark.parametrize("outcome", [("grand", ""), (AwardLevel.FIRST, "长" * 301)])
    def test_what_can_not_be_kept_comes_back(self, client, entries, outcome):
        assert self.post(client, entries, [outcome, ("", "")]).status_code == 400

    @pytest.mark.parametrize("track", ["", "0", "x", "9" * 30])
    def test_a_track_without_entries_is_missing(self, client, entries, track):
        assert self.post(client, entries, [("", ""), ("", "")], track=track).status_code == 404


class TestPublish:
    @pytest.fixture
    def entry(self, client):
        entry = DecisionFactory().entry
        signed_in(client, entry.ranking.round)
        return entry

    def test_looking_publishes_nothing(self, client, entry):
        awards = client.get(address("publish", entry.ranking.round)).context["awards"]

        assert [award.number for award in awards] == [entry.submission.number]
        assert (Publication.objects.count(), Award.objects.count()) == (0, 0)

    def test_what_was_shown_is_published(self, client, entry):
        seen = client.get(address("publish", entry.ranking.round)).context["seen"]

        client.post(address("publish", entry.ranking.round), {"seen": seen})

        assert Award.objects.get().number == entry.submission.number

    def test_a_double_click_publishes_once(self, client, entry):
        seen = client.get(address("publish", entry.ranking.round)).context["seen"]

        answers = [client.post(address("publish", entry.ranking.round), {"seen": seen}) for _ in range(2)]

        assert [each.status_code for each in answers] == [302, 302]
        assert Publication.objects.count() == 1

    @pytest.mark.parametrize("data", [{}, {"seen": ""}, {"seen": "0" * 64}])
    def test_nothing_is_published_unseen(self, client, entry, data):
        assert client.post(address("publish", entry.ranking.round), data).status_code == 409


def test_a_recusal_can_be_read_with_its_reason(client):
    assignment = AssignmentFactory(status=AssignmentStatus.RECUSED)

    rows = signed_in(client, assignment.round).get(assignment.round.get_absolute_url()).context["judges"]

    assert [(row.judge.due, row.judge.recused) for row in rows] == [(0, 1)]
