"""``{% shaped %}``: an ``{% include … only %}`` that is put together once."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.core.shapes import shape_of

register = template.Library()
TOLD = "told_"


@register.simple_tag
def shaped(template_name: str, **words: Any) -> SafeString:
    """The template with ``words``, of which there are few: labels, icons, states. Never what somebody wrote.

    What differs from page to page is called ``told_…``; the template says it as it is, and decides nothing by it but
    whether there is any.
    """
    told = {key.removeprefix(TOLD): value for key, value in words.items() if key.startswith(TOLD)}
    told = {key: value for key, value in told.items() if value is not None and value != ""}
    fixed = tuple((key, value) for key, value in words.items() if not key.startswith(TOLD))
    return shape_of(template_name, get_language() or "", frozenset(told), fixed).filled(told)
