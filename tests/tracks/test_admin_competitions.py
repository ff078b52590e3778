"""What organizers do with a competition and its calendar in the administration."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from tests.factories.tracks import CompetitionFactory, DocumentFactory, OrganizerFactory, StageFactory
from tracks.models import Announcement

pytestmark = pytest.mark.django_db
OPENS = datetime(2026, 6, 1, tzinfo=UTC)
SETTINGS = ("name", "short_name", "year", "host", "certificate_prefix", "max_team_members", "max_file_size", "hue")


@pytest.fixture
def competition():
    return CompetitionFactory()


@pytest.fixture
def organizer_client(client, competition):
    client.force_login(OrganizerFactory(competition=competition).user)
    return client


def save(client, competition, *, stage=None, **changes):
    """Save the page with one stage: ``stage`` as it is, or a new one, with ``changes``."""
    form = {
        **{name: getattr(competition, name) for name in SETTINGS},
        "introduction": "",
        "stages-TOTAL_FORMS": 1,
        "stages-INITIAL_FORMS": 1 if stage else 0,
        "stages-0-id": stage.pk if stage else "",
        "stages-0-competition": competition.pk,
        "stages-0-kind": "submission",
        "stages-0-opens_at_0": "2026-06-01",
        "stages-0-opens_at_1": "00:00",
        "stages-0-closes_at_0": "2026-08-11",
        "stages-0-closes_at_1": "00:00",
        "stages-0-grace": 0,
        **changes,
    }
    return client.post(reverse("admin:tracks_competition_change", args=[competition.pk]), form)


def test_a_stage_keeps_its_kind(organizer_client, competition):
    stage = StageFactory(competition=competition, opens_at=OPENS, closes_at=OPENS + timedelta(days=1))

    save(organizer_client, competition, stage=stage, **{"stages-0-kind": "review"})

    assert list(competition.stages.values_list("kind", flat=True)) == ["submission"]


def test_a_stage_moves_under_its_kind(organizer_client, competition):
    stage = StageFactory(competition=competition, opens_at=OPENS, closes_at=OPENS + timedelta(days=1))

    save(organizer_client, competition, stage=stage)

    assert competition.stages.get().closes_at == datetime(2026, 8, 10, 16, tzinfo=UTC)


def test_a_new_stage_chooses_its_kind(organizer_client, competition):
    save(organizer_client, competition, **{"stages-0-kind": "review"})

    assert competition.stages.get().kind == "review"


@pytest.mark.parametrize("year", ["0001", "9999"])
@pytest.mark.parametrize("end", ["opens_at", "closes_at"])
def test_a_slip_in_the_year_of_a_stage_is_told_at_its_box(organizer_client, competition, end, year):
    response = save(organizer_client, competition, **{f"stages-0-{end}_0": f"{year}-06-01"})

    (formset,) = response.context["inline_admin_formsets"]
    assert end in formset.formset.errors[0]


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_slip_in_the_year_of_an_announcement_is_told_at_its_box(organizer_client, competition, year):
    form = {"competition": competition.pk, "title": "通知", "body": "正文", "published_at_0": f"{year}-01-01"}
    response = organizer_client.post(reverse("admin:tracks_announcement_add"), {**form, "published_at_1": "00:00"})

    assert "published_at" in response.context["adminform"].form.errors
    assert not Announcement.objects.exists()


def test_a_slip_in_the_year_of_a_document_is_told_at_its_box(organizer_client, competition):
    document = DocumentFactory(competition=competition)
    form = {"title": document.title, "published_at_0": "9999-12-31", "published_at_1": "23:59"}
    response = organizer_client.post(reverse("admin:tracks_document_change", args=[document.pk]), form)

    assert "published_at" in response.context["adminform"].form.errors
