from __future__ import annotations

from django import template

from portal.core.markdown import to_html, to_text

register = template.Library()


@register.filter
def markdown(text: str, top: int = 2) -> str:
    """``{{ body|markdown:3 }}``: as HTML that holds nothing dangerous, its highest heading an ``<h3>``."""
    return to_html(str(text), top)


@register.filter
def markdown_words(text: str) -> str:
    """The words alone, in one line; follow with ``truncatechars``."""
    return to_text(str(text))
