"""Two organizers who import at the same moment; the twin shows what the lock is for."""

import io

import pytest
from django.core.files.base import File
from django.db import connection

from portal.core.errors import Conflict
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.race import race
from tests.submissions.test_races import meeting_point, then_wait
from tracks import services
from tracks.guide import importing
from tracks.guide.importing import apply_import, plan_import
from tracks.guide.parser import parse_guide
from tracks.guide.uploads import apply_upload, keep_upload
from tracks.models import Competition, GuideImport, TopicRevision

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
TEXT = "# 指南\n\n## 赛道一：甲\n\n### 一、第一题\n\n第一句，第二句，第三句，第四句，第五句，第六句。\n"


@pytest.fixture
def competition():
    competition = CompetitionFactory()
    apply_import(competition, plan_import(competition, parse_guide(TEXT)), actor=None, reason="建立")
    return competition


def uploaded(competition, word):
    organizer = OrganizerFactory(competition=competition).user
    content = File(io.BytesIO(TEXT.replace("第二句", word).encode()), name="guide.md")
    return organizer, keep_upload(competition, actor=organizer, content=content)


def deed(competition, organizer, upload):
    plan = plan_import(competition, parse_guide(TEXT))

    def apply():
        own = GuideImport.objects.select_related("competition", "file").get(pk=upload.pk)
        return apply_upload(own, actor=organizer, fingerprint=plan.fingerprint, reason="勘误")

    return apply


def import_two(competition):
    return race([deed(competition, *uploaded(competition, word)) for word in ("甲说的", "乙说的")])


def test_of_two_who_import_at_once_one_is_told(competition):
    outcomes = import_two(competition)

    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) == [Conflict]
    assert TopicRevision.objects.count() == 2


def test_without_the_lock_the_second_writes_over_the_first(competition, monkeypatch):
    if not connection.features.has_select_for_update:
        pytest.skip("SQLite lets one write at a time")
    monkeypatch.setattr(services, "hold_places", lambda *args, **kwargs: None)
    barrier = meeting_point(2)
    monkeypatch.setattr(importing, "write_places", then_wait(lambda *args, **kwargs: None, barrier))

    assert [outcome for outcome in import_two(competition) if isinstance(outcome, Exception)] == []
    assert TopicRevision.objects.count() == 3


def test_one_upload_is_imported_once(competition):
    organizer, upload = uploaded(competition, "甲说的")
    outcomes = race([deed(competition, organizer, upload)] * 3)

    assert [type(outcome) for outcome in outcomes].count(Conflict) == 2
    assert Competition.objects.get().guide_imports.exclude(applied_at=None).count() == 1
