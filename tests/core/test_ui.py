from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from portal.core.templatetags import ui
from portal.dashboards.specimens import SpecimenForm

MIDNIGHT = datetime(2030, 8, 10, 16, 0, tzinfo=UTC)  # 00:00 of the 11th in Beijing
RULE = re.compile(r"^\.([\w-]+) \{", re.MULTILINE)


def render(source, **context):
    return Template(source).render(Context(context))


def test_a_window_that_ends_with_the_day_ends_at_24_hours():
    assert ui.deadline(MIDNIGHT) == "2030年8月10日 24:00"


def test_a_microsecond_later_is_the_next_day():
    assert ui.deadline(MIDNIGHT + timedelta(microseconds=1)) == "2030年8月11日 00:00"


def test_an_instant_is_shown_as_beijing_time():
    assert ui.beijing(MIDNIGHT) == "2030年8月11日 00:00"


@pytest.mark.parametrize(("show", "text"), [(ui.beijing, "11 Aug 2030, 00:00"), (ui.deadline, "10 Aug 2030, 24:00")])
def test_english_has_its_own_way_to_write_a_date(show, text):
    with translation.override("en"):
        assert show(MIDNIGHT) == text


def test_the_year_can_be_left_out():
    assert ui.deadline(MIDNIGHT, "short") == "8月10日 24:00"


@pytest.mark.parametrize("show", [ui.beijing, ui.beijing_seconds, ui.beijing_date, ui.deadline, ui.iso, ui.ago])
def test_no_moment_is_nothing_to_show(show):
    assert show(None) == ""


@pytest.mark.parametrize(("number", "name"), [(1, "hue-1"), (24, "hue-24"), (25, "hue-1"), (170, "hue-2")])
def test_a_track_of_any_number_has_a_hue(number, name):
    assert ui.hue(number) == name


def test_the_cross_of_a_name_is_marked_and_the_rest_stays_text():
    assert ui.seal("<b>要素×</b>") == '&lt;b&gt;要素<em class="x">×</em>&lt;/b&gt;'


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812341234", "138****1234"),
        ("", ""),
        ("1234", "****"),
        ("+8613812341234", "138****1234"),
        ("+85261234567", "+852****4567"),
    ],
)
def test_a_phone_number_is_masked(number, shown):
    assert ui.masked_phone(number) == shown


def test_an_icon_says_nothing_to_a_screen_reader():
    assert 'aria-hidden="true"' in ui.icon("check")


@pytest.mark.parametrize("past", [True, False])
def test_time_left_is_never_negative(past):
    left = ui.time_left(MIDNIGHT, MIDNIGHT + timedelta(hours=1) if past else MIDNIGHT - timedelta(hours=25, minutes=3))

    assert left == (ui.Left(0, 0, 0, is_over=True) if past else ui.Left(1, 1, 3, is_over=False))


def test_a_long_text_is_counted_and_not_cut():
    control = ui.control(SpecimenForm()["abstract"])

    assert 'data-limit="200"' in control
    assert "maxlength" not in control


def test_a_field_with_an_error_is_tied_to_it():
    form = SpecimenForm({})
    shown = render("{% include 'components/field.html' with field=field only %}", field=form["title"])

    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_title_helptext id_title_error"' in shown
    assert 'id="id_title_error"' in shown


def test_a_hint_of_the_page_is_tied_to_its_field():
    shown = render(
        "{% include 'components/field.html' with field=field hint='once' only %}", field=SpecimenForm()["email"]
    )

    assert 'aria-describedby="id_email_helptext"' in shown


def test_the_summary_of_errors_leads_to_each_field():
    shown = render("{% include 'components/form_errors.html' with form=form only %}", form=SpecimenForm({}))

    assert 'href="#id_title"' in shown


def test_a_label_from_an_organizer_stays_text():
    class Hostile(forms.Form):
        field = forms.CharField(label="<script>", help_text="<img>")

    shown = render("{% include 'components/field.html' with field=field only %}", field=Hostile()["field"])

    assert "<script>" not in shown
    assert "<img>" not in shown


@pytest.mark.parametrize("page", ["400.html", "403.html", "404.html", "409.html", "429.html", "500.html"])
def test_an_error_page_needs_nothing_around_it(page):
    shown = Template("{% include page %}").render(Context({"page": page}))

    assert page.removesuffix(".html") in shown


def test_no_class_has_its_looks_from_two_style_sheets():
    sheets = [sheet for sheet in (settings.BASE_DIR / "static/css").glob("*.css") if not sheet.name.startswith("admin")]
    names = Counter(name for sheet in sheets for name in set(RULE.findall(sheet.read_text())))

    assert [name for name, count in names.items() if count > 1] == []
