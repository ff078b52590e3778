"""What an organizer or a visitor types stays text, and no page breaks under it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.browser.hostile import ENDLESS, IMAGE, LINES, SCRIPT, SLUG, TEMPLATE
from tests.browser.season import run
from tests.browser.visitors import PHONE, WIDE, overflow

HOME = f"/{SLUG}/"
# Where it is shown, and what of it must be read there, letter by letter.
PAGES = {
    "home": (HOME, [*LINES, SCRIPT]),
    "chooser": ("/competitions/", []),
    "track": (f"{HOME}tracks/1/", [SCRIPT]),
    "track-image": (f"{HOME}tracks/3/", [IMAGE]),
    "topic": (f"{HOME}tracks/2/topics/1/", [*LINES, ENDLESS]),
    "announcements": (f"{HOME}announcements/", LINES),
    "announcement": (f"{HOME}announcements/1/", [*LINES, ENDLESS]),
    "faq": (f"{HOME}faq/", [SCRIPT, TEMPLATE]),
    "search": (f"{HOME}search/?q={quote(SCRIPT + TEMPLATE)}", [SCRIPT]),
    "search-endless": (f"{HOME}search/?q={'W' * 1500}", []),
    "results": (f"{HOME}results/", []),
    "nowhere": (f"{HOME}tracks/99/", []),
}


@pytest.fixture(scope="session")
def hostile(season):
    run(season.site, "hostile.fill()")
    return season.site


@pytest.fixture
def site(hostile):
    return hostile


@pytest.mark.parametrize("name", PAGES)
def test_it_stays_text_and_inside_the_page(browser_context_factory, screenshot, name):
    path, words = PAGES[name]
    page = browser_context_factory().new_page()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))

    for size, viewport in (("wide", WIDE), ("phone", PHONE)):
        page.set_viewport_size(viewport)
        page.goto(path)
        assert overflow(page) == []
        screenshot(page, f"hostile/{name}-{size}")

    read = page.locator("main").evaluate("main => main.textContent")
    assert [word for word in words if word not in read] == []
    assert page.title() != "taken"
    assert page.locator("main").locator("img, [onerror], a[href^='javascript:']").count() == 0
