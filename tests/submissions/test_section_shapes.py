"""A section that is put together once is the one that its template says."""

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from submissions.boxes import Box
from submissions.definition import Column, Condition, Option, Section
from submissions.enums import SectionKind
from submissions.templatetags.section_shapes import section_to_write

OPTIONS = (Option("a", "甲"), Option("b", "乙 <b>"))
SAID = {
    SectionKind.CHOICE: "b",
    SectionKind.CHOICES: ["a", "b"],
    SectionKind.ROWS: [{"name": "<李>"}],
    SectionKind.PEOPLE: [{"name": "<李>"}],
}


def section_of(kind, **fields):
    columns = (Column("name", "姓名", "line"),) if kind in {SectionKind.ROWS, SectionKind.PEOPLE} else ()
    options = OPTIONS if kind in {SectionKind.CHOICE, SectionKind.CHOICES} else ()
    return Section("part", "部分 <b>", kind, hint="如实填写", options=options, columns=columns, **fields)


def as_its_template_says(box, history_url="/e/"):
    return render_to_string("submissions/parts/section.html", {"box": box, "history_url": history_url})


@pytest.mark.parametrize("kind", SectionKind.values)
@pytest.mark.parametrize("fields", [{}, {"limit": 500, "is_required": True, "shown_if": Condition("x", ("a", "b"))}])
@pytest.mark.parametrize("is_shown", [True, False])
def test_it_is_what_its_template_says(kind, fields, is_shown):
    section = section_of(kind, **fields)
    for version, value in enumerate([section.nothing, SAID.get(kind, '</textarea><script>"&')]):
        box = Box(section, value, version, is_shown)
        assert section_to_write(box, "/e/") == as_its_template_says(box)


def test_what_is_wrong_with_it_is_said():
    wrong = Box(section_of(SectionKind.LINE), "很长", errors=["最多 2 字"])

    assert section_to_write(wrong, "/e/") == as_its_template_says(wrong)


def test_without_an_entry_there_is_no_way_to_earlier_texts():
    box = Box(section_of(SectionKind.TEXT), "说明")
    section_to_write(box, "/e/")

    assert section_to_write(box) == as_its_template_says(box, "")


def test_what_was_ticked_by_one_team_is_ticked_for_no_other():
    section = section_of(SectionKind.CHOICES)
    section_to_write(Box(section, ["a"]))

    assert section_to_write(Box(section, ["b"])).count(" checked") == 1


def test_each_language_has_its_own():
    box = Box(section_of(SectionKind.TEXT), "说明")
    with translation.override("zh-hans"):
        section_to_write(box)
    with translation.override("en"):
        assert "optional" in section_to_write(box)


@pytest.mark.parametrize(("kind", "gone"), [(SectionKind.CHOICE, "gone"), (SectionKind.CHOICES, ["gone"])])
def test_an_answer_that_is_no_option_any_more_is_no_missing_choice(kind, gone):
    section = section_of(kind)
    section_to_write(Box(section, section.nothing), "/e/")
    box = Box(section, gone)

    assert " checked" not in section_to_write(box, "/e/")
    assert section_to_write(box, "/e/") == as_its_template_says(box)
