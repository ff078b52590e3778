"""Every service of this app refuses whoever runs another competition."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.tracks import (
    AnnouncementFactory,
    DocumentFactory,
    OrganizerFactory,
    QuestionFactory,
    TopicFactory,
    TrackFactory,
)
from tests.refusing import call, services_of
from tracks import services
from tracks.enums import StageKind
from tracks.guide.importing import apply_import, plan_import
from tracks.guide.parser import parse_guide
from tracks.guide.uploads import apply_upload, keep_upload

pytestmark = pytest.mark.django_db
GUIDE = "# 指南\n\n## 赛道一：甲\n\n### 一、乙\n\n丙\n"


@pytest.fixture
def given():
    topic = TopicFactory()
    competition, now = topic.track.competition, timezone.now()
    return {
        "competition": competition,
        "track": topic.track,
        "topic": topic,
        "announcement": AnnouncementFactory(competition=competition),
        "document": DocumentFactory(competition=competition),
        "question": QuestionFactory(competition=competition),
        "organizer": OrganizerFactory(competition=competition),
        "user": UserFactory(),
        "source": competition,
        "places": {topic.pk: (topic.track.number, 99)},
        "numbers": {topic.track_id: 99},
        "content": SimpleUploadedFile("指南.md", GUIDE.encode()),
        "kind": StageKind.PUBLICITY,
        "opens_at": now,
        "closes_at": now + timedelta(days=1),
        "published_at": now,
        "shift": timedelta(days=365),
        "number": 99,
        "version": 1,
        "year": 2027,
        "slug": "another",
        **dict.fromkeys(("title", "body", "name", "short_name", "introduction", "answer", "reason"), "另一个"),
    }


# Anybody may accept a pledge; to hold places is to take locks for a service that asks itself.
ELSEWHERE = ("accept_pledge", "hold_places")


@pytest.mark.parametrize("name", services_of(services, *ELSEWHERE))
def test_who_runs_another_competition_is_refused(given, name):
    if name == "write_question":
        given["question"] = "怎样报名？"
    with pytest.raises(PermissionDenied):
        call(getattr(services, name), given, actor=OrganizerFactory().user)


def test_who_runs_another_competition_uploads_no_guide(given):
    with pytest.raises(PermissionDenied):
        call(keep_upload, given, actor=OrganizerFactory().user)


def test_who_runs_another_competition_applies_no_guide_not_even_one_that_is_out_of_date(given):
    competition, content = given["competition"], given["content"]
    upload = keep_upload(competition, actor=OrganizerFactory(competition=competition).user, content=content)
    with pytest.raises(PermissionDenied):
        apply_upload(upload, actor=OrganizerFactory().user, fingerprint="of another day")


def test_who_runs_another_competition_brings_in_no_guide_and_is_asked_for_no_reason(given):
    plan = plan_import(given["competition"], parse_guide(GUIDE))
    with pytest.raises(PermissionDenied):
        apply_import(given["competition"], plan, actor=OrganizerFactory().user)


@pytest.mark.parametrize("who", [AnonymousUser, lambda: UserFactory(is_active=False)], ids=["signed out", "disabled"])
def test_nobody_gives_a_pledge(given, who):
    with pytest.raises(PermissionDenied):
        services.accept_pledge(given["competition"], actor=who(), version=1)


def test_who_runs_one_track_runs_no_other_and_not_the_whole(given):
    track = TrackFactory(competition=given["competition"])
    actor = OrganizerFactory(competition=track.competition, tracks=[track]).user
    refused = [
        (services.revise_topic, given),
        (services.withdraw_topic, given),
        (services.rename_track, given),
        (services.add_track, given),
        (services.change_competition, given),
    ]
    for service, wanted in refused:
        with pytest.raises(PermissionDenied):
            call(service, wanted, actor=actor)
