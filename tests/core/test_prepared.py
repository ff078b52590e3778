"""A question that is put into words once is answered anew each time, and as Django would have asked it."""

from datetime import timedelta
from threading import Event

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from portal.core import prepared
from portal.core.prepared import Asker, Given, Prepared
from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.race import race
from tracks.models import Competition, Topic, TopicRevision, Track

pytestmark = pytest.mark.database
COMPILED = prepared._compiled
TOPICS = Prepared(Topic.objects.filter(pk=Given("topic")).select_related("track__competition"))


@pytest.fixture
def topic(db):
    return TopicFactory()


def test_it_answers_with_what_belongs_to_the_row(topic, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = TOPICS.first(topic=topic.pk)
        assert (found, found.track.competition.name) == (topic, topic.track.competition.name)


def test_it_answers_as_things_are_now(topic):
    TOPICS.first(topic=topic.pk)
    Topic.objects.filter(pk=topic.pk).update(title="改过的题目")

    assert TOPICS.first(topic=topic.pk).title == "改过的题目"


def test_each_is_told_its_own(topic):
    other = TopicFactory()

    assert [TOPICS.first(topic=each.pk) for each in (topic, other, topic)] == [topic, other, topic]


def test_what_no_row_can_have_finds_nothing(topic):
    assert TOPICS.ask(topic=2**70) == []


def test_what_finds_nothing_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Prepared(Topic.objects.none()).ask() == []


def test_words_are_told_as_words(topic):
    by_name = Prepared(Track.objects.filter(name=Given("name", CharField())).values_list("pk", flat=True))

    assert by_name.ask(name="%s' OR 1=1 --") == []
    assert by_name.ask(name=topic.track.name) == [topic.track_id]


def test_rows_that_belong_to_it_come_along(topic):
    tracks = Prepared(Track.objects.filter(pk=Given("track")).prefetch_related("topics"))

    assert [list(each.topics.all()) for each in tracks.ask(track=topic.track_id)] == [[topic]]


def test_a_while_before_what_is_told(topic):
    revision = topic.revisions.get()
    since = Prepared(TopicRevision.objects.filter(created_at__gte=Given("now", DateTimeField()) - timedelta(hours=1)))

    assert since.ask(now=revision.created_at + timedelta(minutes=59)) == [revision]
    assert since.ask(now=revision.created_at + timedelta(minutes=61)) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection():
    topic = TopicFactory()

    assert race([lambda: TOPICS.first(topic=topic.pk)] * 4) == [topic] * 4


@pytest.mark.django_db(transaction=True)
def test_several_threads_put_a_new_question_into_words_once(monkeypatch):
    topic, new, begun = TopicFactory(), Prepared(TOPICS.rows.all()), []
    another = Event()

    def compiled(query):
        # A second one, if it may, is here before the first has ended.
        begun.append(query)
        if len(begun) > 1:
            another.set()
        another.wait(0.2)
        return COMPILED(query)

    monkeypatch.setattr(prepared, "_compiled", compiled)

    assert (race([lambda: new.first(topic=topic.pk)] * 4), len(begun)) == ([topic] * 4, 1)


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_taken_only_in_a_transaction(topic):
    locked = Prepared(Topic.objects.select_for_update().filter(pk=Given("topic")))
    with pytest.raises(transaction.TransactionManagementError):
        locked.ask(topic=topic.pk)
    with transaction.atomic():
        assert locked.ask(topic=topic.pk) == [topic]


def kinds_of_people(competition):
    admin, stranger = UserFactory(is_superuser=True, is_staff=True), UserFactory()
    careless = OrganizerFactory(competition=competition).user
    careless.lacks_second_factor = True
    return [AnonymousUser(), stranger, admin, OrganizerFactory(competition=competition).user, careless]


def test_whoever_asks_sees_what_they_may_see(db):
    hidden = CompetitionFactory(is_published=False)
    CompetitionFactory()
    now = Given("now", DateTimeField())
    for person in kinds_of_people(hidden):
        visible = Competition.objects.visible_to(Asker.of(person)).with_contents(Asker.of(person), now).order_by("pk")
        asked = Prepared(visible).ask(user=person.pk, now=timezone.now())
        assert asked == list(Competition.objects.visible_to(person).order_by("pk"))


def test_the_time_of_asking_is_never_remembered(topic):
    with pytest.raises(TypeError, match="has to be Given"):
        Prepared(Topic.objects.filter(withdrawn_at__lt=timezone.now())).ask()
