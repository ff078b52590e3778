from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first that a browser names counts: nearly all name Chrome and Safari as well.
BROWSERS = {
    "MicroMessenger": "微信",
    "DingTalk": "钉钉",
    "QQBrowser": "QQ浏览器",
    "UCBrowser": "UC浏览器",
    "HuaweiBrowser": "华为浏览器",
    "MiuiBrowser": "小米浏览器",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "OpenHarmony": "HarmonyOS",
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@register.filter
def device(user_agent: str) -> str:
    """“Edge · Windows”: enough to recognise one's own."""
    found = [_first(names, user_agent) for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or _("Unknown program")


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
