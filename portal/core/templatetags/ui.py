"""What pages need to say things the same way everywhere: icons, states, Beijing time, the × of the name."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django import template
from django.db.models import Model
from django.forms import BoundField
from django.template.context import Context
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

register = template.Library()

BEIJING = ZoneInfo("Asia/Shanghai")
HUES = 24
CURRENT = SafeString('aria-current="page"')
SEALED = {"×": SafeString('<em class="x">×</em>'), "”": SafeString("”<wbr>")}
# What a state's colour is, everywhere. A word that means different things is listed with its model.
TONES = {
    "off": "withdrawn declined expired revoked taken_back lapsed recused planned skipped",
    "": "draft pending assigned closed asked",
    "now": "submitted open started certificate.requested awaiting",
    "ok": "approved eligible passed accepted shortlisted published issued assignment.submitted",
    "warn": "returned assignment.started",
    "stop": "refused rejected failed invalid certificate.revoked topic.withdrawn",
}
TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}


class Left(NamedTuple):
    """What is left until an instant, as a clock shows it."""

    days: int
    hours: int
    minutes: int
    is_over: bool


@register.simple_tag
@cache
def icon(name: str) -> str:
    """A lucide icon as inline SVG. It decorates: the words beside it say what it means."""
    return lucide(name, size=None, **{"class": "icon", "aria_hidden": "true", "focusable": "false"})


@register.simple_tag(takes_context=True)
def active(context: Context, *names: str) -> str:
    """``aria-current`` when the page shown has one of these view names, or is in a namespace given as ``name:``."""
    here = view_shown(context)
    is_here = any(here.startswith(name) if name.endswith(":") else here == name for name in names)
    return CURRENT if is_here else ""


def view_shown(context: Context) -> str:
    """The name of the page's view; what is put together for many requests has it as ``view_name``."""
    if "view_name" in context:
        return str(context["view_name"])
    match = getattr(context.get("request"), "resolver_match", None)
    return str(match.view_name) if match else ""


@register.simple_tag
def trail(*pairs: str) -> list[tuple[str, str]]:
    """``{% trail label url label url as crumbs %}``, for components/breadcrumb.html."""
    return list(zip(pairs[::2], pairs[1::2], strict=True))


@register.simple_tag
def control(field: BoundField, hint: str = "") -> str:
    """The widget of a field, tied to its hint.

    No placeholder, because it goes when one begins to type; no cut at the limit, because what is pasted would be lost.
    """
    widget = field.field.widget.attrs
    widget.pop("placeholder", None)
    attrs: dict[str, Any] = {}
    if hint and not field.help_text and not field.use_fieldset:
        error = f" {field.auto_id}_error" if field.errors else ""
        attrs["aria-describedby"] = f"{field.auto_id}_helptext{error}"
    if field.widget_type == "textarea" and "maxlength" in widget:
        attrs["data-limit"] = widget.pop("maxlength")
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("components/badge.html")
def state(thing: Model, field: str = "status") -> dict[str, str]:
    """The badge of a model's state: its word from the enum, its colour from ``TONES``."""
    value = str(getattr(thing, field))
    tone = TONE_OF.get(f"{thing._meta.model_name}.{value}", TONE_OF.get(value, ""))
    return {"label": getattr(thing, f"get_{field}_display")(), "tone": tone}


@register.filter
def hue(number: int) -> str:
    """The class that colours a track by its number."""
    return f"hue-{(int(number) - 1) % HUES + 1}"


@register.filter
def seal(name: str) -> str:
    """The name with its × in vermilion; a line of a heading may end after a closing quotation mark."""
    return format_html_join("", "{}", ((SEALED.get(part, part),) for part in re.split("([×”])", str(name))))


@register.filter
def beijing(moment: datetime | None) -> str:
    if not moment:
        return ""
    local = moment.astimezone(BEIJING)
    return f"{_date(local)}{_between()}{local:%H:%M}"


@register.filter
def beijing_seconds(moment: datetime | None) -> str:
    return "" if not moment else f"{beijing(moment)}:{moment.astimezone(BEIJING):%S}"


@register.filter
def beijing_date(moment: datetime | None) -> str:
    return "" if not moment else _date(moment.astimezone(BEIJING))


@register.filter
def deadline(moment: datetime | None, style: str = "") -> str:
    """An instant that ends a window. The end of a day is its 24:00; ``"short"`` leaves the year out."""
    if not moment:
        return ""
    local = moment.astimezone(BEIJING)
    clock = f"{local:%H:%M}"
    if local.time() == datetime.min.time():
        local, clock = local - timedelta(days=1), "24:00"
    return f"{_date(local, with_year=style != 'short')}{_between()}{clock}"


@register.filter
def short_date(moment: datetime | None) -> str:
    return "" if not moment else _date(moment.astimezone(BEIJING), with_year=False)


@register.filter
def iso(moment: datetime | None) -> str:
    return "" if not moment else moment.astimezone(BEIJING).isoformat(timespec="seconds")


@register.filter
def ago(moment: datetime | None, now: datetime | None = None) -> str:
    if not moment:
        return ""
    now = now or timezone.now()
    if abs(now - moment) < timedelta(minutes=1):
        return _("just now")
    if moment > now:
        return _("in %(span)s") % {"span": timesince(now, moment, depth=1)}
    return _("%(span)s ago") % {"span": timesince(moment, now, depth=1)}


@register.simple_tag
def time_left(until: datetime, now: datetime | None = None) -> Left:
    left = max(until - (now or timezone.now()), timedelta())
    hours, rest = divmod(left.seconds, 3600)
    return Left(left.days, hours, rest // 60, not left)


@register.filter
def masked_phone(number: str) -> str:
    """138****1234: enough to recognise one's own number, not enough to call it."""
    number = str(number or "").removeprefix("+86")
    return f"{number[:-8]}****{number[-4:]}" if len(number) > 8 else "****" * bool(number)


@register.filter
def short_hash(digest: str) -> str:
    digest = str(digest or "")
    return f"{digest[:8]}…{digest[-8:]}" if len(digest) > 20 else digest


def _date(local: datetime, *, with_year: bool = True) -> str:
    if _is_chinese():
        year = f"{local.year}年" if with_year else ""
        return f"{year}{local.month}月{local.day}日"
    year = f" {local.year}" if with_year else ""
    return f"{local.day} {str(MONTHS_3[local.month]).title()}{year}"


def _between() -> str:
    return " " if _is_chinese() else ", "


def _is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
