"""Who is told when a topic changes, is withdrawn, opens again or moves: each person once a change, nobody else."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.notifications import relay
from portal.notifications.models import Outbox
from submissions.models import TeamMember
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, TopicFactory, TrackFactory
from tracks.services import place_topics, reopen_topic, revise_topic, withdraw_topic

pytestmark = pytest.mark.django_db
REASON = "按主管部门意见调整 <见附件>。"


@pytest.fixture
def topic():
    return TopicFactory(track__competition=CompetitionFactory(open=True), title="提升监测能力")


def enter(topic, team=None, **fields):
    return SubmissionFactory(team=team or TeamFactory(competition=topic.track.competition), topic=topic, **fields)


def revise(topic, **changes):
    return revise_topic(topic, actor=None, title=topic.title, body="新的正文。", reason=REASON, **changes)


def withdraw(topic):
    return withdraw_topic(topic, actor=None, reason=REASON)


def reopen(topic):
    withdraw_topic(topic, actor=None, reason="先撤下")
    Outbox.objects.all().delete()
    return reopen_topic(topic, actor=None, reason=REASON)


def move(topic):
    track = TrackFactory(competition=topic.track.competition)
    place_topics(track.competition, {topic.pk: (track.number, 9)}, actor=None, reason=REASON)


CHANGES = [revise, withdraw, reopen, move]


def letters():
    relay.drain()
    return mail.outbox


def told():
    return sorted(letter.to[0] for letter in letters())


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("state", [{}, {"submitted": True}, {"returned": True}, {"eligible": True}], ids=str)
def test_each_member_with_a_draft_or_an_entry_is_told(topic, change, state):
    entry = enter(topic, **state)
    mate = TeamMemberFactory(team=entry.team).user

    change(topic)

    assert told() == sorted([captain_of(entry.team).email, mate.email])


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_else_is_told(topic, change):
    enter(TopicFactory(track=topic.track))
    enter(topic, status="withdrawn")
    enter(topic, rejected=True)
    TeamFactory(competition=topic.track.competition)

    change(topic)

    assert told() == []


@pytest.mark.parametrize("change", CHANGES)
def test_whoever_has_several_entries_there_reads_of_it_once(topic, change):
    entry = enter(topic)
    enter(topic, team=entry.team)
    other = enter(topic, team=TeamFactory(competition=topic.track.competition, captain=captain_of(entry.team)))

    change(topic)

    assert told() == [captain_of(entry.team).email]
    assert other.title in letters()[0].body


@pytest.mark.parametrize("change", CHANGES)
def test_the_reason_is_told_word_by_word(topic, change):
    enter(topic)

    change(topic)

    assert REASON in letters()[0].body


@pytest.mark.parametrize("change", CHANGES)
def test_the_mail_leads_to_the_entry_and_names_the_topic(topic, change):
    entry = enter(topic)

    change(topic)

    assert entry.get_absolute_url() in letters()[0].body
    assert "提升监测能力" in letters()[0].subject + letters()[0].body


def test_a_change_leads_to_what_has_changed(topic, settings):
    enter(topic)
    for body in ("第二版。", "第三版。"):
        revise_topic(topic, actor=None, title=topic.title, body=body)

    assert [
        f"{settings.CANONICAL_URL}{topic.get_history_url(since=n, until=n + 1)}" in letter.body
        for n, letter in enumerate(letters(), start=1)
    ] == [True, True]


def test_a_slip_of_the_pen_is_told_nobody(topic):
    enter(topic)

    revise(topic, tell=False)

    assert told() == []


def test_the_same_text_again_is_told_nobody(topic):
    enter(topic)

    revise_topic(topic, actor=None, title=topic.title, body=topic.body)

    assert told() == []


def test_topics_that_move_together_are_told_in_one_mail(topic):
    team = enter(topic).team
    second = TopicFactory(track=topic.track)
    enter(second, team=team)
    places = {topic.pk: (1, 8), second.pk: (1, 9)}

    place_topics(topic.track.competition, places, actor=None, reason=REASON)

    (letter,) = letters()
    assert [f"topics/{number}/" in letter.body for number in (8, 9)] == [True, True]


def test_each_reads_only_of_topics_that_are_theirs(topic):
    mine, theirs = enter(topic), enter(TopicFactory(track=topic.track, title="别的赛题"))
    places = {topic.pk: (1, 8), theirs.topic.pk: (1, 9)}

    place_topics(topic.track.competition, places, actor=None)

    body = next(letter.body for letter in letters() if letter.to == [captain_of(mine.team).email])
    assert "别的赛题" not in body


def test_whoever_left_the_team_before_the_mail_went_is_told_nothing(topic):
    entry = enter(topic)
    mate = TeamMemberFactory(team=entry.team)
    revise(topic)
    TeamMember.objects.filter(pk=mate.pk).delete()

    assert told() == [captain_of(entry.team).email]


def test_a_disabled_account_is_told_nothing(topic):
    person = captain_of(enter(topic).team)
    revise(topic)
    person.is_active = False
    person.save()

    assert told() == []


def test_a_withdrawal_that_was_taken_back_is_not_told_any_more(topic):
    enter(topic)
    withdraw(topic)
    reopen_topic(topic, actor=None)

    assert ["撤下" in letter.subject for letter in letters()] == [False]


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_told_has_one_key_a_person_and_change(topic, change):
    entry = enter(topic)
    enter(topic, team=TeamFactory(competition=topic.track.competition, captain=captain_of(entry.team)))

    change(topic)

    assert [row.key.rpartition(":")[2] for row in Outbox.objects.all()] == [str(captain_of(entry.team).pk)]


@pytest.mark.parametrize("change", CHANGES)
def test_telling_costs_the_same_however_many(topic, change):
    costs = []
    for count in (1, 4):
        subject = TopicFactory(track__competition=CompetitionFactory(open=True))
        for _each in range(count):
            enter(subject)
        with CaptureQueriesContext(connection) as queries:
            change(subject)
        costs.append(len(queries))

    assert costs[0] == costs[1]
