"""With the keyboard alone, and in a browser without scripts: what a person needs works."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PEOPLE
from tests.browser.site import Person, Site
from tests.browser.visitors import PHONE

LIMIT = 40


@pytest.fixture
def captain(site: Site) -> Person:
    return next(person for person in site.people if person.email == PEOPLE["captain"])


@pytest.fixture
def plain(browser_context_factory) -> Page:
    """A phone whose browser runs no scripts."""
    page = browser_context_factory(java_script_enabled=False).new_page()
    page.set_viewport_size(PHONE)
    return page


def tab_to(page: Page, selector: str) -> None:
    wanted = page.locator(selector).first
    for _ in range(LIMIT):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{selector} is not within {LIMIT} steps of the keyboard")


@pytest.mark.parametrize("path", ["/", "/sichuan-2026/tracks/9/topics/2/", "/accounts/login/"])
def test_the_first_step_skips_to_the_content(page, path):
    page.goto(path)
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")

    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_where_the_keyboard_stands_is_seen(page):
    page.goto("/")
    tab_to(page, "main a.btn")

    outline = page.locator(":focus").evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline != "none"


def test_the_phones_menu_opens_and_closes_with_the_keyboard(page):
    page.set_viewport_size(PHONE)
    page.goto("/")
    menu = page.locator("header details.menu")
    tab_to(page, "header details.menu > summary")
    page.keyboard.press("Enter")

    expect(menu.get_by_role("link", name="登录")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="登录")).to_be_hidden()


def test_a_captain_signs_in_with_the_keyboard(page, captain):
    page.goto("/accounts/login/")
    tab_to(page, "input[name=login]")
    page.keyboard.type(captain.email)
    tab_to(page, "input[name=password]")
    page.keyboard.type(captain.password)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/desk/$"))


def test_a_captain_signs_in_without_scripts(plain, captain):
    plain.goto("/")
    menu = plain.locator("header details.menu")
    menu.locator("summary").first.click()
    menu.get_by_role("link", name="登录").click()
    plain.locator("input[name=login]").fill(captain.email)
    plain.locator("input[name=password]").fill(captain.password)
    plain.locator("main").get_by_role("button", name="登录").click()

    expect(plain).to_have_url(re.compile("/desk/$"))


def test_a_visitor_finds_a_topic_from_home_without_scripts(plain):
    plain.goto("/")
    plain.get_by_role("searchbox").fill("公积金")
    plain.get_by_role("searchbox").press("Enter")

    expect(plain.locator("li.best")).to_contain_text("住房公积金")


def test_the_language_is_switched_and_remembered_without_scripts(plain):
    plain.goto("/sichuan-2026/tracks/9/")
    plain.locator("header details.menu > summary").click()
    plain.locator("header details.menu").get_by_role("button", name="English").click()

    expect(plain.locator("html")).to_have_attribute("lang", "en")
    expect(plain).to_have_url(re.compile("/sichuan-2026/tracks/9/$"))
    plain.goto("/")
    expect(plain.locator("html")).to_have_attribute("lang", "en")
