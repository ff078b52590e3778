"""Every page as people see it: wide and on a phone, in both languages, light and dark."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from tests.browser.pages import PLACES, Place
from tests.browser.visitors import COLOURS, PHONE, WIDE, Visitors, barriers, overflow

WEIGHT = 60 * 1024


@pytest.fixture
def site(season):
    return season.site


@pytest.fixture(scope="module")
def visitors(chromium, season) -> Iterator[Visitors]:
    visitors = Visitors(chromium, season.site)
    yield visitors
    visitors.leave()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_reads_well_in_chinese(visitors, season, screenshot, place: Place):
    page = visitors.page(place.who, "zh-hans")
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")

    response = page.goto(season.address(place))
    wide, light = overflow(page), barriers(page)
    screenshot(page, f"pages/{place.name}-wide")
    page.emulate_media(color_scheme="dark")
    dark = barriers(page, rules=COLOURS)
    screenshot(page, f"pages/{place.name}-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    phone = overflow(page)
    screenshot(page, f"pages/{place.name}-phone")

    assert response.status == place.status
    assert {"wide": wide, "light": light, "dark": dark, "phone": phone, "heard": visitors.heard()} == {
        "wide": [], "light": [], "dark": [], "phone": [], "heard": [],
    }  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_reads_well_in_english_on_a_phone(visitors, season, screenshot, place: Place):
    page = visitors.page(place.who, "en")
    page.set_viewport_size(PHONE)

    response = page.goto(season.address(place))
    sticks_out, found = overflow(page), barriers(page)
    screenshot(page, f"pages/{place.name}-phone-en")

    assert response.status == place.status
    assert page.locator("html").get_attribute("lang").startswith("en")
    assert {"phone": sticks_out, "axe": found, "heard": visitors.heard()} == {"phone": [], "axe": [], "heard": []}


def test_the_first_visit_weighs_little(browser_context_factory):
    page = browser_context_factory().new_page()
    loaded = []
    page.on("response", lambda response: loaded.append(response))  # noqa: PLW0108 - playwright marks its handlers

    page.goto("/", wait_until="networkidle")

    weights = {response.url: len(gzip.compress(response.body())) for response in loaded}
    assert sum(weights.values()) <= WEIGHT, weights
