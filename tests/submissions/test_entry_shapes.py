"""What stands around an entry's sections is put together once, and says of each entry what is so."""

import pytest
from django.template.loader import render_to_string

from submissions.boxes import Box, Page
from submissions.completeness import Lack, Part
from submissions.definition import Column, Option, Section
from submissions.enums import SectionKind
from submissions.sheet import Block, Group
from submissions.templatetags.entry_shapes import file_line, lines_of_checklist, lines_of_toc
from submissions.templatetags.section_shapes import blocks_to_read, row_to_write
from tests.factories.submissions import AttachmentFactory

WORD = '"><script>'
COLUMNS = (Column("name", "姓名"), Column("role", "分工", "choice", options=(Option("a", "甲"), Option("b", "乙"))))


def row(name, role, place=0):
    values = {"name": name, "role": role}
    cells = [{"column": each, "name": f"a-p-{place}-{each.key}", "value": values[each.key]} for each in COLUMNS]
    return {"place": place, "cells": cells}


@pytest.mark.parametrize("said", [("李", "b"), (WORD, "a"), ("", ""), ("李", "gone"), ("李", WORD)])
@pytest.mark.parametrize("place", [0, 7, "ROW"])
def test_a_row_is_what_its_template_says(said, place):
    shown = row(*said, place=place)

    assert row_to_write(shown) == render_to_string("submissions/parts/section_row.html", {"row": shown})


def test_a_row_that_holds_no_words_is_shown_all_the_same():
    shown = row(3, "b")

    assert row_to_write(shown) == render_to_string("submissions/parts/section_row.html", {"row": shown})


@pytest.mark.parametrize("title", ["", "一、概况"])
@pytest.mark.parametrize(
    "block",
    [
        Block("a", "背景 <b>", "text", text=WORD),
        Block("a", "背景", "text"),
        Block("a", "成员", "people", columns=("姓名",), rows=((WORD,), ("李",))),
    ],
    ids=["words", "nothing", "table"],
)
def test_a_block_is_what_its_template_says(title, block):
    expected = render_to_string("submissions/parts/sheet_block.html", {"block": block, "is_grouped": bool(title)})

    assert blocks_to_read(Group(title, (block,))) == expected


def test_a_heading_stands_before_the_first_of_its_group():
    groups = zip("abcd", ["", "甲", "甲", "乙"], strict=True)
    sections = [Section(key, key, SectionKind.LINE, group=group) for key, group in groups]
    shown = lines_of_toc(Page([Box(each, "") for each in sections], []))

    places = [shown.index(each) for each in ('data-toc-of="a"', "甲", 'data-toc-of="b"', 'data-toc-of="c"', "乙")]
    assert (places, shown.count("toc-group")) == (sorted(places), 2)


@pytest.mark.parametrize(
    ("value", "is_locked", "marks"),
    [("", False, (False, False)), ("x", False, (True, False)), ("x", True, (False, True))],
)
def test_what_is_done_and_what_is_locked_are_marked(value, is_locked, marks):
    shown = lines_of_toc(Page([Box(Section("a", "a", SectionKind.LINE), value, is_locked=is_locked)], []))

    assert ("✓" in shown, "<svg" in shown) == marks


def test_the_checklist_leaves_out_what_nobody_has_to_say():
    lack = Lack("d", "丁", "太长")
    parts = [Part("a", "甲", is_required=True, is_there=True), Part("b", "乙", is_required=False, is_there=False)]
    parts.append(Part("d", "丁", is_required=False, is_there=True, lack=lack))

    shown = lines_of_checklist(parts)

    assert [f'data-part="{each}"' in shown for each in "abd"] == [True, False, True]


@pytest.mark.django_db
def test_a_files_name_is_nobody_elses():
    first, second = AttachmentFactory(name="<一>.pdf"), AttachmentFactory(name="二.docx")
    shown = [file_line(first), file_line(second)]

    assert [("&lt;一&gt;.pdf" in each, "二.docx" in each) for each in shown] == [(True, False), (False, True)]
    assert [first.file.sha256 in shown[0], ">DOCX<" in shown[1]] == [True, True]
