"""Which of its topic's texts an entry answers, and how a team moves on to a newer one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions import services
from submissions.models import Submission
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import KEY, client_for, complete_draft, queries_of, submit
from tracks.services import place_topics, revise_topic, withdraw_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return TopicFactory(track__competition=CompetitionFactory(slug="sichuan-2026", open=True))


@pytest.fixture
def draft(topic):
    return complete_draft(team=TeamFactory(competition=topic.track.competition), topic=topic)


def revise(topic, times=1):
    for _each in range(times):
        number = topic.revisions.count() + 1
        revise_topic(topic, actor=None, title=topic.title, body=f"第{number}版的正文。", tell=False)


def read(entry, revision, actor=None):
    actor = actor or captain_of(entry.team)
    return services.read_topic(Submission.objects.get(pk=entry.pk), actor=actor, revision=revision)


def number_read(entry):
    return Submission.objects.get(pk=entry.pk).topic_revision.number


def page(entry, user=None):
    return client_for(user or captain_of(entry.team)).get(entry.get_absolute_url())


def said(response):
    return response.content.decode()


def test_an_entry_begins_with_the_latest_text(topic):
    revise(topic)
    team = TeamFactory(competition=topic.track.competition)

    entry = services.start_submission(team, topic, actor=captain_of(team), title="山洪预警", key=KEY)

    assert entry.topic_revision.number == 2


def test_a_newer_text_moves_no_entry_on_by_itself(topic, draft):
    revise(topic)

    assert number_read(draft) == 1


def test_a_member_says_for_the_team_that_it_is_read(topic, draft):
    revise(topic, 2)
    mate = TeamMemberFactory(team=draft.team).user

    read(draft, 2, actor=mate)

    assert number_read(draft) == 2


def test_reading_leaves_a_line(topic, draft):
    revise(topic)

    read(draft, 2)

    line = AuditEntry.objects.get(action="read_topic")
    assert (line.before, line.after) == ({"revision": 1}, {"revision": 2})


@pytest.mark.parametrize("revision", [1, 2])
def test_what_has_been_read_is_not_read_again(topic, draft, revision):
    revise(topic)
    read(draft, 2)

    read(draft, revision)

    assert number_read(draft) == 2
    assert AuditEntry.objects.filter(action="read_topic").count() == 1


def test_a_text_of_another_topic_is_no_text_of_this(topic, draft):
    revise(TopicFactory(track=topic.track), 3)

    with pytest.raises(ValidationError):
        read(draft, 3)


@pytest.mark.parametrize("who", ["organizer", "stranger"])
def test_nobody_else_reads_for_the_team(topic, draft, who):
    revise(topic)
    organizer = OrganizerFactory(competition=topic.track.competition).user
    person = organizer if who == "organizer" else captain_of(TeamFactory())

    with pytest.raises(PermissionDenied):
        read(draft, 2, actor=person)


@pytest.mark.parametrize("state", ["eligible", "rejected"])
def test_an_entry_that_is_decided_is_not_moved_on(topic, state):
    entry = SubmissionFactory(team=TeamFactory(competition=topic.track.competition), topic=topic, **{state: True})
    revise(topic)

    with pytest.raises(Conflict):
        read(entry, 2)


def test_a_version_answers_the_text_that_was_shown(topic, draft):
    revise(topic)

    receipt = submit(draft, topic_revision=1)

    assert (receipt.version.topic_revision.number, number_read(draft)) == (1, 1)


@pytest.mark.parametrize(("shown", "answered"), [(1, 2), (3, 3), (9, 3), (None, 3)])
def test_a_version_answers_no_older_text_than_the_team_has_read(topic, draft, shown, answered):
    revise(topic, 2)
    read(draft, 2)

    assert submit(draft, topic_revision=shown).version.topic_revision.number == answered


def test_the_same_entry_may_be_submitted_for_the_new_text(topic, draft):
    submit(draft)
    revise(topic)

    assert submit(draft).version.number == 2


def test_what_was_submitted_keeps_the_text_it_answered(topic, draft):
    version = submit(draft).version
    revise(topic)
    read(draft, 2)

    version.refresh_from_db()
    assert version.topic_revision.number == 1


def test_the_page_says_that_there_is_a_newer_text(topic, draft):
    revise(topic, 2)

    text = said(page(draft))

    assert topic.get_history_url(since=1, until=3).replace("&", "&amp;") in text
    assert reverse("submissions:read_topic", args=[draft.public_id]) in text


def test_the_page_says_nothing_while_there_is_none(topic, draft):
    assert reverse("submissions:read_topic", args=[draft.public_id]) not in said(page(draft))


def test_the_button_moves_the_entry_on(topic, draft):
    revise(topic, 2)
    client = client_for(captain_of(draft.team))

    response = client.post(reverse("submissions:read_topic", args=[draft.public_id]), {"revision": 2})

    assert (response.status_code, number_read(draft)) == (302, 2)


@pytest.mark.parametrize("revision", ["", "x", "0", "-1", "9", "9" * 30, "1;"])
def test_a_text_that_there_is_not_is_bad_input(topic, draft, revision):
    revise(topic)
    client = client_for(captain_of(draft.team))

    response = client.post(reverse("submissions:read_topic", args=[draft.public_id]), {"revision": revision})

    assert (response.status_code, number_read(draft)) == (400, 1)


def test_to_a_stranger_the_button_is_not_there(topic, draft):
    client = client_for(captain_of(TeamFactory()))

    response = client.post(reverse("submissions:read_topic", args=[draft.public_id]), {"revision": 1})

    assert response.status_code == 404


def test_an_organizer_of_the_entry_may_not_press_it(topic, draft):
    submit(draft)
    revise(topic)
    client = client_for(OrganizerFactory(competition=topic.track.competition).user)

    response = client.post(reverse("submissions:read_topic", args=[draft.public_id]), {"revision": 2})

    assert (response.status_code, number_read(draft)) == (403, 1)


def test_a_decided_entry_shows_the_newer_text_without_the_button(topic):
    entry = SubmissionFactory(team=TeamFactory(competition=topic.track.competition), topic=topic, eligible=True)
    revise(topic)

    text = said(page(entry))

    assert topic.get_history_url(since=1, until=2).replace("&", "&amp;") in text
    assert reverse("submissions:read_topic", args=[entry.public_id]) not in text


def test_the_page_before_submitting_names_the_text_that_is_answered(topic, draft):
    revise(topic)
    client = client_for(captain_of(draft.team))

    response = client.get(reverse("submissions:submission_submit", args=[draft.public_id]))

    assert response.context["fields"]["topic_revision"] == 2


def test_a_text_that_came_after_that_page_is_not_answered(topic, draft):
    client = client_for(captain_of(draft.team))
    url = reverse("submissions:submission_submit", args=[draft.public_id])
    form = client.get(url).context["fields"]
    revise(topic)

    client.post(url, {**form, "idempotency_key": KEY})

    assert draft.versions.get().topic_revision.number == 1


def test_the_screening_page_says_which_text_was_answered(topic, draft):
    submit(draft)
    revise(topic, 2)
    client = client_for(OrganizerFactory(competition=topic.track.competition).user)

    response = client.get(reverse("admin:submissions_submission_change", args=[draft.pk]))

    assert topic.get_history_url(since=1, until=3).replace("&", "&amp;") in said(response)


def test_the_start_page_says_it_of_what_has_been_begun(topic, draft):
    revise(topic, 2)
    url = reverse("submissions:start", args=["sichuan-2026", topic.track.number, topic.number])

    response = client_for(captain_of(draft.team)).get(url)

    assert topic.get_history_url(since=1, until=3).replace("&", "&amp;") in said(response)


@pytest.mark.parametrize("count", [1, 3])
def test_the_start_page_costs_the_same_however_much_has_been_begun(topic, count):
    team = TeamFactory(competition=topic.track.competition)
    url = reverse("submissions:start", args=["sichuan-2026", topic.track.number, topic.number])
    client = client_for(captain_of(team))
    SubmissionFactory(team=team, topic=topic)
    expected = queries_of(client, url)
    for _each in range(count - 1):
        SubmissionFactory(team=team, topic=topic)

    assert queries_of(client, url) == expected


def test_a_withdrawn_topic_says_so_on_the_entry_which_goes_on(topic, draft):
    withdraw_topic(topic, actor=None, reason="与另一赛题合并")

    assert "与另一赛题合并" in said(page(draft))
    assert submit(draft).version.number == 1


def start_url(topic, track, number):
    return reverse("submissions:start", args=["sichuan-2026", track, number])


def test_the_old_address_of_the_start_page_leads_on(topic, draft):
    TrackFactory(competition=topic.track.competition)
    place_topics(topic.track.competition, {topic.pk: (2, 7)}, actor=None)

    response = client_for(captain_of(draft.team)).get(start_url(topic, 1, 1))

    assert (response.status_code, response.headers["Location"]) == (302, start_url(topic, 2, 7))


def begin(client, url, topic):
    form = client.get(url).context["form"].initial
    return {**form, "title": "山洪预警二号", "idempotency_key": KEY}


def test_a_form_that_was_open_while_the_topic_moved_begins_its_entry(topic):
    team = TeamFactory(competition=topic.track.competition)
    client, url = client_for(captain_of(team)), start_url(topic, 1, 1)
    form = begin(client, url, topic)
    place_topics(topic.track.competition, {topic.pk: (1, 7)}, actor=None)

    client.post(url, form)

    assert Submission.objects.get().topic == topic


def test_it_begins_none_on_the_topic_that_took_its_place(topic):
    other = TopicFactory(track=topic.track)
    team = TeamFactory(competition=topic.track.competition)
    client, url = client_for(captain_of(team)), start_url(topic, 1, 1)
    form = begin(client, url, topic)
    place_topics(topic.track.competition, {topic.pk: (1, 2), other.pk: (1, 1)}, actor=None)

    client.post(url, form)

    assert Submission.objects.get().topic == topic


@pytest.mark.parametrize("sent", ["", "x", "-1", "999999999999999999999", "１"])
def test_a_topic_that_is_none_is_the_one_at_the_address(topic, sent):
    team = TeamFactory(competition=topic.track.competition)
    client, url = client_for(captain_of(team)), start_url(topic, 1, 1)
    form = begin(client, url, topic)

    response = client.post(url, {**form, "topic": sent})

    assert (response.status_code, Submission.objects.filter(topic=topic).count()) in {(302, 1), (400, 0)}


def test_a_topic_of_a_hidden_contest_can_not_be_named(topic):
    hidden = TopicFactory(track__competition__is_published=False)
    team = TeamFactory(competition=topic.track.competition)
    client, url = client_for(captain_of(team)), start_url(topic, 1, 1)

    client.post(url, {**begin(client, url, topic), "topic": hidden.pk})

    assert Submission.objects.get().topic == topic
