"""Withdrawing, reopening, moving and renumbering in the administration."""

import pytest
from django.urls import reverse

from portal.notifications.models import Outbox
from tests.factories.judging import AssignmentFactory
from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.models import Competition, Topic, Track
from tracks.services import revise_topic, withdraw_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return TopicFactory(track__competition=CompetitionFactory(open=True))


@pytest.fixture
def organizer(client, topic):
    client.force_login(OrganizerFactory(competition=topic.track.competition).user)
    return client


def step(name, row):
    return reverse(f"admin:tracks_{row._meta.model_name}_{name}", args=[row.pk])


def now(row):
    return type(row).objects.get(pk=row.pk)


def place(topic):
    found = Topic.objects.select_related("track").get(pk=topic.pk)
    return (found.track.number, found.number)


def errors(response):
    return set(response.context["form"].errors)


def test_a_topic_is_withdrawn_with_its_reason(organizer, topic):
    organizer.post(step("withdraw", topic), {"reason": "合并"})

    assert (now(topic).status, now(topic).withdrawal_reason) == (TopicStatus.WITHDRAWN, "合并")


@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "长" * 201, "\u202e反", "a\x00b"], ids=repr)
def test_a_reason_that_is_none_is_named_at_its_field(organizer, topic, reason):
    response = organizer.post(step("withdraw", topic), {"reason": reason})

    assert (response.status_code, now(topic).status) == (400, TopicStatus.OPEN)
    assert "reason" in errors(response)


def test_a_withdrawn_topic_is_not_withdrawn_again(organizer, topic):
    withdraw_topic(topic, actor=None, reason="合并")

    answers = [organizer.get(step("withdraw", topic)), organizer.post(step("withdraw", topic), {"reason": "再撤"})]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert now(topic).withdrawal_reason == "合并"


def test_a_withdrawn_topic_is_opened_again(organizer, topic):
    withdraw_topic(topic, actor=None, reason="合并")

    organizer.post(step("reopen", topic), {"reason": ""})

    assert now(topic).status == TopicStatus.OPEN


def test_a_topic_moves(organizer, topic):
    track = TrackFactory(competition=topic.track.competition)

    organizer.post(step("move", topic), {"track": track.pk, "number": 7, "reason": "归类调整"})

    assert place(topic) == (2, 7)


def test_a_place_that_is_taken_is_named_and_nothing_typed_is_lost(organizer, topic):
    other = TopicFactory(track=topic.track)

    response = organizer.post(step("move", topic), {"track": topic.track.pk, "number": 2, "reason": "互换"})

    assert (response.status_code, errors(response)) == (400, {"number"})
    assert other.title in response.content.decode()
    assert 'value="互换"' in response.content.decode()


def test_two_change_places_when_that_is_asked_for(organizer, topic):
    other = TopicFactory(track__competition=topic.track.competition)

    organizer.post(step("move", topic), {"track": other.track.pk, "number": 1, "swap": "on", "reason": "互换"})

    assert (place(topic), place(other)) == ((2, 1), (1, 1))


@pytest.mark.parametrize("number", ["", "0", "-1", "32768", "9" * 40, "x", "1.5"])
def test_a_number_that_is_none_is_named(organizer, topic, number):
    response = organizer.post(step("move", topic), {"track": topic.track.pk, "number": number, "reason": "调整"})

    assert (response.status_code, errors(response)) == (400, {"number"})


def test_a_track_of_another_contest_is_none_to_go_to(organizer, topic):
    response = organizer.post(step("move", topic), {"track": TrackFactory().pk, "number": 1, "reason": "调整"})

    assert (response.status_code, errors(response)) == (400, {"track"})


def test_a_track_organizer_moves_nothing_to_a_track_of_others(client, topic):
    other = TrackFactory(competition=topic.track.competition)
    client.force_login(OrganizerFactory(competition=topic.track.competition, tracks=[topic.track]).user)

    response = client.post(step("move", topic), {"track": other.pk, "number": 1, "reason": "调整"})

    assert (response.status_code, place(topic)) == (400, (1, 1))


def test_a_topic_whose_entries_are_judged_stays_and_the_page_says_why(client):
    topic = AssignmentFactory().submission.topic
    track = TrackFactory(competition=topic.track.competition)
    client.force_login(OrganizerFactory(competition=topic.track.competition).user)

    response = client.post(step("move", topic), {"track": track.pk, "number": 1, "reason": "调整"})

    assert (response.status_code, place(topic)[0]) == (409, topic.track.number)
    assert topic.title in response.content.decode()


@pytest.mark.parametrize("name", ["withdraw", "reopen", "move"])
def test_organizers_of_others_find_no_step(client, topic, name):
    client.force_login(OrganizerFactory().user)

    assert client.get(step(name, topic)).status_code == 404
    assert client.post(step(name, topic), {"reason": "不许"}).status_code == 404


def test_a_track_gets_another_number(organizer, topic):
    organizer.post(step("renumber", topic.track), {"number": 9, "reason": "重排"})

    assert now(topic.track).number == 9


def test_two_tracks_change_numbers_when_that_is_asked_for(organizer, topic):
    other = TrackFactory(competition=topic.track.competition)

    organizer.post(step("renumber", topic.track), {"number": 2, "swap": "on", "reason": "重排"})

    assert (now(topic.track).number, now(other).number) == (2, 1)


def test_a_number_that_is_taken_is_named(organizer, topic):
    TrackFactory(competition=topic.track.competition)

    response = organizer.post(step("renumber", topic.track), {"number": 2, "reason": "重排"})

    assert (response.status_code, errors(response)) == (400, {"number"})


def test_a_track_organizer_renumbers_no_track(client, topic):
    client.force_login(OrganizerFactory(competition=topic.track.competition, tracks=[topic.track]).user)

    assert client.post(step("renumber", topic.track), {"number": 9, "reason": "重排"}).status_code == 403
    assert Track.objects.get(pk=topic.track.pk).number == 1


def revise(client, topic, **changes):
    opened = {"title": topic.title, "body": topic.body, "revision": topic.latest_revision.number}
    given = {**opened, "reason": "", "tell": "on", **changes}
    rows = {"revisions-TOTAL_FORMS": 0, "revisions-INITIAL_FORMS": 0}
    return client.post(reverse("admin:tracks_topic_change", args=[topic.pk]), {**given, **rows})


def test_a_public_topic_is_changed_only_with_a_reason(organizer, topic):
    response = revise(organizer, topic, body="新的正文。")

    assert "reason" in response.context["adminform"].form.errors
    assert now(topic).body != "新的正文。"


def test_before_it_is_public_it_needs_none(organizer, topic):
    Competition.objects.update(is_published=False)

    revise(organizer, topic, body="新的正文。")

    assert now(topic).body == "新的正文。"


def test_a_reason_of_direction_marks_is_refused_at_its_field(organizer, topic):
    response = revise(organizer, topic, body="新的正文。", reason="\u202e反")

    assert "reason" in response.context["adminform"].form.errors


def test_the_page_of_a_topic_leads_to_each_step_and_each_change(organizer, topic):
    revise(organizer, topic, body="新的正文。", reason="更正")

    page = organizer.get(reverse("admin:tracks_topic_change", args=[topic.pk])).content.decode()

    links = [step("withdraw", topic), step("move", topic), topic.get_history_url(since=1, until=2)]
    assert [link.replace("&", "&amp;") in page for link in links] == [True, True, True]


@pytest.mark.parametrize(("tell", "letters"), [({"tell": "on"}, 1), ({"tell": ""}, 0)])
def test_teams_are_told_unless_it_is_a_slip_of_the_pen(organizer, topic, tell, letters):
    SubmissionFactory(team=TeamFactory(competition=topic.track.competition), topic=topic)

    revise(organizer, topic, body="新的正文。", reason="更正", **tell)

    assert Outbox.objects.filter(kind="submissions.topic_revised").count() == letters


def overtaken(organizer, topic):
    """Somebody else's text came after the page was opened; what is sent now has been written over the first one."""
    opened = topic.latest_revision.number
    revise_topic(topic, actor=None, title=topic.title, body="别人的正文。", reason="别人更正")
    return revise(organizer, topic, body="我的正文。", reason="更正", revision=opened)


def test_a_text_that_came_meanwhile_is_not_written_over_unseen(organizer, topic):
    response = overtaken(organizer, topic)

    assert (response.status_code, now(topic).body) == (409, "别人的正文。")
    assert topic.get_history_url(since=1, until=2).replace("&", "&amp;") in response.content.decode()
    assert "我的正文。" in response.content.decode()


def test_saved_once_more_it_is_written_over_knowingly(organizer, topic):
    form = overtaken(organizer, topic).context["adminform"].form

    revise(organizer, now(topic), body="我的正文。", reason="更正", revision=form["revision"].value())

    assert (now(topic).body, topic.revisions.count()) == ("我的正文。", 3)


def test_what_was_only_looked_at_and_saved_makes_no_revision(organizer, topic):
    Topic.objects.filter(pk=topic.pk).update(body="第一段。\n\n第二段。")

    # Browsers send line ends of their own.
    response = revise(organizer, topic, body="第一段。\r\n\r\n第二段。 ")

    assert (response.status_code, topic.revisions.count(), now(topic).body) == (302, 1, "第一段。\n\n第二段。")


def test_a_new_text_keeps_one_kind_of_line_end(organizer, topic):
    revise(organizer, topic, body="第一段。\r\n\r\n第二段。", reason="更正")

    assert now(topic).body == "第一段。\n\n第二段。"


def test_a_topic_that_stays_where_it_is_has_not_moved(organizer, topic):
    place = {"track": topic.track_id, "number": topic.number, "reason": "重排"}

    response = organizer.post(step("move", topic), place)

    assert (response.status_code, "number" in response.context["form"].errors) == (400, True)


def test_a_track_that_keeps_its_number_has_no_other(organizer, topic):
    response = organizer.post(step("renumber", topic.track), {"number": topic.track.number, "reason": "重排"})

    assert (response.status_code, "number" in response.context["form"].errors) == (400, True)


@pytest.mark.parametrize(("tracks", "is_offered"), [(0, True), (1, False)])
def test_another_number_for_a_track_is_offered_to_whoever_may_give_it(client, topic, tracks, is_offered):
    track = topic.track
    client.force_login(OrganizerFactory(competition=track.competition, tracks=[track][:tracks]).user)

    page = client.get(reverse("admin:tracks_track_change", args=[track.pk]))

    assert (step("renumber", track) in page.content.decode()) == is_offered


def test_names_of_what_one_has_no_page_of_are_no_links(client, topic):
    track = topic.track
    client.force_login(OrganizerFactory(competition=track.competition, tracks=[track]).user)

    page = client.get(reverse("admin:tracks_track_change", args=[track.pk])).content.decode()

    elsewhere = reverse("admin:tracks_competition_change", args=[track.competition.pk])
    assert (str(track.competition) in page, elsewhere in page) == (True, False)
