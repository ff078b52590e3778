"""Publication is one step: awards, certificates and mail, or nothing of it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from judging.enums import AwardLevel, RoundStatus
from judging.models import Award, Certificate, Publication
from judging.services import awards_to_publish, certificates, publish_results
from judging.services.ranking import fingerprint
from portal.core.errors import Conflict
from portal.notifications.models import Outbox
from tests.factories.judging import DecisionFactory, RankingEntryFactory, RankingFactory, RoundFactory
from tests.factories.submissions import TeamMemberFactory
from tests.factories.tracks import OrganizerFactory
from tests.judging.people import deeds_of, organizer_of

pytestmark = pytest.mark.django_db


def publish(round_, **kwargs):
    return publish_results(round_, actor=organizer_of(round_), **kwargs)


def words_of(award):
    return award.number, award.project, award.team, award.members


def winner_mails():
    return Outbox.objects.filter(key__startswith="judging:award:")


def test_each_award_that_was_decided_becomes_one():
    decision = DecisionFactory(level=AwardLevel.SECOND)
    RankingEntryFactory(ranking=decision.entry.ranking)

    publication = publish(decision.entry.ranking.round)

    awards = publication.awards.values_list("submission", "level")
    assert list(awards) == [(decision.entry.submission_id, AwardLevel.SECOND)]


def test_an_award_refused_with_a_reason_becomes_none():
    decision = DecisionFactory()
    DecisionFactory(entry__ranking=decision.entry.ranking, level="", reason="材料不实")

    assert publish(decision.entry.ranking.round).awards.count() == 1


def test_an_award_keeps_the_words_of_its_day():
    entry = DecisionFactory().entry
    team = entry.submission.team
    TeamMemberFactory(team=team, user__full_name="李四")
    publish(entry.ranking.round)

    award = Award.objects.get()

    assert (award.number, award.project) == (entry.submission.number, entry.submission.title)
    assert (award.team, award.organization) == (team.name, team.organization.name)
    assert award.members == [team.members.first().user.full_name, "李四"]
    assert (award.track_number, award.track_name) == (entry.track.number, entry.track.name)


def test_the_title_is_the_one_that_was_judged():
    entry = DecisionFactory().entry
    judged = entry.submission.title
    type(entry.submission).objects.filter(pk=entry.submission.pk).update(title="后来改的名字")

    publish(entry.ranking.round)

    assert Award.objects.get().project == judged


def test_each_award_gets_its_certificate():
    publish(DecisionFactory().entry.ranking.round)

    assert Certificate.objects.get().award == Award.objects.get()


def test_each_member_of_a_winning_team_is_told():
    entry = DecisionFactory().entry
    other = TeamMemberFactory(team=entry.submission.team).user
    RankingEntryFactory(ranking=entry.ranking)

    publish(entry.ranking.round)

    told = {row.payload["to"] for row in winner_mails()}
    assert told == {entry.submission.team.members.first().user.email, other.email}


def test_the_reason_is_in_the_trail():
    round_ = DecisionFactory().entry.ranking.round

    publish(round_, reason="公示期满无异议")

    assert deeds_of(round_) == ["publish", "request_certificates"]


def test_publishing_twice_is_publishing_once():
    round_ = DecisionFactory().entry.ranking.round

    first, again = publish(round_), publish(round_)

    assert (first, Award.objects.count(), winner_mails().count()) == (again, 1, 1)


def test_when_one_part_fails_nothing_is_published(monkeypatch):
    round_ = DecisionFactory().entry.ranking.round

    def fail(publication, *, actor):
        raise RuntimeError("no number left")

    monkeypatch.setattr(certificates, "request_certificates", fail)
    with pytest.raises(RuntimeError):
        publish(round_)

    round_.refresh_from_db()
    assert (round_.status, Publication.objects.count(), Award.objects.count()) == (RoundStatus.CLOSED, 0, 0)
    assert Outbox.objects.count() == 0


@pytest.mark.parametrize("level", ["none", ""])
def test_without_an_award_there_is_nothing_to_publish(level):
    entry = RankingEntryFactory()
    if not level:
        DecisionFactory(entry=entry, level="", reason="空缺")

    with pytest.raises(Conflict):
        publish(entry.ranking.round)


@pytest.mark.makeshift("a ranking of an open round")
@pytest.mark.parametrize("state", [{}, {"open": True}])
def test_a_round_that_is_not_closed_is_not_published(state):
    ranking = RankingFactory(round=RoundFactory(**state))
    DecisionFactory(entry__ranking=ranking)

    with pytest.raises(Conflict):
        publish(ranking.round)


def test_what_was_confirmed_is_what_gets_published():
    entry = DecisionFactory().entry
    seen = fingerprint([entry])
    DecisionFactory(entry__ranking=entry.ranking)

    with pytest.raises(Conflict):
        publish(entry.ranking.round, seen=seen)


def test_the_preview_is_what_gets_published():
    entry = DecisionFactory().entry
    shown = [
        (award.number, award.project, award.team, award.members) for award in awards_to_publish(entry.ranking.round)
    ]

    publish(entry.ranking.round)

    assert [words_of(award) for award in Award.objects.all()] == shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_costs_the_same_however_long(count, django_assert_num_queries):
    ranking = RankingFactory()
    DecisionFactory.create_batch(count, entry__ranking=ranking)

    with django_assert_num_queries(3):
        assert len(awards_to_publish(ranking.round)) == count


def test_only_who_runs_the_competition_publishes():
    with pytest.raises(PermissionDenied):
        publish_results(DecisionFactory().entry.ranking.round, actor=OrganizerFactory().user)
