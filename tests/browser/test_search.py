"""Finding a topic in the browser: from home, with the keyboard, with a pasted summary, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from tests.search_sets import abstracts

SUMMARY = next(abstract["text"] for abstract in abstracts("tune") if abstract["topic"] == "2.5")


def test_the_box_on_home_leads_to_the_topic(page):
    page.goto("/")
    page.get_by_role("searchbox").fill("gongjijin")
    page.keyboard.press("Enter")

    expect(page.locator("li.best")).to_contain_text("提高住房公积金服务便捷性")
    expect(page.locator("li.best mark").first).to_have_text("住房公积金")


def test_enter_sends_a_short_question(page):
    page.goto("/sichuan-2026/search/")
    page.get_by_role("textbox").fill("看病")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"\?q="))
    expect(page.locator("li.best")).to_contain_text("医疗健康")


def test_a_summary_finds_its_topic_and_stays_in_the_box(page, screenshot):
    page.goto("/sichuan-2026/search/")
    page.get_by_role("textbox").fill(SUMMARY)
    page.locator("search button").click()

    expect(page.locator("li.best")).to_contain_text("和美乡村")
    expect(page.get_by_role("textbox")).to_have_value(SUMMARY)
    screenshot(page, "search-results")


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(browser_context_factory, width):
    page = browser_context_factory().new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/sichuan-2026/search/?q=农业")

    expect(page.locator("li.best")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_without_scripts(browser_context_factory):
    page = browser_context_factory(java_script_enabled=False).new_page()
    page.goto("/sichuan-2026/search/")
    page.get_by_role("textbox").fill("公积金")
    page.locator("search button").click()

    expect(page.locator("li.best")).to_contain_text("住房公积金")
