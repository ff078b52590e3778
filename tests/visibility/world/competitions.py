"""Alpha and beta are public, gamma is in preparation: its name, tracks and texts are known to its organizers alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.accounts.enums import AgreementKind
from portal.core import files
from portal.core.models import Service
from tests.factories.accounts import AgreementFactory, ConsentFactory, SeriesFactory
from tests.factories.files import pdf
from tests.factories.tracks import (
    AnnouncementFactory,
    CompetitionFactory,
    DocumentFactory,
    QuestionFactory,
    RevisionFactory,
    StageFactory,
    TopicFactory,
    TrackFactory,
)
from tests.visibility.world.building import World
from tracks.enums import StageKind, TopicStatus
from tracks.guide.uploads import keep_upload
from tracks.models import FormerAddress, Pledge

DAY = timedelta(days=1)
GUIDE = """\
# 某某大赛赛题指南

共 1 个赛道。

## 赛道一：{track}

### 一、{topic}

第一句，第二句，第三句。
"""


def add(world: World) -> None:
    world.service, _made = Service.objects.get_or_create(pk=1)
    world.alpha = _competition(world, "alpha", asks_document_number=True)
    world.beta = _competition(world, "beta")
    world.gamma = _competition(world, "gamma", is_published=False)
    world.track1 = TrackFactory(competition=world.alpha, name=world.canaries.text("track1.name"))
    world.track2 = TrackFactory(competition=world.alpha, name=world.canaries.text("track2.name"))
    world.topic = _changed_topic(world, "topic", track=world.track1)
    world.withdrawn_topic = TopicFactory(track=world.track1, title="森林火险", status=TopicStatus.WITHDRAWN)
    world.topic2 = TopicFactory(track=world.track2, title=world.canaries.text("topic2.title"))
    world.beta_track = TrackFactory(competition=world.beta, name=world.canaries.text("beta_track.name"))
    world.beta_topic = TopicFactory(track=world.beta_track, title=world.canaries.text("beta_topic.title"))
    world.gamma_track = TrackFactory(competition=world.gamma, name=world.canaries.text("gamma_track.name"))
    world.gamma_topic = _changed_topic(
        world, "gamma_topic", track=world.gamma_track, body=world.canaries.text("gamma_topic.body")
    )
    # A search among one weighs nothing.
    for number in (2, 3):
        TopicFactory(track=world.gamma_track, title=f"森林火险{number}", body="提前预报火险等级。")
    for competition, track, topic in (
        (world.alpha, world.track1, world.topic),
        (world.gamma, world.gamma_track, world.gamma_topic),
    ):
        _moved(competition, topic=topic, number=77)
        _moved(competition, track=track, number=0)
    _publish(world)
    world.pledge = _pledge(world, "pledge", world.alpha)
    world.gamma_pledge = _pledge(world, "gamma_pledge", world.gamma)
    world.future_pledge = AgreementFactory(
        series=world.pledge.series,
        body=world.canaries.text("future_pledge.body"),
        published_at=timezone.now() + DAY,
    )
    world.pledge_of_tm = ConsentFactory(user=world.tm, agreement=world.pledge.text)


def _changed_topic(world: World, label: str, **fields: Any) -> Any:
    """One that had another text before."""
    words = world.canaries
    made = TopicFactory(
        title=words.text(f"{label}.title"), first_revision__body=words.text(f"{label}.before"), **fields
    )
    RevisionFactory(topic=made, number=2)
    return made


def _moved(competition: Any, **place: Any) -> None:
    FormerAddress.objects.create(competition=competition, track_number=7, left_at=timezone.now(), **place)


def add_guides(world: World) -> None:
    """Uploaded and not yet applied: what the plan says is to come."""
    for label, competition, track in (
        ("guide", world.alpha, world.track1),
        ("gamma_guide", world.gamma, world.gamma_track),
    ):
        words, name = world.canaries, world.canaries.word(f"{label}.file")
        text = GUIDE.format(track=track.name, topic=words.text(f"{label}.topic"))
        file = SimpleUploadedFile(f"{name}.md", text.encode())
        setattr(world, label, keep_upload(competition, actor=world.users["OR"], content=file))


def _pledge(world: World, label: str, competition: Any) -> Any:
    series = SeriesFactory(kind=AgreementKind.PLEDGE, slug=f"pledge-{competition.slug}")
    made = Pledge.objects.create(competition=competition, series=series)
    made.text = AgreementFactory(series=series, body=world.canaries.text(f"{label}.body"))
    return made


def _competition(world: World, label: str, **fields: Any) -> Any:
    words = world.canaries
    made = CompetitionFactory(
        slug=words.word(f"{label}.slug"),
        name=words.text(f"{label}.name", "数据要素{}大赛"),
        short_name=words.text(f"{label}.short_name", "{}赛"),
        host=words.text(f"{label}.host", "{}组委会"),
        introduction=words.text(f"{label}.introduction"),
        certificate_prefix=f"{label.upper()}-2026",
        **fields,
    )
    for kind in (StageKind.REGISTRATION, StageKind.SUBMISSION):
        StageFactory(competition=made, kind=kind, grace=1234)
    StageFactory(
        competition=made, kind=StageKind.REVIEW, opens_at=timezone.now() + 8 * DAY, closes_at=timezone.now() + 20 * DAY
    )
    return made


def _publish(world: World) -> None:
    """News, files and answers: out, written for later, and not yet out."""
    later = timezone.now() + DAY
    for label, competition, published in [
        ("", world.alpha, {}),
        ("draft_", world.alpha, {"published_at": None}),
        ("future_", world.alpha, {"published_at": later}),
        ("beta_", world.beta, {}),
        ("beta_draft_", world.beta, {"published_at": None}),
        ("gamma_", world.gamma, {}),
    ]:
        _three(world, label, competition, published)


def _three(world: World, label: str, competition: Any, published: dict[str, Any]) -> None:
    text = world.canaries.text
    news = AnnouncementFactory(
        competition=competition, title=text(f"{label}news.title"), body=text(f"{label}news.body"), **published
    )
    document = DocumentFactory(
        competition=competition,
        title=text(f"{label}document.title"),
        file_name=f"{world.canaries.word(f'{label}document.file')}.pdf",
        file=files.store(ContentFile(pdf(world.canaries.word(f"{label}document.content")))),
        **published,
    )
    world.canaries.literal(f"{label}document.id", document.public_id)
    question = QuestionFactory(
        competition=competition,
        question=text(f"{label}question.question"),
        answer=text(f"{label}question.answer"),
        **published,
    )
    for name, row in (("news", news), ("document", document), ("question", question)):
        setattr(world, label + name, row)
