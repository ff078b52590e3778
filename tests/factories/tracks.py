from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tracks.enums import StageKind
from tracks.models import Competition, Organizer, Stage, Topic, TopicRevision, Track


class StageFactory(factory.django.DjangoModelFactory):
    """A stage that has been open for a day and stays so for a week."""

    class Meta:
        model = Stage

    competition = factory.SubFactory("tests.factories.tracks.CompetitionFactory")
    kind = StageKind.SUBMISSION
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class CompetitionFactory(factory.django.DjangoModelFactory):
    """A public competition; with ``open=True`` people may register and submit now."""

    class Meta:
        model = Competition
        skip_postgeneration_save = True

    class Params:
        open = factory.Trait(
            registration=factory.RelatedFactory(
                StageFactory, factory_related_name="competition", kind=StageKind.REGISTRATION
            ),
            submission=factory.RelatedFactory(
                StageFactory, factory_related_name="competition", kind=StageKind.SUBMISSION
            ),
        )

    slug = factory.Sequence(lambda n: f"contest-{n}")
    name = factory.Sequence(lambda n: f"第{n}届数据要素×大赛")
    short_name = factory.Sequence(lambda n: f"大赛{n}")
    year = 2026
    host = "大赛组委会"
    is_published = True
    certificate_prefix = "TEST-2026"


class TrackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Track

    competition = factory.SubFactory(CompetitionFactory)
    number = factory.LazyAttribute(lambda track: track.competition.tracks.count() + 1)
    name = factory.LazyAttribute(lambda track: f"赛道{track.number}")


class RevisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TopicRevision

    topic = factory.SubFactory("tests.factories.tracks.TopicFactory")
    number = 1
    title = factory.SelfAttribute("topic.title")
    body = factory.SelfAttribute("topic.body")
    created_at = factory.LazyFunction(timezone.now)


class TopicFactory(factory.django.DjangoModelFactory):
    """A topic that can be entered, with its first revision."""

    class Meta:
        model = Topic
        skip_postgeneration_save = True

    track = factory.SubFactory(TrackFactory)
    number = factory.LazyAttribute(lambda topic: topic.track.topics.count() + 1)
    title = factory.LazyAttribute(lambda topic: f"提升监测评估能力{topic.number}")
    body = "征集自然灾害监测预警的数据要素应用。"
    first_revision = factory.RelatedFactory(RevisionFactory, factory_related_name="topic")


class OrganizerFactory(factory.django.DjangoModelFactory):
    """Runs a competition, or with ``tracks=[…]`` only these tracks of it."""

    class Meta:
        model = Organizer
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory, is_staff=True)
    competition = factory.SubFactory(CompetitionFactory)

    @factory.post_generation
    def tracks(organizer, create, tracks, **kwargs):  # noqa: N805 - factory_boy's way
        if create and tracks:
            organizer.tracks.set(tracks)
