"""Markdown as organizers write it: no HTML, no scripts, no pictures, links that vouch for nobody."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache, lru_cache
from html import unescape
from typing import Any

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "a", "ul", "ol", "li"),
    *("h2", "h3", "h4", "h5", "h6", "div", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title", "rel"}, "ol": {"start"}, "div": {"tabindex"}}
CLASSES = {"div": {"table-wrap"}, "table": {"table"}}
SCHEMES = {"http", "https", "mailto"}
# Whatever else a link says, "//host" too, leads to somebody else's site.
OWN_ADDRESS = re.compile(r"/(?![/\\])|[#?]|mailto:")
HEADING = re.compile(r"h([1-6])")


@lru_cache(maxsize=256)
def to_html(text: str, top: int = 2) -> SafeString:
    """``text`` as HTML whose highest heading is ``<h{top}>``. What looks like HTML in it is shown as it stands."""
    rendered = _parser().render(text, {"top": top})
    # A second lock on the door: should the parser ever let more through, this is all that gets out.
    clean = nh3.clean(
        rendered, tags=TAGS, attributes=ATTRIBUTES, allowed_classes=CLASSES, url_schemes=SCHEMES, link_rel=None
    )
    return SafeString(clean)  # nosec B703 # the line above has cleaned it


@lru_cache(maxsize=256)
def to_text(text: str) -> str:
    """The words alone, in one line: for excerpts and previews."""
    return " ".join(unescape(strip_tags(to_html(text))).split())


@cache
def _parser() -> MarkdownIt:
    # People who know no Markdown expect a new line where they typed one.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.core.ruler.push("finish", _finish)
    parser.add_render_rule("image", _words_of_picture)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _finish(state: StateCore) -> None:
    headings = [token for token in state.tokens if HEADING.fullmatch(token.tag)]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) - highest + state.env['top'])}"
    for token in state.tokens:
        for child in token.children or []:
            if child.type == "link_open" and not OWN_ADDRESS.match(str(child.attrs["href"])):
                child.attrs["rel"] = "nofollow noopener"


def _words_of_picture(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """A picture from elsewhere would tell its host who reads the page; the portal keeps none of its own."""
    words = renderer.renderInlineAsText(tokens[index].children, options, env)
    return renderer.text([Token("text", "", 0, content=words)], 0, options, env)


def _table_open(*_args: Any) -> str:
    # On a phone the table scrolls in its frame, with the keyboard too.
    return '<div class="table-wrap" tabindex="0"><table class="table">\n'


def _table_close(*_args: Any) -> str:
    return "</table></div>\n"
