from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from judging.enums import AssignmentStatus
from portal.core.templatetags.ui import deadline
from portal.dashboards.desk import organized
from submissions import services
from submissions.models import Shortlisting
from tests.factories.accounts import UserFactory
from tests.factories.judging import AssignmentFactory, CertificateFactory, JudgeFactory, RoundFactory
from tests.factories.submissions import (
    HandOverFactory,
    InvitationFactory,
    RosterRequestFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.submissions.screening import Screening
from tests.submissions.screening_world import REASON, let_pass, organizer_of, plan_of, returned, submitted_entry
from tests.submissions.shortlists import Shortlist, announced

pytestmark = pytest.mark.django_db


def desk(client, user):
    client.force_login(user)
    return client.get(reverse("dashboards:desk"))


def test_a_visitor_is_asked_to_sign_in(client):
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_however_much_is_on_it(client, count, django_assert_num_queries):
    user = UserFactory()
    for _ in range(count):
        team = TeamFactory(captain=user)
        for topic in TopicFactory.create_batch(count, track__competition=team.competition):
            SubmissionFactory(team=team, topic=topic, returned=True)
        InvitationFactory(email=user.email)
        HandOverFactory(offered_to=TeamMemberFactory(user=user).user, team=user.memberships.latest("pk").team)
        RosterRequestFactory(joining=True, email=user.email)
        JudgeFactory(user=user, competition=AssignmentFactory().round.competition)
        OrganizerFactory(user=user, competition=RoundFactory().competition)
    SubmissionFactory(submitted=True)  # somebody else's, must not appear
    client.force_login(user)

    with django_assert_num_queries(24):
        response = client.get("/desk/")

    # Their own, and those that they are asked to lead.
    assert len(response.context["teams"]) == 2 * count


def shortlisted(**how):
    """An entry, its team told; the captain's desk says what follows from it."""
    place = Shortlist()
    entry = place.entry()
    announced(place, entry, **how)
    return entry


def test_a_team_reads_until_when_its_shortlisted_entry_takes_files(client):
    end = timezone.now() + timedelta(days=3)
    entry = shortlisted(closes_at=end)
    (team,) = desk(client, captain_of(entry.team)).context["teams"]

    step = team.entries[0].shortlist
    assert step.words == f"作品已入围，{deadline(end)} 前可更换部分文件。"
    assert step.url == reverse("submissions:replace_files", args=[entry.public_id])


def test_once_the_end_has_passed_nothing_is_offered(client):
    entry = shortlisted()
    Shortlisting.objects.update(closes_at=timezone.now())
    page = desk(client, captain_of(entry.team))

    assert "作品已入围，进入答辩。" in page.text
    assert reverse("submissions:replace_files", args=[entry.public_id]) not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_shortlisted_entries_cost_the_desk_nothing_more(client, count, django_assert_num_queries):
    place, captain = Shortlist(), UserFactory()
    entries = [place.entry(team=TeamFactory(competition=place.competition, captain=captain)) for _each in range(count)]
    announced(place, *entries)
    client.force_login(captain)

    with django_assert_num_queries(24):
        page = client.get(reverse("dashboards:desk"))

    assert page.text.count("前可更换部分文件") == count


def test_before_it_is_announced_the_desk_says_nothing_of_it(client):
    place = Shortlist()
    entry = place.entry()
    services.shortlist([entry.public_id], actor=place.organizer)

    assert "入围" not in desk(client, captain_of(entry.team)).text


def test_whoever_has_left_a_team_is_offered_it_no_more(client):
    offer = HandOverFactory()
    before = desk(client, offer.offered_to).context["offers"]
    offer.team.members.filter(user=offer.offered_to).delete()

    assert (before, desk(client, offer.offered_to).context["offers"]) == ([offer], [])


def test_it_says_what_an_entry_still_needs(client):
    user = UserFactory()
    SubmissionFactory(team=TeamFactory(captain=user), abstract="")

    (team,) = desk(client, user).context["teams"]

    assert [lack.anchor for lack in team.entries[0].missing] == ["section-abstract", "slot-proposal"]


def test_a_returned_entry_shows_the_reason(client):
    user = UserFactory()
    SubmissionFactory(team=TeamFactory(captain=user), returned=True)

    assert "请补交盖章页。" in desk(client, user).content.decode()


def test_a_draft_can_not_be_written_after_the_stage(client):
    user = UserFactory()
    team = TeamFactory(captain=user)
    team.competition.stages.update(closes_at=timezone.now() - timedelta(hours=1))
    SubmissionFactory(team=team)

    (shown,) = desk(client, user).context["teams"]

    assert (shown.can_begin, shown.entries[0].is_writable) == (False, False)


def test_a_member_who_is_not_the_captain_sees_the_team_too(client):
    member = TeamMemberFactory()

    assert [each.team for each in desk(client, member.user).context["teams"]] == [member.team]


def test_a_winner_finds_the_certificate(client):
    user = UserFactory()
    entry = SubmissionFactory(team=TeamFactory(captain=user), eligible=True)
    certificate = CertificateFactory(award__submission=entry)

    (team,) = desk(client, user).context["teams"]

    assert team.entries[0].certificate == certificate


def test_an_invitation_waits_for_whom_it_is_addressed_to(client):
    user = UserFactory()
    invitation = InvitationFactory(email=user.email.upper())
    InvitationFactory()

    assert desk(client, user).context["invitations"] == [invitation]


def test_an_invitation_that_has_expired_is_gone(client):
    user = UserFactory()
    InvitationFactory(email=user.email, expires_at=timezone.now() - timedelta(minutes=1))

    assert desk(client, user).context["invitations"] == []


def test_a_judge_sees_how_far_they_are(client):
    done = AssignmentFactory(status=AssignmentStatus.SUBMITTED)
    AssignmentFactory(round=done.round, judge=done.judge)
    AssignmentFactory(round=done.round)  # another judge's

    (shown,) = desk(client, done.judge.user).context["rounds_to_judge"]

    assert (shown.done, shown.due) == (1, 2)


def test_an_organizer_sees_what_awaits_screening(client):
    organizer = OrganizerFactory(competition=CompetitionFactory(open=True))
    SubmissionFactory.create_batch(2, team__competition=organizer.competition, submitted=True)
    SubmissionFactory(team__competition=organizer.competition, eligible=True)

    (shown,) = desk(client, organizer.user).context["organized"]

    assert (shown["competition"], shown["awaiting_screening"]) == (organizer.competition, 2)


def waiting_and_overdue(user):
    (shown,) = organized(user, now=timezone.now())
    return shown["awaiting_screening"], shown["overdue_corrections"]


def test_the_desk_counts_what_the_queue_lists():
    """Neither an entry of one's own team nor one that waits for a second look."""
    screening = Screening(needs_second_look=True)
    own = TeamFactory(competition=screening.competition, captain=screening.organizer)
    screening.entry(team=own)
    proposed, waiting = screening.entry(), screening.entry()
    services.reject(proposed, actor=screening.organizer, version=1, reason=REASON, code="off_topic")

    assert (waiting_and_overdue(screening.organizer), screening.numbers()) == ((1, 0), [waiting.number])


def test_an_organizer_in_the_team_sees_no_sign_of_a_proposed_rejection():
    entry = submitted_entry()
    plan_of(entry, needs_second_look=True)
    returned(entry, "need")
    let_pass(entry)
    insider = organizer_of(entry, user=captain_of(entry.team))
    before = waiting_and_overdue(insider)
    services.reject(entry, actor=organizer_of(entry), version=1, reason=REASON)

    assert (before, waiting_and_overdue(insider)) == ((0, 0), (0, 0))


def test_the_organizer_of_some_tracks_is_told_of_entries_in_those(client):
    topic = TopicFactory()
    competition = topic.track.competition
    SubmissionFactory(team__competition=competition, topic=TopicFactory(track__competition=competition), submitted=True)
    TopicFactory()  # of a competition that somebody else runs, must not appear
    organizer = OrganizerFactory(competition=competition, tracks=[topic.track])

    (shown,) = desk(client, organizer.user).context["organized"]

    assert (shown["competition"], shown["awaiting_screening"]) == (competition, 0)


def test_an_organizer_who_is_in_a_team_finds_the_own_entries_alone_among_those(client):
    organizer = OrganizerFactory(competition=CompetitionFactory(open=True))
    own = SubmissionFactory(team=TeamFactory(competition=organizer.competition, captain=organizer.user))
    SubmissionFactory(team__competition=organizer.competition, submitted=True)

    (team,) = desk(client, organizer.user).context["teams"]

    assert [each.submission for each in team.entries] == [own]


def test_what_others_take_part_in_is_open_to_whoever_does_not(client):
    competition = CompetitionFactory(open=True)
    TeamFactory(competition=competition)

    assert desk(client, UserFactory()).context["enterable"] == [competition]


def test_the_organizer_of_some_tracks_sees_no_rounds(client):
    topic = TopicFactory()
    RoundFactory(competition=topic.track.competition)
    organizer = OrganizerFactory(competition=topic.track.competition, tracks=[topic.track])

    (shown,) = desk(client, organizer.user).context["organized"]

    assert (shown["is_whole"], shown["rounds"]) == (False, [])


def test_somebody_new_is_shown_where_to_begin(client):
    competition = CompetitionFactory(open=True)

    assert desk(client, UserFactory()).context["enterable"] == [competition]


@pytest.mark.parametrize("part", ["team", "judge", "organizer"])
def test_who_has_a_part_in_it_already_is_not_asked_to_enter(client, part):
    user, competition = UserFactory(), CompetitionFactory(open=True)
    if part == "team":
        TeamFactory(competition=competition, captain=user)
    elif part == "judge":
        JudgeFactory(competition=competition, user=user)
    else:
        OrganizerFactory(competition=competition, user=user)

    assert desk(client, user).context["enterable"] == []
