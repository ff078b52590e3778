"""Where a request comes from, as much of it as is kept: the network, and the browser in a word."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

# The first that fits: most browsers claim to be others as well.
BROWSERS = [
    (re.compile(rf"\b{mark}/(\d{{1,4}})(?!\d)"), name)
    for mark, name in [
        ("MicroMessenger", "WeChat"),
        ("DingTalk", "DingTalk"),
        ("Edg(?:A|iOS)?", "Edge"),
        ("OPR", "Opera"),
        ("QQBrowser", "QQ Browser"),
        ("HuaweiBrowser", "Huawei Browser"),
        ("SamsungBrowser", "Samsung Internet"),
        ("(?:Firefox|FxiOS)", "Firefox"),
        ("(?:Chrome|CriOS)", "Chrome"),
        ("Version", "Safari"),
    ]
]
SYSTEMS = [
    (re.compile(mark), name)
    for mark, name in [
        ("OpenHarmony|HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone|iPad", "iOS"),
        ("Windows", "Windows"),
        ("Mac OS X|Macintosh", "macOS"),
        ("Linux|X11", "Linux"),
    ]
]
LONGEST = 512


def client_address(request: HttpRequest) -> str:
    """The client's own address: what our own proxies say of it, nothing that it says itself."""
    count = settings.TRUSTED_PROXY_COUNT
    if count:
        hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(hops) >= count and _parsed(hops[-count]) is not None:
            return hops[-count]
    return str(request.META.get("REMOTE_ADDR") or "")


def network_of(address: str) -> str:
    """``203.0.113.0/24``: enough to recognise where one has been, too little to find anybody."""
    parsed = _parsed(address)
    if parsed is None:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    width = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{parsed}/{width}", strict=False))


def browser_of(request: HttpRequest) -> str:
    """``Chrome 126 · Windows``; of what the browser says of itself only the words that we know."""
    claimed = request.headers.get("User-Agent", "")[:LONGEST]
    browser = next((f"{name} {found[1]}" for mark, name in BROWSERS if (found := mark.search(claimed))), "")
    system = next((name for mark, name in SYSTEMS if mark.search(claimed)), "")
    return " · ".join(part for part in (browser, system) if part)


def trace_of(request: HttpRequest | None) -> dict[str, str]:
    """What the audit trail keeps of a request's origin."""
    if request is None:
        return {}
    return {"address": network_of(client_address(request)), "browser": browser_of(request)}


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        return None
