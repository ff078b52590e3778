"""What a draft's page does with answers of all kinds: choices that meet, sections that they bring, pasted words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_writing import ABSTRACT, MAKE, SAVED, state, write
from tests.browser.visitors import signed_in


@pytest.fixture
def address(site) -> str:
    return str(site.manage("shell", "-v", "0", "-c", MAKE).splitlines()[-1])


@pytest.fixture
def captain(browser_context_factory, site) -> Page:
    return signed_in(browser_context_factory, site, "captain")


def test_two_choices_that_meet_are_told_by_their_names_and_one_of_them_is_taken(captain, address):
    second = captain.context.new_page()
    for page in (captain, second):
        page.goto(address)
    captain.get_by_label("案例成果").check()
    expect(state(captain, "work_type")).to_contain_text(SAVED)
    second.get_by_label("解决方案").check()
    clash = second.locator(".clash")
    expect(clash.locator(".theirs")).to_have_text("案例成果")
    expect(clash.locator(".mine")).to_have_text("解决方案")
    expect(clash.get_by_role("button")).to_have_count(2)
    clash.get_by_role("button", name="采用对方的").click()

    expect(second.get_by_label("案例成果")).to_be_checked()


def left(page: Page) -> int:
    """How much is said to be missing still."""
    return int("".join(filter(str.isdigit, page.locator("#ready [data-left]").inner_text())))


def test_a_section_that_a_choice_brings_stands_among_what_is_missing(captain, address):
    captain.goto(address)
    before, choices = left(captain), captain.locator("[data-section=data_types]")
    choices.locator("input[value=public]").check()
    assert left(captain) == before - 1
    choices.locator("input[value=other]").check()
    line = captain.locator("#ready [data-part=section-data_types_other]")
    expect(line).to_be_visible()
    assert left(captain) == before
    choices.locator("input[value=other]").uncheck()

    expect(line).to_be_hidden()
    assert left(captain) == before - 1


def test_what_a_word_processor_puts_between_words_stops_no_section(captain, address):
    captain.goto(address)
    write(captain, "\u200e第一行\u000b第二行\u001e一\u2028\u001f第三行")
    expect(captain.locator(ABSTRACT)).to_have_value("第一行\n第二行-一\n第三行")
    expect(captain.locator("[data-count-for=id_abstract]")).to_have_text(re.compile(r"^13 /"))

    expect(state(captain)).to_contain_text(SAVED)
