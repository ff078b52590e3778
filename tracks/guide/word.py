"""From a Word file to the headings and lines that a guide in Markdown has."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.oxml.ns import qn

from portal.core.archives import BadArchive, open_archive
from tracks.guide.document import GuideError, Unit
from tracks.guide.lines import Line, refuse_unprintable

_PARAGRAPH, _TABLE, _RUN, _TEXT_BOX = qn("w:p"), qn("w:tbl"), qn("w:r"), qn("w:txbxContent")
# What somebody deleted or moved away while changes were tracked, and pictures; a box with text is found before.
_UNREAD = {qn("w:del"), qn("w:moveFrom"), qn("w:pict"), qn("w:drawing"), qn("w:object"), qn("w:pPr"), qn("w:rPr")}
_TEXTS = {qn("w:t"), qn("m:t")}
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TITLES = ("title", "subtitle", "heading", "标题", "副标题")
_NO = {"0", "false", "off", "none"}
_DEEPEST = 50
# What python-docx raises on a file that somebody else's program wrote, or somebody with bad intentions.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError)


def word_lines(data: bytes) -> list[Line]:
    """What the paragraphs say, each with its number; those that are empty count, as in the window of Word."""
    try:
        open_archive(data, part="word/document.xml")
    except BadArchive as error:
        raise GuideError(1, str(error), unit=Unit.PARAGRAPH) from error
    try:
        document = Document(io.BytesIO(data))
        return list(_lines(document.element.body, _Styles(document.styles)))
    except GuideError:
        raise
    except _UNREADABLE as error:
        reason = _("the file is damaged, encrypted or not what its name says.")
        raise GuideError(1, reason, unit=Unit.PARAGRAPH) from error


class _Styles:
    """What a style says of its paragraphs, or the style that it is based on."""

    def __init__(self, styles: Any):
        self._by_id = {style.style_id: style for style in styles}
        self._headings: dict[str, bool] = {}
        self._bold: dict[str, bool] = {}

    def is_heading(self, style_id: str | None) -> bool:
        return self._known(self._headings, style_id, _is_heading)

    def is_bold(self, style_id: str | None) -> bool:
        return self._known(self._bold, style_id, lambda style: _switch(style.element, "w:rPr", "w:b"))

    def is_contents(self, style_id: str | None) -> bool:
        style = self._by_id.get(style_id or "")
        return style is not None and (style.name or "").lower().startswith("toc")

    def _known(self, answers: dict[str, bool], style_id: str | None, ask: Any) -> bool:
        if not style_id:
            return False
        if style_id not in answers:
            told = (ask(style) for style in self._chain(style_id))
            answers[style_id] = next((answer for answer in told if answer is not None), False)
        return answers[style_id]

    def _chain(self, style_id: str) -> Iterator[Any]:
        for _step in range(_DEEPEST):
            style = self._by_id.get(style_id)
            if style is None:
                return
            yield style
            style_id = _value(style.element.find(qn("w:basedOn"))) or ""


def _lines(body: Any, styles: _Styles) -> Iterator[Line]:
    number = 0
    for element in _blocks(body):
        number += 1
        if element.tag == _TABLE:
            raise _refusal(number, _("a table can't be read here. Write it as text, or import an .xlsx or .csv."))
        style_id = _value(element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))
        if styles.is_contents(style_id):
            continue
        if any(True for box in element.iter(_TEXT_BOX) if "".join(box.itertext()).strip()):
            raise _refusal(number, _("there is text in a text box. Move it into the text itself."))
        text = "".join(_texts(element)).strip()
        try:
            refuse_unprintable(number, text.replace("\n", ""))
        except GuideError as error:
            raise _refusal(number, error.reason) from error
        if text and _heads(element, style_id, styles):
            yield Line(number, text, "".join(text.split("\n")))
        else:
            yield from (Line(number, piece.strip()) for piece in text.split("\n") if piece.strip())


def _blocks(element: Any, depth: int = 0) -> Iterator[Any]:
    """Paragraphs and tables with text, in reading order, those in content controls too."""
    for child in element:
        if child.tag == _PARAGRAPH or (child.tag == _TABLE and "".join(child.itertext()).strip()):
            yield child
        elif child.tag not in _UNREAD | {_TABLE} and depth < _DEEPEST:
            yield from _blocks(child, depth + 1)


def _texts(element: Any, depth: int = 0) -> Iterator[str]:
    for child in element:
        if child.tag in _TEXTS:
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in _UNREAD and not _is_hidden(child):
            if depth == _DEEPEST:
                raise ValueError("nested too deep")
            yield from _texts(child, depth + 1)


def _heads(paragraph: Any, style_id: str | None, styles: _Styles) -> bool:
    """By its style, its place in the outline, or because all of it is bold."""
    level = _value(paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}"))
    if styles.is_heading(style_id) or _is_outlined(level):
        return True
    runs = [run for run in paragraph.iter(_RUN) if "".join(_texts(run)).strip()]
    return bool(runs) and all(_is_bold(run, style_id, styles) for run in runs)


def _is_heading(style: Any) -> bool | None:
    if (style.name or "").lower().startswith(_TITLES):
        return True
    level = style.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    return None if level is None else _is_outlined(_value(level))


def _is_outlined(level: str | None) -> bool:
    return level is not None and level.isdigit() and int(level) < 9


def _is_bold(run: Any, style_id: str | None, styles: _Styles) -> bool:
    own = _switch(run, "w:rPr", "w:b")
    if own is not None:
        return own
    return styles.is_bold(_value(run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}"))) or styles.is_bold(style_id)


def _is_hidden(element: Any) -> bool:
    return element.tag == _RUN and bool(_switch(element, "w:rPr", "w:vanish"))


def _switch(element: Any, *path: str) -> bool | None:
    found = element.find("/".join(map(qn, path)))
    return None if found is None else (_value(found) or "true") not in _NO


def _value(element: Any) -> str | None:
    return None if element is None else element.get(qn("w:val"))


def _refusal(number: int, reason: str) -> GuideError:
    return GuideError(number, reason, unit=Unit.PARAGRAPH)
