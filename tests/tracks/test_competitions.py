"""Several competitions side by side: which one is current, what each is called and coloured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories.tracks import CompetitionFactory, OrganizerFactory, StageFactory, TopicFactory
from tracks.models import HOUSE_HUE, Competition
from tracks.querysets import current_of

pytestmark = pytest.mark.django_db
OPENS = datetime(2030, 5, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=60)
TICK = timedelta(microseconds=1)


def running(**fields):
    """One with two stages and a gap between them."""
    competition = CompetitionFactory(**fields)
    StageFactory(competition=competition, kind="submission", opens_at=OPENS, closes_at=OPENS + timedelta(days=1))
    StageFactory(competition=competition, kind="review", opens_at=CLOSES - timedelta(days=1), closes_at=CLOSES)
    return competition


def current(now):
    return current_of(list(Competition.objects.for_choosing(now)))


@pytest.mark.parametrize(
    ("now", "is_current"),
    [
        (OPENS - TICK, False),
        (OPENS, True),
        (OPENS + timedelta(days=30), True),
        (CLOSES - TICK, True),
        (CLOSES, False),
    ],
    ids=["before", "opening", "between stages", "last moment", "closing"],
)
def test_one_is_current_from_its_first_opening_to_its_last_closing(now, is_current):
    competition = running(year=2029)
    latest = CompetitionFactory(year=2030)

    assert current(now) == [competition if is_current else latest]


def test_each_one_that_runs_is_current():
    first, second = running(year=2030), running(year=2029)

    assert current(OPENS) == [first, second]


def test_between_editions_the_latest_year_is_current():
    CompetitionFactory(year=2028)
    national, province = CompetitionFactory.create_batch(2, year=2029)

    assert current(OPENS) == [province, national]


def test_one_in_preparation_is_not_current():
    public = CompetitionFactory(year=2029)
    running(is_published=False, year=2030)

    assert current(OPENS) == [public]


def test_nothing_is_current_where_there_is_nothing():
    assert current(OPENS) == []


def test_the_root_shows_the_one_that_runs(client, time_machine):
    time_machine.move_to(OPENS, tick=False)
    competition = running(year=2029)
    CompetitionFactory(year=2030)

    assert client.get("/").context["competition"] == competition


@pytest.mark.parametrize("count", [2, 4])
def test_the_root_lets_choose_among_several_at_the_same_cost(client, count, time_machine, django_assert_num_queries):
    time_machine.move_to(OPENS, tick=False)
    rows = [running() for _number in range(count)]
    CompetitionFactory(year=2020)

    with django_assert_num_queries(2):
        response = client.get("/")

    assert response.context["current"] == rows[::-1]
    assert len(response.context["others"]) == 1


def test_past_editions_stay_within_reach(client):
    past = CompetitionFactory(year=2020)
    CompetitionFactory(year=2030)

    assert f'href="{past.get_absolute_url()}"' in client.get(reverse("dashboards:competitions")).content.decode()


def test_hidden_ones_are_not_offered_to_visitors(client):
    hidden = CompetitionFactory(is_published=False)

    assert hidden.slug not in client.get(reverse("dashboards:competitions")).content.decode()


def test_a_page_without_competitions_says_so(client):
    assert 'class="empty"' in client.get(reverse("dashboards:competitions")).content.decode()


def test_organizers_find_the_one_they_prepare(client):
    organizer = OrganizerFactory(competition__is_published=False)
    client.force_login(organizer.user)

    assert client.get("/").context["competition"] == organizer.competition


def test_an_unknown_competition_is_named_in_its_404(client):
    response = client.get("/guangdong-2031/")

    assert response.status_code == 404
    assert "guangdong-2031" in response.content.decode()


def test_a_hidden_competition_answers_as_one_that_is_not_there(client):
    CompetitionFactory(slug="hidden", is_published=False)
    there, missing = client.get("/hidden/"), client.get("/absent/")

    assert there.content.decode().replace("hidden", "absent") == missing.content.decode()


def theme_of(page):
    return [line for line in page.content.decode().splitlines() if "/theme/" in line]


def test_a_competition_of_the_houses_hue_needs_no_style_of_its_own(client):
    assert theme_of(client.get(CompetitionFactory(hue=HOUSE_HUE).get_absolute_url())) == []


@pytest.mark.parametrize("hue", [0, 155, 359])
def test_a_competition_of_another_hue_says_so_on_its_pages(client, hue):
    page = client.get(CompetitionFactory(hue=hue).get_absolute_url())

    assert reverse("tracks:theme", args=[hue]) in theme_of(page)[0]


def test_a_hue_is_a_style_sheet_to_keep(client):
    response = client.get(reverse("tracks:theme", args=[155]))

    assert response.content == b":root { --brand-hue: 155; }\n"
    assert (response["Content-Type"], "immutable" in response["Cache-Control"]) == ("text/css; charset=utf-8", True)


def test_a_hue_that_was_seen_is_not_sent_again(client):
    address = reverse("tracks:theme", args=[155])
    etag = client.get(address)["ETag"]

    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("hue", ["360", "99999999999999999999", "-1", "1;}", "a"])
def test_what_is_no_hue_has_no_style(client, hue):
    assert client.get(f"/theme/{hue}.css").status_code == 404


@pytest.mark.database
def test_the_database_refuses_a_hue_beyond_the_circle():
    with pytest.raises(IntegrityError, match="competition_hue_is_an_angle"), transaction.atomic():
        CompetitionFactory(hue=360)


def clone(*arguments):
    said = StringIO()
    call_command("clone_competition", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_makes_next_years_edition():
    source = CompetitionFactory(slug="sichuan-2026", name="2026年大赛", year=2026)
    StageFactory(competition=source, opens_at=OPENS, closes_at=CLOSES)

    assert "/sichuan-2027/" in clone("sichuan-2026")

    copy = Competition.objects.get(slug="sichuan-2027")
    assert (copy.name, copy.year, copy.stages.get().opens_at) == ("2027年大赛", 2027, OPENS + timedelta(days=365))


def test_the_command_says_what_is_wrong():
    CompetitionFactory(slug="sichuan-2026")

    with pytest.raises(CommandError, match="slug"):
        clone("sichuan-2026", "--slug", "sichuan-2026")


def test_the_command_knows_only_what_is_there():
    with pytest.raises(CommandError, match="nowhere"):
        clone("nowhere")


NEW = {"name": "2027年大赛", "short_name": "大赛", "slug": "sichuan-2027", "year": 2027, "shift_days": 365}


def clone_page(competition):
    return reverse("admin:tracks_competition_clone", args=[competition.pk])


def test_a_site_admin_makes_a_new_edition_in_the_administration(admin_client):
    topic = TopicFactory(track__competition__slug="sichuan-2026")
    response = admin_client.post(clone_page(topic.track.competition), NEW)

    copy = Competition.objects.get(slug="sichuan-2027")
    assert response["Location"] == reverse("admin:tracks_competition_change", args=[copy.pk])
    assert copy.tracks.count() == 1


def test_the_form_begins_with_next_years_names(admin_client):
    source = CompetitionFactory(slug="sichuan-2026", short_name="四川2026", year=2026)

    initial = admin_client.get(clone_page(source)).context["form"].initial

    assert (initial["slug"], initial["short_name"], initial["shift_days"]) == ("sichuan-2027", "四川2027", 365)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "theme"}, "slug"),
        ({"slug": "sichuan-2026"}, "slug"),
        ({"name": "a\u202eb"}, "name"),
        ({"year": 1}, "year"),
        ({"shift_days": 10**9}, "shift_days"),
    ],
)
def test_a_new_edition_that_can_not_be_is_refused_at_its_field(admin_client, changes, field):
    source = CompetitionFactory(slug="sichuan-2026")
    response = admin_client.post(clone_page(source), {**NEW, **changes})

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])


def test_organizers_are_not_offered_a_clone(client):
    organizer = OrganizerFactory()
    client.force_login(organizer.user)
    page = client.get(reverse("admin:tracks_competition_change", args=[organizer.competition.pk]))

    assert clone_page(organizer.competition) not in page.content.decode()
    assert client.post(clone_page(organizer.competition), NEW).status_code == 403


def test_organizers_of_another_competition_do_not_find_it(client):
    client.force_login(OrganizerFactory().user)

    assert client.post(clone_page(CompetitionFactory()), NEW).status_code == 404
