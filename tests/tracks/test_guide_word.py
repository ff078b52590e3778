"""Guides in Word: the same document as in Markdown, and whatever is no guide is refused."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.utils import translation
from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from tracks.guide.document import GuideError, Unit
from tracks.guide.parser import parse_guide
from tracks.guide.readers import read

GUIDE = (Path(__file__).parents[1] / "data" / "2026-sichuan-topic-guide.md").read_text(encoding="utf-8")
SMALL = ["# 指南", "## 赛道一：甲赛道", "### 一、第一题", "甲一的正文。", "**二、第二题**", "甲二的正文。"]


@pytest.fixture(autouse=True, scope="module")
def _reasons_in_english():
    with translation.override("en"):
        yield


def word(lines=SMALL, change=None) -> bytes:
    """A Word file with a paragraph a line."""
    document = Document()
    for line in filter(str.strip, lines):
        if line.startswith("#"):
            document.add_heading(line.strip("#* "), level=min(9, len(line) - len(line.lstrip("#"))))
        elif re.fullmatch(r"\*\*[^*]+\*\*", line):
            document.add_paragraph().add_run(line.strip("*")).bold = True
        else:
            document.add_paragraph(line.strip())
    if change:
        change(document)
    return saved(document)


def saved(document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def content(document):
    """What a guide says, wherever it stands."""
    tracks = [(t.number, t.name, [(x.number, x.title, x.body) for x in t.topics]) for t in document.tracks]
    return document.title, document.introduction, tracks, [repair.removed for repair in document.repairs]


def topics(data):
    return [(topic.title, topic.body) for topic in read("a.docx", data).tracks[0].topics]


def complaint(data, name="a.docx") -> str:
    with pytest.raises(GuideError) as refusal:
        read(name, data)
    return str(refusal.value)


BOTH = [("第一题", "甲一的正文。"), ("第二题", "甲二的正文。")]


def test_the_2026_guide_says_the_same_in_word():
    read_from_word = read("guide.docx", word(GUIDE.splitlines()))

    assert content(read_from_word) == content(parse_guide(GUIDE))
    assert read_from_word.unit is Unit.PARAGRAPH


def test_headings_may_be_styled_or_bold():
    assert topics(word()) == BOTH


def test_a_page_break_within_a_sentence_is_undone():
    def change(document):
        run = document.add_paragraph("并且").runs[0]
        run.add_break(WD_BREAK.PAGE)
        run.add_text("继续。")

    assert topics(word(change=change))[1] == ("第二题", "甲二的正文。\n\n并且继续。")


def test_tracked_changes_are_read_as_accepted():
    def change(document):
        document.paragraphs[-1]._p.append(
            parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="x"><w:r><w:t>添的。</w:t></w:r></w:ins>')
        )
        document.paragraphs[-1]._p.append(
            parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="x"><w:r><w:delText>删的。</w:delText></w:r></w:del>')
        )

    assert topics(word(change=change))[1] == ("第二题", "甲二的正文。添的。")


def test_hidden_text_is_not_read():
    def change(document):
        document.paragraphs[-1].add_run("藏的。").font.hidden = True

    assert topics(word(change=change)) == BOTH


def test_text_in_a_content_control_is_read():
    def change(document):
        xml = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件中的。</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        document.paragraphs[-1]._p.addnext(parse_xml(xml))

    assert topics(word(change=change))[1] == ("第二题", "甲二的正文。\n\n控件中的。")


def test_a_bold_style_makes_a_heading():
    def change(document):
        document.styles["Intense Quote"].font.bold = True
        document.add_paragraph("三、第三题", style="Intense Quote")
        document.add_paragraph("甲三的正文。")

    assert topics(word(change=change)) == [*BOTH, ("第三题", "甲三的正文。")]


def test_a_table_is_refused_with_its_place():
    def change(document):
        document.add_table(1, 1).cell(0, 0).text = "表"

    assert complaint(word(change=change)).startswith("Paragraph 7: a table can't be read here.")


def test_complaints_count_paragraphs():
    lines = [*SMALL[:4], "### 一、又一题", "文。"]

    assert complaint(word(lines)) == "Paragraph 5: topic 1 appears twice; topic 2 was expected."


# What is no Word file


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def changed_part(name: str, change) -> bytes:
    source, file = zipfile.ZipFile(io.BytesIO(word())), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.namelist():
            data = source.read(entry)
            archive.writestr(entry, change(data) if entry == name else data)
    return file.getvalue()


def with_entity(data: bytes) -> bytes:
    head, rest = data.split(b"?>", 1)
    return head + b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + rest.replace("甲一".encode(), b"&e;")


def nested(data: bytes) -> bytes:
    deeper = data.replace(b"<w:r>", b"<w:smartTag>" * 60 + b"<w:r>", 1)
    return deeper.replace(b"</w:r>", b"</w:r>" + b"</w:smartTag>" * 60, 1)


MAIN = "word/document.xml"
NO_WORD = {
    "plain zip": (lambda: packed(**{"a.txt": b"x"}), "is not what its name says"),
    "only the part": (lambda: packed(**{MAIN: b"<x/>"}), "damaged, encrypted or not what"),
    "PDF": (lambda: b"%PDF-1.7\n", "This is a PDF."),
    "encrypted": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "or one with a password"),
    "Markdown": (GUIDE.encode, "damaged, encrypted or not what"),
    "cut short": (lambda: word()[:-200], "damaged, encrypted or not what"),
    "zip bomb": (lambda: packed(**{MAIN: b" " * (21 * 1024**2)}), "unpacks to more than can be read"),
    "many tags": (lambda: changed_part(MAIN, lambda data: b"<a>" * 300_001), "unpacks to more than can be read"),
    "external entity": (lambda: changed_part(MAIN, with_entity), "damaged, encrypted or not what"),
    "broken XML": (lambda: changed_part(MAIN, lambda data: data[:-9]), "damaged, encrypted or not what"),
    "NUL": (lambda: changed_part(MAIN, lambda data: data.replace("甲一".encode(), b"&#0;")), "damaged, encrypted"),
    "surrogate": (lambda: changed_part(MAIN, lambda data: data.replace("甲一".encode(), b"&#xD800;")), "damaged"),
    "bidi": (
        lambda: changed_part(MAIN, lambda data: data.replace("甲一".encode(), b"&#x202E;")),
        "Paragraph 4: ",
    ),
    "workbook": (lambda: packed(**{"xl/workbook.xml": b"<x/>"}), "is not what its name says"),
    "nested deep": (lambda: changed_part(MAIN, nested), "damaged, encrypted or not what"),
}


@pytest.mark.parametrize(("make", "reason"), NO_WORD.values(), ids=NO_WORD)
def test_what_is_no_word_file_is_refused(make, reason):
    assert reason in complaint(make())


@pytest.mark.parametrize("name", ["a.md", "a.csv", "a.json"])
def test_a_word_file_by_another_name_is_named(name):
    assert complaint(word(), name).startswith("This is a zip or an Office file")


# The real guide, as converters might have written it


def level(line: str, marks: int) -> str:
    return f"**{line.strip('#* ')}**" if marks == 0 else f"{'#' * marks} {line.strip('#* ')}"


@settings(max_examples=5)
@given(st.data())
def test_neither_levels_nor_bold_nor_blank_lines_change_the_guide(data):
    ending = data.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    random = data.draw(st.randoms(use_true_random=False))
    lines = []
    for line in filter(str.strip, GUIDE.splitlines()):
        lines.append(level(line, random.randrange(7)) if line.startswith("#") else f"{' ' * random.randrange(3)}{line}")
        lines += [""] * random.randrange(3)

    assert content(read("a.md", ending.join(lines).encode())) == content(parse_guide(GUIDE))


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_no_page_break_within_a_sentence_changes_the_guide(random):
    """A page may end after any comma: what it cuts is put together again."""

    def cut(line: str) -> str:
        return line if line.startswith("#") else re.sub("，", lambda _comma: random.choice(["，", "，\n\n"]), line)

    pieces = map(cut, GUIDE.splitlines())
    text = "\n".join(pieces)

    assert content(read("a.md", text.encode())) == content(parse_guide(GUIDE))
