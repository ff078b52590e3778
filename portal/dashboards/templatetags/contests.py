from __future__ import annotations

from django import template
from django.template.context import Context

from portal.dashboards.contests import Contest, contests_at_hand

register = template.Library()


@register.simple_tag(takes_context=True)
def contests(context: Context) -> list[Contest]:
    """The contests that whoever looks runs, with what is in them."""
    request = context.get("request")
    return contests_at_hand(request.user) if request is not None else []
