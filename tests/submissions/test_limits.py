"""What a competition takes at most, each held under a race, and a twin that loses without the lock."""

import pytest
from django.db import connection

from portal.core.errors import Conflict
from submissions import services
from submissions.models import Submission, TeamMember
from submissions.services import invitations, limits
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    InvitationFactory,
    OrganizationFactory,
    SubmissionFactory,
    TeamFactory,
    captain_of,
)
from tests.factories.tracks import CompetitionFactory, TopicFactory
from tests.race import race
from tests.submissions.test_races import meeting_point, then_wait

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
RIVALS = 6


@pytest.fixture
def topic():
    return TopicFactory(track__competition=CompetitionFactory(open=True))


def limit(topic, **fields):
    competition = topic.track.competition
    for name, value in fields.items():
        setattr(competition, name, value)
    competition.save()
    return competition


def start(team, topic, title="滑坡"):
    return services.start_submission(team, topic, actor=captain_of(team), title=title)


def test_a_team_starts_no_entry_beyond_its_limit(topic):
    team = TeamFactory(competition=limit(topic, max_entries_team=1))
    start(team, topic)

    with pytest.raises(Conflict):
        start(team, topic, "另一件")


def test_a_withdrawn_entry_makes_room(topic):
    team = TeamFactory(competition=limit(topic, max_entries_team=1))
    SubmissionFactory(team=team, topic=topic, status="withdrawn")

    assert start(team, topic).pk


def test_an_organization_leads_no_entry_beyond_its_limit(topic):
    competition, organization = limit(topic, max_entries_organization=1), OrganizationFactory()
    first, second = TeamFactory.create_batch(2, competition=competition, organization=organization)
    start(first, topic)

    with pytest.raises(Conflict):
        start(second, topic)


def test_nothing_said_is_no_limit(topic):
    team = TeamFactory(competition=topic.track.competition)
    start(team, topic)

    assert start(team, topic, "另一件").pk


def test_nobody_founds_more_teams_than_allowed(topic):
    competition, person = limit(topic, max_teams_person=1), UserFactory()
    TeamFactory(competition=competition, captain=person)
    organization = OrganizationFactory()

    with pytest.raises(Conflict):
        services.found_team(
            competition,
            actor=person,
            name="第二队",
            organization_code=organization.code,
            organization_name=organization.name,
            organization_kind=organization.kind,
        )


def start_many(topic):
    team = TeamFactory(competition=limit(topic, max_entries_team=2))
    race([lambda n=n: start(team, topic, f"第 {n} 件") for n in range(RIVALS)])
    return Submission.objects.count()


def test_however_many_start_at_once_the_team_keeps_its_limit(topic):
    assert start_many(topic) == 2


def test_without_the_lock_the_team_gets_too_many_entries(topic, monkeypatch):
    monkeypatch.setattr(limits, "lock_for_entry", lambda model, pk: None)
    monkeypatch.setattr(limits, "team_entry_count", then_wait(limits.team_entry_count, meeting_point(RIVALS)))

    assert start_many(topic) == (RIVALS if connection.features.has_select_for_update else 2)


def start_for_one_organization(topic):
    competition, organization = limit(topic, max_entries_organization=2), OrganizationFactory()
    teams = TeamFactory.create_batch(RIVALS, competition=competition, organization=organization)
    race([lambda team=team: start(team, topic) for team in teams])
    return Submission.objects.count()


def test_however_many_teams_start_at_once_the_organization_keeps_its_limit(topic):
    assert start_for_one_organization(topic) == 2


def test_without_the_lock_the_organization_gets_too_many_entries(topic, monkeypatch):
    monkeypatch.setattr(limits, "lock_for_entry", lambda model, pk: None)
    count = then_wait(limits.organization_entry_count, meeting_point(RIVALS))
    monkeypatch.setattr(limits, "organization_entry_count", count)

    assert start_for_one_organization(topic) == (RIVALS if connection.features.has_select_for_update else 2)


def join_many(topic):
    competition, person = limit(topic, max_teams_person=2), UserFactory()
    teams = TeamFactory.create_batch(RIVALS, competition=competition)
    letters = [InvitationFactory(team=team, email=person.email) for team in teams]
    race([lambda each=each: services.accept_invitation(each, actor=person) for each in letters])
    return TeamMember.objects.filter(user=person).count()


def test_whoever_joins_many_teams_at_once_keeps_the_limit(topic):
    assert join_many(topic) == 2


def test_without_the_lock_one_person_is_in_too_many_teams(topic, monkeypatch):
    monkeypatch.setattr(invitations, "lock_person", lambda person: None)
    monkeypatch.setattr(limits, "team_count", then_wait(limits.team_count, meeting_point(RIVALS)))

    assert join_many(topic) == (RIVALS if connection.features.has_select_for_update else 2)
