"""Who learns what of judging. Each role of the house against each row, each page and each state of a round."""

from __future__ import annotations

import re
import uuid

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from judging.enums import AssignmentStatus
from judging.models import Assignment, Judge, Ranking, Review, Round
from judging.services import close_round, decide_awards, open_round, publish_results, recuse, submit_review
from portal.notifications.models import Outbox
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import (
    AssignmentFactory,
    JudgeFactory,
    RankingEntryFactory,
    RankingFactory,
    ReviewFactory,
    RoundFactory,
)
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.judging.people import organizer_of

pytestmark = pytest.mark.django_db

RUN = {"organizer", "site admin"}


def people_around(assignment):
    """One of each role, by name."""
    round_, entry = assignment.round, assignment.submission
    competition = round_.competition
    return {
        "anonymous": AnonymousUser(),
        "visitor": UserFactory(),
        "captain": captain_of(entry.team),
        "member": TeamMemberFactory(team=entry.team).user,
        "other team": captain_of(SubmissionFactory(team__competition=competition, submitted=True).team),
        "judge": assignment.judge.user,
        "other judge": AssignmentFactory(round=round_, submission=entry).judge.user,
        "judge of another entry": AssignmentFactory(round=round_).judge.user,
        "unassigned judge": JudgeFactory(competition=competition).user,
        "judge who recused": AssignmentFactory(
            round=round_, submission=entry, status=AssignmentStatus.RECUSED
        ).judge.user,
        "judge elsewhere": AssignmentFactory().judge.user,
        "organizer": organizer_of(round_),
        "organizer of the track": OrganizerFactory(competition=competition, tracks=[entry.track]).user,
        "organizer of another track": OrganizerFactory(
            competition=competition, tracks=[TrackFactory(competition=competition)]
        ).user,
        "organizer elsewhere": OrganizerFactory().user,
        "staff": UserFactory(is_staff=True),
        "site admin": SiteAdminFactory(),
    }


def seen_by(people, queryset, row):
    return {name for name, person in people.items() if queryset.visible_to(person).filter(pk=row.pk).exists()}


class TestRows:
    @pytest.mark.parametrize("state", ["open", "closed", "published"])
    def test_an_assignment_is_its_judges_and_the_organizers(self, state):
        assignment = AssignmentFactory(round=RoundFactory(**{state: True}))

        assert seen_by(people_around(assignment), Assignment.objects, assignment) == RUN | {"judge"}

    def test_before_the_round_is_open_no_judge_sees_it(self):
        assignment = AssignmentFactory(round=RoundFactory())

        assert seen_by(people_around(assignment), Assignment.objects, assignment) == RUN

    @pytest.mark.parametrize("status", [AssignmentStatus.RECUSED, AssignmentStatus.REVOKED])
    def test_an_assignment_given_up_is_the_organizers_alone(self, status):
        assignment = AssignmentFactory(status=status)

        assert seen_by(people_around(assignment), Assignment.objects, assignment) == RUN

    def test_a_judge_who_is_in_the_team_sees_nothing(self):
        assignment = AssignmentFactory()
        TeamMemberFactory(team=assignment.submission.team, user=assignment.judge.user)

        assert seen_by({"judge": assignment.judge.user}, Assignment.objects, assignment) == set()

    def test_a_judge_whose_account_is_disabled_sees_nothing(self):
        assignment = AssignmentFactory(judge__user__is_active=False)

        assert seen_by({"judge": assignment.judge.user}, Assignment.objects, assignment) == set()

    def test_a_draft_is_its_judges_alone(self):
        review = ReviewFactory()

        assert seen_by(people_around(review.assignment), Review.objects, review) == {"judge"}

    @pytest.mark.parametrize("state", ["open", "closed", "published"])
    def test_a_review_handed_in_is_its_judges_and_the_organizers(self, state):
        review = ReviewFactory(submitted=True, assignment__round=RoundFactory(**{state: True}))

        assert seen_by(people_around(review.assignment), Review.objects, review) == RUN | {"judge"}

    def test_who_judges_is_known_to_the_organizers_and_to_themselves(self):
        assignment = AssignmentFactory()

        assert seen_by(people_around(assignment), Judge.objects, assignment.judge) == RUN | {"judge"}

    @pytest.mark.parametrize("state", [{}, {"open": True}, {"closed": True}, {"published": True}])
    def test_a_round_is_the_organizers(self, state):
        assignment = AssignmentFactory(round=RoundFactory(**state))

        assert seen_by(people_around(assignment), Round.objects, assignment.round) == RUN

    @pytest.mark.parametrize("state", ["closed", "published"])
    def test_a_ranking_is_the_organizers(self, state):
        assignment = AssignmentFactory(round=RoundFactory(**{state: True}))
        ranking = RankingFactory(round=assignment.round)

        assert seen_by(people_around(assignment), Ranking.objects, ranking) == RUN


def answers(client, people, address, **data):
    """The status that each signed-in person gets: ``{status: names}``."""
    found = {}
    for name, person in people.items():
        if name == "anonymous":
            continue
        client.force_login(person)
        response = client.post(address, data) if data else client.get(address)
        if response.streaming:
            list(response.streaming_content)
        found.setdefault(response.status_code, set()).add(name)
    return found


def desk_addresses(assignment):
    document = assignment.version.attachments.get()
    return {
        "review": reverse("judging:review", args=[assignment.public_id]),
        "recuse": reverse("judging:recuse", args=[assignment.public_id]),
        "document": reverse("judging:document", args=[assignment.public_id, document.public_id]),
    }


BOARD = ["round", "assign", "close", "publish"]
DEEDS = ["assign", "open", "close", "decide", "publish"]


class TestPages:
    @pytest.mark.parametrize("name", ["review", "recuse", "document"])
    def test_the_desk_of_a_judge_is_missing_for_everybody_else(self, client, name):
        assignment = AssignmentFactory()
        people = people_around(assignment)

        found = answers(client, people, desk_addresses(assignment)[name])

        assert found == {200: {"judge"}, 404: set(people) - {"anonymous", "judge"}}

    @pytest.mark.parametrize("name", ["review", "recuse"])
    def test_nobody_else_can_write_there(self, client, name):
        assignment = AssignmentFactory()
        people = {name: person for name, person in people_around(assignment).items() if name != "judge"}

        found = answers(client, people, desk_addresses(assignment)[name], move="save", version="0", reason="亲属")

        assert (set(found), Review.objects.count()) == ({404}, 0)

    def test_the_queue_is_for_judges(self, client):
        assignment = AssignmentFactory()
        people = people_around(assignment)

        found = answers(client, people, reverse("judging:queue"))

        assert found[200] == {name for name in people if "judge" in name}

    @pytest.mark.parametrize("name", BOARD)
    @pytest.mark.parametrize("state", [{}, {"open": True}, {"closed": True}, {"published": True}])
    def test_a_board_is_missing_for_all_but_the_organizers(self, client, name, state):
        assignment = AssignmentFactory(round=RoundFactory(**state))
        if state in ({"closed": True}, {"published": True}):
            RankingEntryFactory(ranking__round=assignment.round)
        people = {each: person for each, person in people_around(assignment).items() if each not in RUN}

        assert set(answers(client, people, reverse(f"judging:{name}", args=[assignment.round.pk]))) == {404}

    @pytest.mark.parametrize("name", DEEDS)
    def test_nobody_else_can_act_there(self, client, name):
        assignment = AssignmentFactory()
        people = {each: person for each, person in people_around(assignment).items() if each not in RUN}

        assert set(answers(client, people, reverse(f"judging:{name}", args=[assignment.round.pk]), x="1")) == {404}

    def test_the_list_of_rounds_is_for_organizers(self, client):
        assignment = AssignmentFactory()
        people = people_around(assignment)

        found = answers(client, people, reverse("judging:organize"))

        assert found == {
            200: RUN | {"organizer elsewhere"},
            404: set(people) - RUN - {"anonymous", "organizer elsewhere"},
        }

    def test_who_is_signed_out_is_asked_to_sign_in_whether_there_is_something_or_not(self, client):
        there = client.get(AssignmentFactory().get_absolute_url())
        missing = client.get(reverse("judging:review", args=[uuid.uuid4()]))

        assert (there.status_code, missing.status_code) == (302, 302)
        assert there.url.split("?")[0] == missing.url.split("?")[0]


PRIVATE = re.compile(
    rb'name="(?:csrfmiddlewaretoken|idempotency_key|key)" value="[^"]*"|data-token="[^"]*"|nonce="[^"]*"'
)


def page(client, address):
    """What somebody gets, but for tokens and ids that each response has of its own."""
    response = client.get(address)
    headers = {name: PRIVATE.sub(b"", value.encode()) for name, value in response.headers.items()}
    for name in ("X-Request-Id", "Content-Security-Policy", "ETag"):
        headers.pop(name, None)
    return response.status_code, headers, PRIVATE.sub(b"", response.content)


class TestBlind:
    def test_no_page_of_the_desk_says_whose_an_entry_is(self, client):
        assignment = AssignmentFactory()
        team = assignment.submission.team
        client.force_login(assignment.judge.user)

        pages = [client.get(reverse("judging:queue")), *map(client.get, [*desk_addresses(assignment).values()][:2])]
        shown = "".join(each.content.decode() for each in pages)

        secrets = [team.name, team.organization.name, team.organization.code, captain_of(team).full_name, "申报书.pdf"]
        assert [secret for secret in secrets if secret in shown] == []

    @pytest.mark.parametrize("is_done", [False, True], ids=["before", "after"])
    def test_a_judge_notices_nothing_of_another_judge(self, client, is_done):
        """Neither before nor after handing in: not the scores, nor their number, nor whether somebody is done."""
        own = ReviewFactory(submitted=is_done).assignment
        client.force_login(own.judge.user)
        addresses = [reverse("judging:queue"), own.get_absolute_url()]
        with time_machine.travel(timezone.now(), tick=False):
            before = [page(client, address) for address in addresses]

            ReviewFactory(submitted=True, assignment__round=own.round, assignment__submission=own.submission)
            ReviewFactory(assignment__round=own.round, assignment__submission=own.submission)
            given_up = AssignmentFactory(round=own.round, submission=own.submission)
            recuse(given_up, actor=given_up.judge.user, reason="前同事")

            assert [page(client, address) for address in addresses] == before

    def test_a_judge_notices_nothing_of_the_ranking(self, client):
        own = ReviewFactory(submitted=True).assignment
        client.force_login(own.judge.user)
        close_round(own.round, actor=None)
        with time_machine.travel(timezone.now(), tick=False):
            before = [page(client, address) for address in (reverse("judging:queue"), own.get_absolute_url())]

            entry = own.round.ranking.entries.get()
            decide_awards(own.round, actor=organizer_of(own.round), decisions={entry.pk: ("first", "")})

            assert [page(client, address) for address in (reverse("judging:queue"), own.get_absolute_url())] == before


def addresses_of(entry):
    competition, topic = entry.team.competition, entry.topic
    return [
        reverse("dashboards:home"),
        reverse("dashboards:desk"),
        reverse("dashboards:competition", args=[competition.slug]),
        reverse("tracks:track", args=[competition.slug, entry.track.number]),
        reverse("tracks:topic", args=[competition.slug, entry.track.number, topic.number]),
        entry.team.get_absolute_url(),
        entry.get_absolute_url(),
        entry.versions.get().receipt.get_absolute_url(),
        reverse("judging:results", args=[competition.slug]),
        "/api/v1/results/",
    ]


class TestSecrecy:
    """From the first assignment to the last decision, nobody but organizers and judges can tell that it happens."""

    @pytest.fixture
    def assignment(self):
        return AssignmentFactory(round=RoundFactory())

    def steps(self, assignment):
        """One deed at a time, up to the moment before the publication."""
        round_ = assignment.round
        organizer = organizer_of(round_)
        open_round(round_, actor=organizer)
        yield "open"
        points = {each.pk: each.max_points for each in round_.rubric.criteria.all()}
        judge = assignment.judge.user
        submit_review(assignment, actor=judge, points=points, comment="很好", expected_version=0)
        yield "handed in"
        ranking = close_round(round_, actor=organizer)
        yield "closed"
        decide_awards(round_, actor=organizer, decisions={ranking.entries.get().pk: ("first", "")})
        yield "decided"

    @pytest.mark.parametrize("role", ["team", "visitor"])
    def test_no_page_changes_by_a_byte_before_the_publication(self, client, assignment, role):
        entry = assignment.submission
        if role == "team":
            client.force_login(captain_of(entry.team))
        with time_machine.travel(timezone.now(), tick=False):
            before = {address: page(client, address) for address in addresses_of(entry)}
            for step in self.steps(assignment):
                after = {address: page(client, address) for address in addresses_of(entry)}
                assert [(step, address) for address in after if after[address] != before[address]] == []

    def test_the_publication_is_what_changes_them(self, client, assignment):
        """So the pages above could have told."""
        list(self.steps(assignment))
        results = reverse("judging:results", args=[assignment.round.competition.slug])
        before = client.get(results).status_code

        publish_results(assignment.round, actor=organizer_of(assignment.round))

        assert (before, client.get(results).status_code) == (404, 200)

    def test_nobody_but_the_judge_gets_mail_before_the_publication(self, assignment):
        list(self.steps(assignment))

        assert [row.payload["to"] for row in Outbox.objects.all()] == [assignment.judge.user.email]


def test_an_assignment_leads_its_judge_to_the_review_and_an_organizer_to_the_round():
    assignment = AssignmentFactory(round=RoundFactory(open=True))
    organizer = organizer_of(assignment.round)

    assert [assignment.url_for(viewer) for viewer in (assignment.judge.user, organizer)] == [
        reverse("judging:review", args=[assignment.public_id]),
        reverse("judging:round", args=[assignment.round.pk]),
    ]
