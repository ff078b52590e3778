"""Topics and tracks that get other places: swaps, chains, who may, and what is refused."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from portal.core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tracks.models import Competition, FormerAddress, Topic, Track
from tracks.services import add_topic, place_topics, renumber_tracks

pytestmark = pytest.mark.django_db


@pytest.fixture
def competition():
    return CompetitionFactory()


@pytest.fixture
def track(competition):
    return TrackFactory(competition=competition)


@pytest.fixture
def other_track(competition, track):
    return TrackFactory(competition=competition)


@pytest.fixture
def topics(track):
    return TopicFactory.create_batch(3, track=track)


def place(competition, places, actor=None, **how):
    return place_topics(competition, {topic.pk: where for topic, where in places.items()}, actor=actor, **how)


def numbers(rows):
    return [type(row).objects.get(pk=row.pk).number for row in rows]


def test_two_topics_swap(competition, topics):
    first, second, _third = topics

    place(competition, {first: (1, 2), second: (1, 1)})

    assert numbers(topics) == [2, 1, 3]


def test_a_chain_of_topics_moves_on(competition, topics):
    first, second, third = topics

    place(competition, {first: (1, 2), second: (1, 3), third: (1, 4)})

    assert numbers(topics) == [2, 3, 4]


def test_a_topic_goes_to_another_track(competition, topics, other_track):
    place(competition, {topics[0]: (2, 7)})

    moved = Topic.objects.get(pk=topics[0].pk)
    assert (moved.track, moved.number) == (other_track, 7)


def test_topics_of_two_tracks_swap(competition, topics, other_track):
    guest = TopicFactory(track=other_track, number=1)

    place(competition, {topics[0]: (2, 1), guest: (1, 1)})

    found = Topic.objects.filter(pk__in=[topics[0].pk, guest.pk]).order_by("pk")
    assert list(found.values_list("track__number", "number")) == [(2, 1), (1, 1)]


def test_the_highest_number_there_is_can_be_swapped_too(competition, track):
    first, last = TopicFactory(track=track, number=1), TopicFactory(track=track, number=32767)

    place(competition, {first: (1, 32767), last: (1, 1)})

    assert numbers([first, last]) == [32767, 1]


def test_those_that_moved_are_returned_as_they_stand_now(competition, topics):
    moved = place(competition, {topics[0]: (1, 9), topics[1]: (1, 2)})

    assert [(topic.pk, topic.number) for topic in moved] == [(topics[0].pk, 9)]


def test_a_place_that_stays_leaves_no_line(competition, topics):
    place(competition, {topics[0]: (1, 1)})

    assert not AuditEntry.objects.exists()


def test_two_topics_on_one_place_are_refused(competition, topics):
    with pytest.raises(ValidationError) as refused:
        place(competition, {topics[0]: (1, 9), topics[1]: (1, 9)})

    assert refused.value.message_dict == {"number": [f"赛道 1 的赛题 9 已是“{topics[0].title}”。"]}


def test_a_place_that_somebody_keeps_is_refused(competition, topics):
    with pytest.raises(ValidationError) as refused:
        place(competition, {topics[0]: (1, 3)})

    assert refused.value.message_dict == {"number": [f"赛道 1 的赛题 3 已是“{topics[2].title}”。"]}


def test_a_refusal_moves_nothing(competition, topics):
    with pytest.raises(ValidationError):
        place(competition, {topics[0]: (1, 9), topics[1]: (1, 3)})

    assert numbers(topics) == [1, 2, 3]


@pytest.mark.parametrize("number", [0, -1, 32768, 10**30])
def test_a_number_that_no_topic_can_have_is_refused(competition, topics, number):
    with pytest.raises(ValidationError) as refused:
        place(competition, {topics[0]: (1, number)})

    assert list(refused.value.message_dict) == ["number"]


def test_a_track_that_is_not_there_is_refused(competition, topics):
    with pytest.raises(ValidationError) as refused:
        place(competition, {topics[0]: (99, 1)})

    assert list(refused.value.message_dict) == ["track"]


def test_a_topic_of_another_competition_is_refused(competition, topics):
    with pytest.raises(ValidationError) as refused:
        place(competition, {TopicFactory(): (1, 9)})

    assert list(refused.value.message_dict) == ["topic"]


def test_each_move_is_in_the_audit_trail(competition, topics):
    place(competition, {topics[0]: (1, 2), topics[1]: (1, 1)}, reason="按专家意见调整")

    assert list(
        AuditEntry.objects.order_by("sequence").values_list("action", "object_id", "before", "after", "reason")
    ) == [
        ("move", str(topics[0].pk), {"track": 1, "number": 1}, {"track": 1, "number": 2}, "按专家意见调整"),
        ("move", str(topics[1].pk), {"track": 1, "number": 2}, {"track": 1, "number": 1}, "按专家意见调整"),
    ]


def test_the_address_left_is_remembered(competition, topics):
    place(competition, {topics[0]: (1, 9)})

    assert FormerAddress.objects.values_list("track_number", "number", "topic").get() == (1, 1, topics[0].pk)


def test_where_topics_have_swapped_each_page_leads_to_who_stood_there(client, competition, topics):
    Competition.objects.update(is_published=True)
    place(competition, {topics[0]: (1, 2), topics[1]: (1, 1)})

    page = client.get(reverse("tracks:topic", args=[competition.slug, 1, 1])).content.decode()

    assert f'<a href="{reverse("tracks:topic", args=[competition.slug, 1, 2])}">{topics[0].title}</a>' in page


def test_a_topic_back_in_its_place_is_not_told_apart_from_itself(client, competition, topics):
    Competition.objects.update(is_published=True)
    place(competition, {topics[0]: (1, 9)})
    place(competition, {topics[0]: (1, 1)})

    assert client.get(reverse("tracks:topic", args=[competition.slug, 1, 1])).context["former"] is None


def test_an_organizer_of_the_whole_may_move(competition, topics, other_track):
    actor = OrganizerFactory(competition=competition).user

    assert len(place(competition, {topics[0]: (2, 1)}, actor=actor)) == 1


def test_a_track_organizer_moves_between_tracks_of_their_own(competition, topics, track, other_track):
    actor = OrganizerFactory(competition=competition, tracks=[track, other_track]).user

    assert len(place(competition, {topics[0]: (2, 1)}, actor=actor)) == 1


@pytest.mark.parametrize("own", ["track", "other_track"])
def test_a_track_organizer_needs_both_tracks(competition, topics, track, other_track, own):
    tracks = {"track": track, "other_track": other_track}
    actor = OrganizerFactory(competition=competition, tracks=[tracks[own]]).user

    with pytest.raises(PermissionDenied):
        place(competition, {topics[0]: (2, 1)}, actor=actor)


def test_one_move_that_is_not_theirs_spoils_all(competition, topics, track, other_track):
    guest = TopicFactory(track=other_track)
    actor = OrganizerFactory(competition=competition, tracks=[track]).user

    with pytest.raises(PermissionDenied):
        place(competition, {topics[0]: (1, 9), guest: (2, 9)}, actor=actor)


@pytest.mark.parametrize("make", [UserFactory, lambda: OrganizerFactory().user], ids=["visitor", "of another"])
def test_nobody_else_moves_a_topic(competition, topics, make):
    with pytest.raises(PermissionDenied):
        place(competition, {topics[0]: (1, 9)}, actor=make())


def test_moving_many_costs_no_query_more_than_their_audit_lines(competition, track, django_assert_num_queries):
    topics = TopicFactory.create_batch(6, track=track)
    of_a_line = 3  # the head, the line, the head again

    with django_assert_num_queries(13 + 6 * of_a_line):
        place(competition, {topic: (1, topic.number + 1) for topic in topics})


def test_tracks_swap_their_numbers(competition, track, other_track):
    renumber_tracks(competition, {track.pk: 2, other_track.pk: 1}, actor=None)

    assert numbers([track, other_track]) == [2, 1]


def test_tracks_that_changed_are_returned(competition, track, other_track):
    changed = renumber_tracks(competition, {track.pk: 5, other_track.pk: 2}, actor=None)

    assert [(each.pk, each.number) for each in changed] == [(track.pk, 5)]


def test_a_number_that_a_track_keeps_is_refused(competition, track, other_track):
    with pytest.raises(ValidationError) as refused:
        renumber_tracks(competition, {track.pk: 2}, actor=None)

    assert refused.value.message_dict == {"number": [f"编号 2 已由“{other_track.name}”使用。"]}


def test_two_tracks_on_one_number_are_refused(competition, track, other_track):
    with pytest.raises(ValidationError):
        renumber_tracks(competition, {track.pk: 9, other_track.pk: 9}, actor=None)


def test_a_track_of_another_competition_is_refused(competition):
    with pytest.raises(ValidationError) as refused:
        renumber_tracks(competition, {TrackFactory().pk: 9}, actor=None)

    assert list(refused.value.message_dict) == ["track"]


def test_a_track_organizer_renumbers_no_track(competition, track):
    actor = OrganizerFactory(competition=competition, tracks=[track]).user

    with pytest.raises(PermissionDenied):
        renumber_tracks(competition, {track.pk: 9}, actor=actor)


def test_a_renumbered_track_is_in_the_audit_trail(competition, track):
    renumber_tracks(competition, {track.pk: 9}, actor=None, reason="合并赛道")

    assert AuditEntry.objects.values_list("action", "before", "after", "reason").get() == (
        "renumber",
        {"number": 1},
        {"number": 9},
        "合并赛道",
    )


def test_a_renumbered_track_leaves_its_own_address_and_its_topics(competition, track, topics):
    renumber_tracks(competition, {track.pk: 9}, actor=None)

    left = FormerAddress.objects.order_by("number").values_list("track_number", "number", "track", "topic")
    assert list(left) == [(1, 0, track.pk, None), *((1, topic.number, None, topic.pk) for topic in topics)]


def test_a_topic_that_comes_anew_takes_a_place_that_was_left(competition, track, topics):
    place(competition, {topics[0]: (1, 9)})

    assert add_topic(track, actor=None, number=1, title="新赛题", body="正文").number == 1


@pytest.mark.parametrize("reason", ["\x00", "\ud800", "长" * 201])
def test_a_reason_that_can_not_be_kept_is_refused(competition, topics, reason):
    with pytest.raises(ValidationError) as refused:
        place(competition, {topics[0]: (1, 9)}, reason=reason)

    assert list(refused.value.message_dict) == ["reason"]


def test_no_track_changes_by_a_refusal(competition, track, other_track):
    with pytest.raises(ValidationError):
        renumber_tracks(competition, {track.pk: 2}, actor=None)

    assert list(Track.objects.order_by("pk").values_list("number", flat=True)) == [1, 2]
