"""Follow every link from where each person starts; then ask for each found address as somebody else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.urls import resolve

from tests.visibility.actors import ACTORS, STAFF
from tests.visibility.asking import Answer
from tests.visibility.matrix.readers import readers_of
from tests.visibility.sampling import IS_WHOLE, some_of
from tests.visibility.world import World

pytestmark = pytest.mark.django_db

HREF = re.compile(r'<(?:a|link|iframe|img|script|embed|object)\b[^>]*?\b(?:href|src|data)="([^"#]+)')
STARTS = ("/", "/competitions/", "/desk/")
# Static files are everybody's; a sorted or filtered list is the list; the calendar widget is Django's own.
PASSED_OVER = re.compile(r"^/static/|^/theme/|[?&](?:o|_facets|all|e|page|date|category)=|^/admin/.*\?")
# One row of a kind is as good as the next, for as many pages of a route as this.
ALIKE = 6 if IS_WHOLE else 1
# How far each person walks: in ``make test`` everybody another few steps, in ``make matrix`` to the end.
MOST = 10_000 if IS_WHOLE else 14


def links(page: str, answer: Answer) -> set[str]:
    """The addresses on this site that a page leads to."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return set()
    found = {urljoin(page, unescape(each)) for each in HREF.findall(answer.body.decode("utf-8", "replace"))}
    own = {urlsplit(each) for each in found}
    addresses = {each.path + (f"?{each.query}" if each.query else "") for each in own if not each.netloc}
    return {each for each in addresses if each.startswith("/") and not PASSED_OVER.search(each)}


def crawl(world: World, actor: str) -> dict[str, int]:
    """Each address that ``actor`` is led to, with the status of its answer."""
    seen: dict[str, int] = {}
    visited: dict[str, int] = {}
    waiting = [*STARTS, "/admin/"] if actor in STAFF else [*STARTS]
    for where in waiting:
        kind = resolve(where.partition("?")[0]).view_name
        if where in seen or visited.get(kind, 0) >= ALIKE or len(seen) >= MOST:
            continue
        visited[kind] = visited.get(kind, 0) + 1
        answer = world.get(actor, where)
        seen[where] = answer.status
        leads = links(where, answer) | ({answer.location} if answer.location.startswith("/") else set())
        waiting += some_of(leads - seen.keys(), len(leads), actor)
    return seen


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, int]]:
    return {}


def addresses(world: World, found: dict[str, Any], actor: str) -> dict[str, int]:
    if actor not in found:
        found[actor] = crawl(world, actor)
    return found[actor]


def hidden_words(world: World, reader: str, where: str) -> list[str]:
    """What ``reader`` is told at that address and may not know. What the address says they knew before."""
    answer = world.get(reader, where)
    told = world.canaries.in_response(answer.body, answer.headers) - world.canaries.in_text(unquote(where))
    return sorted(label for label in told if reader not in readers_of(label))


@pytest.mark.parametrize("actor", sorted(ACTORS))
def test_links_lead_where_one_may_go_and_addresses_tell_others_nothing(world, found, actor):
    led_to = addresses(world, found, actor)
    told = {
        (where, reader): hidden
        for where in led_to
        for reader in (actor, *some_of(ACTORS.keys() - {actor}, 1, where, actor))
        if (hidden := hidden_words(world, reader, where))
    }

    assert ({where: status for where, status in led_to.items() if status >= 400}, told) == ({}, {})
