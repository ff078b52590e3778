from __future__ import annotations

from datetime import timedelta

import factory
from django.utils import timezone

from portal.core.models import StoredFile
from tests.factories.accounts import UserFactory
from tracks.enums import StageKind
from tracks.models import (
    Announcement,
    Competition,
    Document,
    Organizer,
    Question,
    Stage,
    Topic,
    TopicRevision,
    Track,
)


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
    certificate_prefix = factory.Sequence(lambda n: f"TEST{n}-2026")


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


class AnnouncementFactory(factory.django.DjangoModelFactory):
    """One that everybody sees; ``published_at=None`` makes a draft."""

    class Meta:
        model = Announcement

    competition = factory.SubFactory(CompetitionFactory)
    number = factory.LazyAttribute(lambda row: row.competition.announcements.count() + 1)
    title = factory.LazyAttribute(lambda row: f"关于作品提交的通知（{row.number}）")
    body = "各参赛团队：\n\n- 请于截止前**提交**。"
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))


class StoredFileFactory(factory.django.DjangoModelFactory):
    """A row without its bytes; pages that only name a file need no more."""

    class Meta:
        model = StoredFile

    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    size = 2048


class DocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Document

    competition = factory.SubFactory(CompetitionFactory)
    title = factory.Sequence(lambda n: f"申报书模板{n}")
    file = factory.SubFactory(StoredFileFactory)
    file_name = "申报书模板.docx"
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    competition = factory.SubFactory(CompetitionFactory)
    position = factory.LazyAttribute(lambda row: row.competition.questions.count() + 1)
    question = factory.LazyAttribute(lambda row: f"一个团队可以报几个赛题（{row.position}）？")
    answer = "一个。"
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
