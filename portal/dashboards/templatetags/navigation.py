"""What the main menu offers besides the fixed pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from portal.dashboards.front import results_url
from tracks.models import Competition

register = template.Library()


@register.simple_tag(takes_context=True)
def competition_nav(context: Context) -> dict[str, Any]:
    """The links of the competition shown; a view that knows them already says so in its context."""
    given = context.get("competition_nav")
    competition, request = context.get("competition"), context.get("request")
    if given is not None or request is None or not isinstance(competition, Competition):
        return given or {}
    return {"results_url": results_url(competition, request.user)}
