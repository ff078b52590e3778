"""The entry on paper as a Word document: the same content as the PDF, in styles that can be worked with."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

SERIF, SANS = "宋体", "黑体"
STYLES = {"Normal": (SERIF, 11), "Title": (SANS, 22), "Heading 1": (SANS, 15), "Heading 2": (SANS, 12)}
INK = RGBColor(0x1F, 0x29, 0x33)
GREY = RGBColor(0x8A, 0x94, 0xA0)
# Word keeps when a document was made; who is to stay unknown isn't to be found by that either.
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def entry_docx(paper: dict[str, Any]) -> bytes:
    document = Document()
    _prepare(document, paper)
    _head(document, paper)
    for group in paper["groups"]:
        document.add_heading(group["title"], level=1)
        for block in group["blocks"]:
            _block(document, block)
    _team(document, paper["team"])
    _files(document, paper["files"])
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _prepare(document: Any, paper: dict[str, Any]) -> None:
    facts, section = document.core_properties, document.sections[0]
    facts.author = facts.last_modified_by = facts.comments = facts.keywords = ""
    facts.title = f"{paper['title']} 作品申报书"
    facts.created = facts.modified = NO_TIME
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.5)
    for name, font, size in [
        ("Normal", SERIF, 11),
        ("Title", SANS, 22),
        ("Heading 1", SANS, 15),
        ("Heading 2", SANS, 12),
    ]:
        _set_font(document.styles[name], font, size)
    normal = document.styles["Normal"].paragraph_format
    normal.line_spacing, normal.space_after = 1.5, Pt(4)
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    words = [paper["contest"], *(word for word in (_mark(paper), paper["edition"]) if word)]
    _grey(head.add_run(" · ".join(words)))
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _page_number(foot)


def _set_font(style: Any, font: str, size: int) -> None:
    style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), INK
    # Without this Word takes another font for Chinese than for the rest.
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(name), font)


def _page_number(paragraph: Any) -> None:
    for kind, text in [("begin", ""), ("", "PAGE"), ("end", "")]:
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # noqa: SLF001 - python-docx has no other way to a field
        _grey(run)


def _grey(run: Any) -> None:
    run.font.size, run.font.color.rgb = Pt(9), GREY


def _mark(paper: dict[str, Any]) -> str:
    return f"{paper['mark']}，尚未提交" if paper["mark"] else ""


def _head(document: Any, paper: dict[str, Any]) -> None:
    title = document.add_paragraph("作品申报书", style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if paper["mark"]:
        mark = document.add_paragraph()
        mark.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = mark.add_run(_mark(paper))
        run.bold, run.font.color.rgb = True, RGBColor(0xB1, 0x18, 0x2A)
    _table(document, [], [["项目名称", paper["title"]], *paper["facts"]], widths=(3.2, 12.6))


def _block(document: Any, block: dict[str, Any]) -> None:
    document.add_heading(block["title"], level=2)
    if block["columns"]:
        _table(document, block["columns"], block["rows"])
    for line in (block["text"] or ("" if block["columns"] else "（未填写）")).split("\n"):
        if line.strip() or not block["columns"]:
            document.add_paragraph(line)


def _team(document: Any, team: dict[str, Any] | None) -> None:
    if team is None:
        return
    document.add_heading("团队与单位", level=1)
    if note := team.get("note"):
        _grey(document.add_paragraph().add_run(note))
    document.add_paragraph(f"团队名称：{team['name']}")
    _table(document, ["", "单位名称", "统一社会信用代码"], team["organizations"])
    # What was asked for before partners stood in it, and still waits to be drawn, has none.
    for partner in team.get("partners", []):
        document.add_heading(f"联合单位：{partner['title']}", level=2)
        _table(document, [], partner["facts"], widths=(3.2, 12.6))
    document.add_heading("团队成员", level=2)
    _table(document, ["姓名", "角色", *(["职务"] if team.get("has_duties") else [])], team["members"])


def _files(document: Any, files: Sequence[Sequence[str]]) -> None:
    document.add_heading("附件清单", level=1)
    if files:
        _table(document, ["材料", "文件", "字节", "SHA-256"], files, widths=(3.2, 4.2, 2.2, 6.2))
    else:
        document.add_paragraph("（无）")


def _table(document: Any, head: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[float] = ()) -> None:
    lines = [*([head] if head else []), *rows]
    if not lines:
        document.add_paragraph("（未填写）")
        return
    table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Table Grid")
    table.autofit = not widths
    for line, row in zip(lines, table.rows, strict=True):
        for place, (value, cell) in enumerate(zip(line, row.cells, strict=True)):
            cell.text = value
            if widths:
                cell.width = Cm(widths[place])
            if line is head or (not head and place == 0):
                for run in cell.paragraphs[0].runs:
                    run.bold = True
