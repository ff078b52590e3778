"""What the main menu offers besides the fixed pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core import audit_nightly
from portal.core.shapes import shape_of
from portal.core.templatetags.ui import view_shown
from portal.dashboards.front import results_url
from tracks.models import Competition

register = template.Library()

LONGEST_NAME = 16


@register.simple_tag(takes_context=True)
def competition_nav(context: Context) -> dict[str, Any]:
    """The links of the competition shown; a view that knows them already says so in its context."""
    given = context.get("competition_nav")
    competition, request = context.get("competition"), context.get("request")
    if given is not None or request is None or not isinstance(competition, Competition):
        return given or {}
    return {"results_url": results_url(competition, request.user)}


@register.simple_tag(takes_context=True)
def site_nav(context: Context) -> SafeString:
    """components/site_nav.html, of which only names and addresses differ from page to page."""
    language = get_language() or ""
    user, told = context.get("user"), _told_of_page(context)
    fixed = {"view_name": view_shown(context), "LANGUAGE_CODE": language, "is_signed_in": False, "is_staff": False}
    if user is not None and user.is_authenticated:
        fixed |= {"is_signed_in": True, "is_staff": user.is_staff}
        name = Truncator(user.full_name or user.email).chars(LONGEST_NAME)
        told |= {"name": name, "email": user.email, "person": user.pk, "csrf_token": context.get("csrf_token")}
    there = {name: value for name, value in told.items() if value}
    return shape_of("components/site_nav.html", language, frozenset(there), tuple(fixed.items())).filled(there)


def _told_of_page(context: Context) -> dict[str, Any]:
    competition, request = context.get("competition"), context.get("request")
    told = {
        "path": request.get_full_path() if request else "",
        "results_url": (context.get("competition_nav") or {}).get("results_url"),
    }
    if getattr(competition, "pk", None):
        told["competition_url"] = competition.get_absolute_url()
        told["announcements_url"] = reverse("tracks:announcements", args=[competition.slug])
    return told


@register.simple_tag(takes_context=True)
def trail_alarm(context: Context) -> dict[str, str] | None:
    """What a site admin has to know about the audit trail on every page: that it doesn't hold, or that nobody looks."""
    user = getattr(context.get("request"), "user", None)
    if user is None or not user.is_superuser:
        return None
    latest = audit_nightly.latest()
    if latest is not None and latest.breaks:
        first = latest.breaks[0]
        where = {"scope": first["scope"], "line": first["sequence"], "count": len(latest.breaks)}
        text = _("%(count)s place(s), the first in chain %(scope)s at line %(line)s.") % where
        return {"title": _("The audit trail doesn't hold."), "text": text}
    if audit_nightly.is_overdue(latest):
        text = _("None has come to its end for two days; look at the worker and at beat.")
        return {"title": _("The audit trail isn't being verified."), "text": text}
    return None
