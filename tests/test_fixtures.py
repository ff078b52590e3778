from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from judging.models import Criterion, Rubric
from submissions.canonical import sha256_of
from submissions.definition import FormDefinition
from submissions.models import (
    ChecklistItem,
    EntryForm,
    EntryFormVersion,
    FormSection,
    FormSlot,
    ScreeningPlan,
    ScreeningReason,
)
from submissions.services.forms import check_definition, definition_from
from tracks.guide.importing import plan_import
from tracks.guide.parser import read_guide
from tracks.guide.plan import Change
from tracks.models import Competition, Stage, Topic, TopicRevision, Track

pytestmark = pytest.mark.django_db

LOADED = ("sichuan-2026", "sichuan-2026-form", "sichuan-2026-screening", "sichuan-2026-rubric")
MODELS = (
    *(Competition, Stage, Track, Topic, TopicRevision, EntryForm, FormSection, FormSlot, EntryFormVersion),
    *(ScreeningPlan, ChecklistItem, ScreeningReason),
    *(Rubric, Criterion),
)
GUIDE = Path(__file__).parent / "data" / "2026-sichuan-topic-guide.md"


@pytest.fixture
def guide():
    return read_guide(GUIDE.read_bytes())


@pytest.fixture
def competition():
    call_command("loaddata", *LOADED, verbosity=0)
    return Competition.objects.get(slug="sichuan-2026")


def test_fixture_holds_what_the_import_of_the_guide_makes(competition, guide):
    plan = plan_import(competition, guide)

    assert (plan.counts, plan.writes_something) == (Counter({Change.UNCHANGED: 121}), False)


def test_fixture_holds_the_guides_name_and_introduction(competition, guide):
    assert (f"{competition.name}赛题指南", competition.introduction) == (guide.title, guide.introduction)


def test_fixture_holds_one_first_revision_of_each_topic_with_its_text(competition):
    revisions = TopicRevision.objects.order_by("topic").values_list("topic", "number", "title", "body")

    assert list(revisions) == [(each.pk, 1, each.title, each.body) for each in Topic.objects.order_by("pk")]


def test_fixture_is_what_its_own_models_accept(competition):
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()


def test_loading_the_fixture_again_makes_no_second_rows(competition):
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    call_command("loaddata", *LOADED, verbosity=0)

    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_default_rubric_adds_up_to_a_hundred_points(competition):
    points = [each.max_points * each.weight for each in Criterion.objects.order_by("position")]

    assert (points, sum(points)) == ([Decimal(25), Decimal(30), Decimal(20), Decimal(15), Decimal(10)], Decimal(100))


def test_each_criterion_says_what_to_look_at(competition):
    assert [each.name for each in Criterion.objects.all() if not each.guidance.endswith("。")] == []


def test_form_is_published_as_its_rows_say(competition):
    form = EntryForm.objects.get(competition=competition)
    version = form.versions.get()

    assert (version.definition, version.sha256) == (definition_from(form), sha256_of(version.definition))
    check_definition(form, version.definition)


def test_form_has_the_limits_of_the_application():
    """As the 2026 application form prints them, in characters."""
    call_command("loaddata", *LOADED, verbosity=0)
    definition = FormDefinition.read(EntryFormVersion.objects.get().definition)

    assert {each.key: each.limit for each in definition.sections if each.limit} == {
        "title": 60,
        "abstract": 1000,
        "background": 500,
        "scenario": 500,
        "strengths": 1000,
        "data_foundation": 3000,
        "technology": 4000,
        "governance": 3000,
        "mechanism": 3000,
        "security": 1000,
    }


def test_form_keeps_from_blind_judges_what_names_the_team(competition):
    definition = FormDefinition.read(EntryFormVersion.objects.get().definition)

    assert [each.key for each in definition.sections if each.is_identifying] == ["organizations"]
    assert [each.key for each in definition.slots if each.for_judges] == ["slides", "video"]
