"""What a link to a page looks like where it is shared, and which address is the page's own."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.text import Truncator
from django.utils.translation import get_language

register = template.Library()

LONGEST = 150
LOCALES = {"zh-hans": "zh_CN", "en": "en_US"}


@register.inclusion_tag("components/share.html", takes_context=True)
def share(context: Context, title: str, description: str = "", kind: str = "website", path: str = "") -> dict[str, Any]:
    """For the block ``meta``. ``path`` when the page has another address than the one asked for."""
    words = " ".join(str(description).split())
    return {
        "title": title,
        "description": Truncator(words).chars(LONGEST),
        "kind": kind,
        "url": settings.CANONICAL_URL + (path or context["request"].path),
        "locale": LOCALES.get(get_language() or "", "zh_CN"),
        "site_name": context.get("site_name", ""),
    }
