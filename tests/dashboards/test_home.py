from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from judging.enums import RoundStatus
from portal.dashboards.front import has_team
from tests.factories.accounts import UserFactory
from tests.factories.judging import AwardFactory
from tests.factories.submissions import TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, StageFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus

pytestmark = pytest.mark.django_db
QUERIES = 5  # the competition, its stages, its tracks, whether results are out, its news


@pytest.mark.parametrize("count", [1, 3])
def test_home_costs_a_visitor_the_same_however_many_tracks(client, count, django_assert_num_queries):
    competition = CompetitionFactory(open=True)
    for track in TrackFactory.create_batch(count, competition=competition):
        TopicFactory.create_batch(count, track=track)
    TrackFactory()  # of an older competition, must not appear

    with django_assert_num_queries(QUERIES):
        response = client.get("/" + competition.slug + "/")

    assert len(response.context["tracks"]) == count


def test_home_leaves_no_cookie_with_a_visitor(client):
    CompetitionFactory(open=True)

    assert client.get("/").cookies == {}


def test_a_visitor_who_comes_back_gets_304(client, time_machine):
    time_machine.move_to(datetime(2030, 5, 1, 9, 30, tzinfo=UTC), tick=False)
    CompetitionFactory(open=True)
    etag = client.get("/")["ETag"]

    assert client.get("/", headers={"If-None-Match": etag}).status_code == 304


def test_home_without_a_competition_says_so(client):
    response = client.get("/")

    assert response.status_code == 200
    assert "competition" not in response.context


def test_home_shows_the_newest_public_competition(client):
    newest = CompetitionFactory(year=2031)
    CompetitionFactory(year=2030)
    CompetitionFactory(year=2032, is_published=False)

    assert client.get("/").context["competition"] == newest


def test_a_competition_in_preparation_is_not_there_for_visitors(client):
    hidden = CompetitionFactory(is_published=False)

    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_its_organizer_sees_a_competition_in_preparation(client):
    organizer = OrganizerFactory(competition__is_published=False)
    client.force_login(organizer.user)

    assert client.get(organizer.competition.get_absolute_url()).status_code == 200


def test_a_withdrawn_topic_is_not_counted(client):
    topic = TopicFactory()
    TopicFactory(track=topic.track, status=TopicStatus.WITHDRAWN)

    assert client.get("/").context["topic_count"] == 1


def test_the_countdown_goes_to_what_closes_first(client):
    competition = CompetitionFactory(open=True)
    sooner = competition.stages.get(kind="registration")
    sooner.closes_at -= timedelta(days=2)
    sooner.save()

    assert [stage.kind for stage in client.get("/").context["closing"]] == ["registration"]


def test_a_visitor_is_asked_to_register_while_entries_are_taken(client):
    CompetitionFactory(open=True)

    assert f'href="{reverse("account_signup")}"' in client.get("/").content.decode().split("<main", 1)[1]


def test_nobody_is_asked_to_register_when_entries_are_not_taken(client):
    StageFactory(kind="review")

    assert reverse("account_signup") not in client.get("/").content.decode().split("<main", 1)[1]


def test_a_member_of_a_team_is_sent_to_the_desk(client):
    user = UserFactory()
    TeamFactory(captain=user)
    client.force_login(user)

    assert client.get("/").context["has_team"] is True


def test_a_visitor_has_no_team_not_even_one_that_nobody_is_in():
    team = TeamFactory()
    team.members.all().delete()

    assert not has_team(team.competition, AnonymousUser())


def test_the_results_are_linked_once_they_are_published(client):
    award = AwardFactory(publication__round__status=RoundStatus.PUBLISHED)
    competition = award.publication.round.competition

    link = reverse("judging:results", args=[competition.slug])

    assert client.get(competition.get_absolute_url()).context["competition_nav"] == {"results_url": link}


def test_there_is_no_link_to_results_before(client):
    CompetitionFactory()

    assert client.get("/").context["competition_nav"] == {"results_url": ""}


HOSTILE = "<script>alert(1)</script>{{ 7|add:7 }}" + "数" * 60


def test_hostile_text_stays_text(client):
    CompetitionFactory(short_name=HOSTILE[:40], introduction=HOSTILE)

    page = client.get("/").content.decode()

    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page


def test_the_language_can_be_switched_without_a_token(client):
    response = client.post(reverse("dashboards:language"), {"language": "en", "next": "/"})

    assert response.cookies["django_language"].value == "en"


def test_the_style_page_shows_every_component(client):
    assert client.get(reverse("dashboards:style")).status_code == 200
