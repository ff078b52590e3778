"""Words that lie in a browser: each page's own, each person's own, and asked about before somebody signs out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PEOPLE
from tests.browser.test_writing import ABSTRACT, MAKE, SAVED, WORDS, state, write
from tests.browser.visitors import sign_in, signed_in

OTHERS = "另一页里写的另一段话。"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('entry:')).length"
LYING = (
    "Object.entries(localStorage).filter(([key]) => key.startsWith('entry:')).map(([, copy]) => JSON.parse(copy).value)"
)
SAVING = "**/sections/**"


@pytest.fixture
def address(site) -> str:
    return str(site.manage("shell", "-v", "0", "-c", MAKE).splitlines()[-1])


@pytest.fixture
def captain(browser_context_factory, site) -> Page:
    """In a session of their own, which ends with the test."""
    page = browser_context_factory().new_page()
    sign_in(page, site, PEOPLE["captain"])
    return page


def cut_off(page: Page, address: str, text: str) -> None:
    """``text`` typed in ``page``, and no way to the server for it."""
    page.route(SAVING, lambda route: route.abort())
    page.goto(address)
    write(page, text)
    expect(state(page)).to_contain_text("网络中断")


def sign_out(page: Page) -> None:
    page.locator(".bar-nav details.fold > summary").last.click()
    page.locator(".bar-nav form[data-sign-out] button").click()


def question(page: Page):
    return page.locator("#words-left")


def test_what_two_pages_left_is_all_there(captain, address, site):
    captain.goto(address)
    second = captain.context.new_page()
    second.goto(address)
    # Signed out, so that nothing of it reaches the server however the pages are closed.
    captain.context.clear_cookies(name="session")
    for page, text in ((captain, WORDS), (second, OTHERS)):
        write(page, text)
        expect(page.locator("#signed-out")).to_be_visible()
    again = captain.context.new_page()
    captain.close()
    second.close()
    sign_in(again, site, PEOPLE["captain"])
    again.goto(address)
    again.get_by_role("button", name="合并两份").click()

    expect(state(again)).to_contain_text(SAVED)
    again.reload()
    assert set(again.locator(ABSTRACT).input_value().split("\n")) == {WORDS, OTHERS}
    assert again.evaluate(KEPT) == 0


def test_what_a_page_has_is_its_own_as_long_as_it_is_open(captain, address):
    cut_off(captain, address, WORDS)
    second = captain.context.new_page()
    second.goto(address)
    write(second, OTHERS)
    expect(state(second)).to_contain_text(SAVED)

    expect(captain.locator(ABSTRACT)).to_have_value(WORDS)
    captain.wait_for_function(f"words => {LYING}.join() === words", arg=WORDS)


def test_what_a_page_leaves_is_taken_up_by_the_one_that_is_open(captain, address):
    cut_off(captain, address, WORDS)
    second = captain.context.new_page()
    second.goto(address)
    expect(second.locator(ABSTRACT)).to_have_value("")
    captain.close()

    expect(second.locator(ABSTRACT)).to_have_value(WORDS)
    expect(state(second)).to_contain_text(SAVED)


def test_signing_out_sends_what_was_typed_a_moment_ago(captain, address, browser_context_factory, site):
    captain.goto(address)
    write(captain, WORDS)
    sign_out(captain)
    expect(captain.locator("form[data-sign-out]")).to_have_count(0)
    other = signed_in(browser_context_factory, site, "newcomer")
    other.goto(address)

    expect(other.locator(ABSTRACT)).to_have_value(WORDS)
    assert captain.evaluate(KEPT) == 0


def test_words_that_can_not_be_sent_are_removed_when_asked_to(captain, address, site):
    cut_off(captain, address, WORDS)
    sign_out(captain)
    expect(question(captain)).to_contain_text("项目简述")
    question(captain).locator("[data-choice=remove]").click()

    expect(captain.locator("form[data-sign-out]")).to_have_count(0)
    assert captain.evaluate(KEPT) == 0


def test_another_page_forgets_them_as_well(captain, address):
    second = captain.context.new_page()
    cut_off(second, address, WORDS)
    captain.route(SAVING, lambda route: route.abort())
    captain.goto("/desk/")
    sign_out(captain)
    question(captain).locator("[data-choice=remove]").click()

    expect(second.locator(ABSTRACT)).to_have_count(0)
    assert second.evaluate(KEPT) == 0


def test_whoever_changes_their_mind_stays(captain, address):
    cut_off(captain, address, WORDS)
    sign_out(captain)
    question(captain).locator("[data-close]").click()
    expect(question(captain)).to_be_hidden()
    captain.unroute(SAVING)
    sign_out(captain)

    expect(captain.locator("form[data-sign-out]")).to_have_count(0)
    assert captain.evaluate(KEPT) == 0


def test_words_that_stay_are_their_writers_alone(captain, address, site):
    cut_off(captain, address, WORDS)
    sign_out(captain)
    question(captain).locator("[data-choice=keep]").click()
    expect(captain.locator("form[data-sign-out]")).to_have_count(0)
    captain.unroute(SAVING)

    sign_in(captain, site, PEOPLE["newcomer"])
    captain.goto(address)
    expect(captain.locator(ABSTRACT)).to_have_value("")
    sign_out(captain)
    expect(captain.locator("form[data-sign-out]")).to_have_count(0)

    sign_in(captain, site, PEOPLE["captain"])
    captain.goto(address)
    expect(captain.locator(ABSTRACT)).to_have_value(WORDS)
    expect(state(captain)).to_contain_text(SAVED)


def test_an_answer_that_puts_nothing_aside_takes_nothing_from_the_browser(captain, address):
    captain.goto(address)
    captain.route(SAVING, lambda route: route.fulfill(status=409, json={}), times=1)
    write(captain, WORDS)

    expect(state(captain)).to_contain_text("网络中断")
    assert captain.evaluate(KEPT) == 1
    expect(state(captain)).to_contain_text(SAVED)


def test_a_choice_that_a_page_left_shows_what_hangs_on_it(captain, address):
    captain.goto(address)
    captain.context.set_offline(True)
    captain.locator("[data-section=data_types] input[value=other]").check()
    expect(state(captain, "data_types")).to_contain_text("网络中断")
    again = reopened(captain)
    again.goto(address)

    expect(again.locator("[data-section=data_types_other]")).to_be_visible()


def test_rows_that_a_page_left_are_all_there_however_few_the_form_takes_since(captain, address):
    captain.goto(address)
    captain.context.set_offline(True)
    names = "[data-section=organizations] [data-column=name] input"
    for place in range(2):
        captain.locator(names).nth(place).fill(f"单位{place}")
    expect(state(captain, "organizations")).to_contain_text("网络中断")
    again = reopened(captain)
    again.route(f"**{address}", take_one_row)
    again.goto(address)

    expect(again.locator(names).first).to_have_value("单位0")
    again.locator("[data-section=organizations] [data-add-row]").click()
    assert [cell.input_value() for cell in again.locator(names).all()] == ["单位0", "单位1"]


def reopened(page: Page) -> Page:
    """Another page of the same browser, with the line back; nothing of the first one has reached the server."""
    page.close()
    page.context.set_offline(False)
    again = page.context.new_page()
    again.route(SAVING, lambda route: route.abort())
    return again


def take_one_row(route) -> None:
    """The page as it is once the form's tables take a row only."""
    page = route.fetch()
    route.fulfill(response=page, body=re.sub(r'data-most="[0-9]+"', 'data-most="1"', page.text()))
