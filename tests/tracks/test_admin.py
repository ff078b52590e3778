"""What organizers do with tracks and topics in the administration."""

import pytest
from django.urls import reverse

from portal.core.models import AuditEntry
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tracks.models import Organizer, Topic, TopicRevision, Track


@pytest.fixture
def topic(db):
    return TopicFactory()


@pytest.fixture
def organizer_client(client, topic):
    client.force_login(OrganizerFactory(competition=topic.track.competition).user)
    return client


@pytest.fixture
def track_organizer_client(client, topic):
    client.force_login(OrganizerFactory(competition=topic.track.competition, tracks=[topic.track]).user)
    return client


@pytest.fixture
def stranger_client(client, topic):
    """Runs another competition."""
    client.force_login(OrganizerFactory().user)
    return client


def change_page(obj):
    return reverse(f"admin:tracks_{obj._meta.model_name}_change", args=[obj.pk])


def revise(client, topic, **changes):
    form = {
        "title": topic.title,
        "body": topic.body,
        "reason": "更正",
        "revision": topic.latest_revision.number,
        "revisions-TOTAL_FORMS": 0,
        "revisions-INITIAL_FORMS": 0,
        **changes,
    }
    return client.post(change_page(topic), form)


@pytest.mark.parametrize("page", ["competition", "track", "topic"])
def test_lists_open_for_an_organizer(organizer_client, page):
    assert organizer_client.get(reverse(f"admin:tracks_{page}_changelist")).status_code == 200


def test_a_changed_text_makes_a_revision(organizer_client, topic):
    revise(organizer_client, topic, body="新的正文。", reason="按专家意见修改")

    assert topic.revisions.values_list("number", "body", "reason").last() == (2, "新的正文。", "按专家意见修改")


def test_a_text_that_stays_makes_no_revision(organizer_client, topic):
    revise(organizer_client, topic)

    assert topic.revisions.count() == 1


def test_a_revision_names_its_writer(organizer_client, topic):
    revise(organizer_client, topic, body="新的正文。")

    assert topic.revisions.last().created_by == Organizer.objects.get().user


def test_a_revision_is_in_the_audit_trail(organizer_client, topic):
    revise(organizer_client, topic, body="新的正文。", reason="更正")

    assert AuditEntry.objects.values_list("action", "after", "reason").get() == ("revise", {"revision": 2}, "更正")


def test_a_title_of_direction_marks_is_refused_at_its_field(organizer_client, topic):
    response = revise(organizer_client, topic, title="\u202e")

    assert "title" in response.context["adminform"].form.errors


def test_a_track_organizer_changes_their_own(track_organizer_client, topic):
    revise(track_organizer_client, topic, body="新的正文。")

    topic.refresh_from_db()
    assert topic.body == "新的正文。"


def test_a_track_organizer_finds_no_other_track(track_organizer_client, topic):
    other = TopicFactory(track__competition=topic.track.competition)

    assert revise(track_organizer_client, other, body="不许").status_code == 404


def test_a_track_organizer_lists_only_their_own(track_organizer_client, topic):
    TopicFactory(track__competition=topic.track.competition)
    response = track_organizer_client.get(reverse("admin:tracks_topic_changelist"))

    assert list(response.context["cl"].result_list) == [topic]


def test_the_filter_names_no_track_of_others(stranger_client, topic):
    response = stranger_client.get(reverse("admin:tracks_topic_changelist"))

    assert topic.track.name not in response.content.decode()


def test_an_organizer_of_another_competition_finds_nothing(stranger_client, topic):
    assert stranger_client.get(change_page(topic)).status_code == 404


def test_an_organizer_of_another_competition_changes_nothing(stranger_client, topic):
    revise(stranger_client, topic, body="不许")

    topic.refresh_from_db()
    assert topic.body != "不许"


def test_a_track_is_added(organizer_client, topic):
    competition = topic.track.competition
    organizer_client.post(
        reverse("admin:tracks_track_add"), {"competition": competition.pk, "number": 9, "name": "应急管理"}
    )

    assert Track.objects.filter(competition=competition, number=9, name="应急管理").exists()


def test_a_track_is_not_added_to_a_competition_of_others(organizer_client):
    organizer_client.post(
        reverse("admin:tracks_track_add"), {"competition": CompetitionFactory().pk, "number": 9, "name": "应急管理"}
    )

    assert not Track.objects.filter(number=9).exists()


def test_a_topic_is_added_with_its_first_revision(organizer_client, topic):
    organizer_client.post(
        reverse("admin:tracks_topic_add"),
        {
            "track": topic.track.pk,
            "number": 2,
            "title": "新赛题",
            "body": "正文。",
            "reason": "更正",
            "revisions-TOTAL_FORMS": 0,
            "revisions-INITIAL_FORMS": 0,
        },
    )

    assert TopicRevision.objects.get(topic__title="新赛题").number == 1


def test_an_organizer_moves_a_deadline(organizer_client, topic):
    competition = topic.track.competition
    form = {
        **{name: getattr(competition, name) for name in ("name", "short_name", "year", "host")},
        **{
            name: getattr(competition, name)
            for name in ("certificate_prefix", "max_team_members", "max_file_size", "hue")
        },
        "introduction": "",
        "is_published": "on",
        "stages-TOTAL_FORMS": 1,
        "stages-INITIAL_FORMS": 0,
        "stages-0-kind": "submission",
        "stages-0-opens_at_0": "2026-06-01",
        "stages-0-opens_at_1": "00:00",
        "stages-0-closes_at_0": "2026-08-11",
        "stages-0-closes_at_1": "00:00",
        "stages-0-grace": 300,
    }
    organizer_client.post(change_page(competition), form)

    stage = competition.stages.get()
    assert (stage.closes_at.isoformat(), stage.grace) == ("2026-08-10T16:00:00+00:00", 300)


def test_roles_are_the_site_admins_affair(organizer_client):
    assert organizer_client.get(reverse("admin:tracks_organizer_add")).status_code == 403


def test_a_site_admin_appoints_an_organizer(admin_client, topic, django_user_model):
    user = django_user_model.objects.create_user("new@example.cn", full_name="新来的")
    admin_client.post(
        reverse("admin:tracks_organizer_add"),
        {"user": user.pk, "competition": topic.track.competition.pk, "tracks": [topic.track.pk]},
    )

    assert list(Organizer.objects.get(user=user).tracks.all()) == [topic.track]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_topics_costs_the_same_however_long(organizer_client, topic, count, django_assert_num_queries):
    TopicFactory.create_batch(count, track=topic.track)

    with django_assert_num_queries(10):
        response = organizer_client.get(reverse("admin:tracks_topic_changelist"))

    assert len(response.context["cl"].result_list) == count + 1


def test_whoever_runs_nothing_is_sent_to_sign_in(client, topic):
    assert client.get(change_page(topic)).status_code == 302


def test_a_signed_in_visitor_is_refused(client, topic, django_user_model):
    client.force_login(django_user_model.objects.create_user("li@example.cn", full_name="李"))

    assert client.get(reverse("admin:index")).status_code in {302, 403}


def test_topics_are_never_deleted(organizer_client, topic):
    organizer_client.post(reverse("admin:tracks_topic_delete", args=[topic.pk]), {"post": "yes"})

    assert Topic.objects.filter(pk=topic.pk).exists()


@pytest.mark.parametrize(("kind", "kept"), [("submission", 120), ("registration", None)])
def test_files_may_follow_the_submission_stage_alone(organizer_client, topic, kind, kept):
    competition = topic.track.competition
    form = {
        **{name: getattr(competition, name) for name in ("name", "short_name", "year", "host")},
        **{
            name: getattr(competition, name)
            for name in ("certificate_prefix", "max_team_members", "max_file_size", "hue")
        },
        "introduction": "",
        "is_published": "on",
        "stages-TOTAL_FORMS": 1,
        "stages-INITIAL_FORMS": 0,
        "stages-0-kind": kind,
        "stages-0-opens_at_0": "2026-06-01",
        "stages-0-opens_at_1": "00:00",
        "stages-0-closes_at_0": "2026-08-11",
        "stages-0-closes_at_1": "00:00",
        "stages-0-grace": 0,
        "stages-0-hash_grace": 120,
    }
    organizer_client.post(change_page(competition), form)

    assert competition.stages.values_list("hash_grace", flat=True).first() == kept
