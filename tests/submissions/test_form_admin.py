"""Organizers edit a form in the administration, look at it, and publish it with a reason."""

import pytest

from submissions.canonical import sha256_of
from submissions.models import EntryForm, EntryFormVersion, FormSection
from submissions.services.forms import definition_from
from tests.factories.forms import columns, form_of, options, publish, section, slot
from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tests.submissions.people import client_for

pytestmark = pytest.mark.django_db
LIST = "/admin/submissions/entryform/"
REASON = "按组委会通知增加效益一节。"


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def client(competition):
    return client_for(OrganizerFactory(competition=competition).user)


@pytest.fixture
def form(competition):
    kinds = options("case", "solution")
    publish(
        competition,
        section("background", limit=500, group="一、概述"),
        section("work_type", "choice", options=kinds),
        section("place", "line", shown_if={"section": "work_type", "values": ["case"]}),
        section("units", "rows", columns=columns("name", is_required=True)),
        slots=[slot("proposal", is_required=True)],
    )
    return form_of(competition)


def url(form, page="change"):
    return f"{LIST}{form.pk}/{page}/"


def filled_in(page):
    """What the page's form sends when nobody changes anything."""
    data = {}
    for formset in [each.formset for each in page.context["inline_admin_formsets"]]:
        for each in [formset.management_form, *formset.forms]:
            for field in each:
                value = field.value()
                if value not in (None, False):
                    data[field.html_name] = value
    return data


def save(client, form, **changes):
    return client.post(url(form), filled_in(client.get(url(form))) | changes)


def confirm(client, form, **changes):
    data = {"reason": REASON, "sha256": sha256_of(definition_from(form))}
    return client.post(url(form, "publish"), data | changes)


def test_a_form_that_is_saved_as_it_stands_stays_as_it_is(client, form):
    before = definition_from(form)

    assert (save(client, form).status_code, definition_from(form)) == (302, before)


def test_a_new_form_leads_to_its_sections(client, competition):
    response = client.post(f"{LIST}add/", {"competition": competition.pk, "track": ""})

    assert response["Location"] == url(form_of(competition))


def test_a_second_form_of_a_competition_is_refused_at_the_page(client, competition, form):
    response = client.post(f"{LIST}add/", {"competition": competition.pk, "track": ""})

    assert (response.status_code, EntryForm.objects.count()) == (200, 1)


def test_a_track_gets_a_form_of_its_own(client, competition):
    track = TrackFactory(competition=competition)

    client.post(f"{LIST}add/", {"competition": competition.pk, "track": track.pk})

    assert EntryForm.objects.get().track == track


def test_a_changed_limit_is_kept(client, form):
    save(client, form, **{"sections-0-limit": "800"})

    assert form.sections.get(key="background").limit == 800


def test_an_option_is_added_as_a_line(client, form):
    save(client, form, **{"sections-1-options": "case | 案例成果\r\nsolution | 解决方案\r\nother | 其他"})

    assert [each["key"] for each in form.sections.get(key="work_type").options] == ["case", "solution", "other"]


def test_a_section_is_taken_out(client, form):
    save(client, form, **{"sections-0-DELETE": "on"})

    assert not FormSection.objects.filter(key="background").exists()


BAD_FIELDS = {
    "sections-0-key": "Background!",
    "sections-0-title": "",
    "sections-0-limit": "20001",
    "sections-1-options": "only a label",
    "sections-3-columns": "name | 名称 | video",
    "sections-3-max_rows": "10000",
}


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS.items(), ids=BAD_FIELDS)
def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(client, form, field, value):
    before = definition_from(form)

    response = save(client, form, **{field: value})

    prefix, name = field.rsplit("-", 1)
    (errors,) = [
        each.errors
        for inline in response.context["inline_admin_formsets"]
        for each in inline.formset.forms
        if each.prefix == prefix
    ]
    assert (list(errors), definition_from(form)) == ([name], before)


def test_the_preview_shows_what_is_asked_under_a_condition_too(client, form):
    page = client.get(url(form, "preview")).content.decode()

    assert ('id="section-place"' in page, "选项case" in page.split('id="section-place"')[1]) == (True, True)


def test_the_preview_of_a_tracks_form_begins_with_the_competitions(client, competition, form):
    track = TrackFactory(competition=competition)
    publish(competition, section("acreage", "number"), track=track)

    page = client.get(url(EntryForm.objects.get(track=track), "preview")).content.decode()

    assert page.index('id="section-background"') < page.index('id="section-acreage"')


def test_before_it_is_published_the_page_says_what_changes_for_how_many(client, competition, form):
    SubmissionFactory.create_batch(2, team=TeamFactory(competition=competition))
    form.sections.filter(key="background").update(limit=800)

    page = client.get(url(form, "publish")).context

    assert ([str(each.title) for each in page["changes"]], page["count"]) == (["第background节"], 2)


def test_publishing_keeps_who_and_why(client, form):
    form.sections.filter(key="background").update(limit=800)

    confirm(client, form)

    version = EntryFormVersion.objects.get(number=2)
    assert (version.reason, version.published_by) == (REASON, OrganizerFactory._meta.model.objects.get().user)


def test_a_change_is_not_published_without_a_reason(client, form):
    form.sections.filter(key="background").update(limit=800)

    response = confirm(client, form, reason="")

    assert (response.status_code, list(response.context["form"].errors)) == (400, ["reason"])


def test_the_first_version_needs_no_reason(client, competition):
    client.post(f"{LIST}add/", {"competition": competition.pk, "track": ""})
    form = form_of(competition)

    assert confirm(client, form, reason="").status_code == 302


def test_what_somebody_changed_meanwhile_is_not_published_unseen(client, form):
    form.sections.filter(key="background").update(limit=800)
    looked_at = sha256_of(definition_from(form))
    form.sections.filter(key="background").update(limit=900)

    response = confirm(client, form, sha256=looked_at)

    assert (response.status_code, EntryFormVersion.objects.count(), REASON in response.content.decode()) == (
        409,
        1,
        True,
    )


def test_the_page_sent_again_after_a_conflict_publishes_what_it_shows(client, form):
    form.sections.filter(key="background").update(limit=800)
    shown = confirm(client, form, sha256="0" * 64).context["form"]["sha256"].value()

    assert confirm(client, form, sha256=shown).status_code == 302


def test_a_form_that_cannot_be_asked_is_refused_with_its_reasons(client, form):
    form.sections.filter(key="work_type").update(options=[])

    response = confirm(client, form)

    assert (response.status_code, len(response.context["form"].non_field_errors())) == (400, 2)


def test_the_history_says_what_each_version_changed(client, form):
    form.sections.filter(key="background").update(limit=800)
    confirm(client, form)

    history = client.get(url(form)).context["history"]

    assert [(version.number, len(changes)) for version, changes in history] == [(2, 1), (1, 6)]


@pytest.mark.parametrize("page", ["change", "preview", "publish"])
def test_a_form_of_another_competition_is_missing(form, page):
    assert client_for(OrganizerFactory().user).get(url(form, page)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_forms(client, competition, count, django_assert_num_queries):
    for _each in range(count):
        publish(competition, section("acreage"), track=TrackFactory(competition=competition))
        publish(CompetitionFactory(), section("background"))
    client.get(LIST)

    with django_assert_num_queries(8):
        client.get(LIST)
