"""What a captain does with the mouse and from a spreadsheet: nothing lies in the way, nothing is dropped unsaid."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_uploading import captain  # noqa: F401 - the fixture

PASTE = """(cell, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
COVERED = """() => [...document.querySelectorAll("main a, main button, main summary, main input:not([type=hidden])")]
  .filter((control) => control.checkVisibility()).filter((control) => {
    control.scrollIntoView({block: "center", behavior: "instant"});
    const {left, top, width, height} = control.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return !control.contains(hit) && !hit?.closest("label");
  }).map((control) => control.outerHTML.slice(0, 120))"""


@pytest.fixture
def page(captain) -> Page:  # noqa: F811
    return captain


def paste(page: Page, rows: list[str]):
    """Into the first cell of the table of organizations. What is said about it below the table."""
    page.locator("#section-organizations [data-table] input").first.evaluate(PASTE, "\n".join(rows))
    return page.locator("#section-organizations [role=status] .errors")


def test_an_entry_on_the_teams_page_lies_over_nothing_else(page):
    page.get_by_role("link", name="上传队").first.click()
    page.wait_for_url("**/teams/*/")

    assert page.evaluate(COVERED) == []


def test_rows_that_a_table_has_no_room_for_are_told(page):
    said = paste(page, [f"单位{number}\t联系人" for number in range(10_000)])

    expect(said).to_contain_text("最多 10 行")
    expect(said).to_contain_text("19980 格未能填入")


def test_rows_that_all_find_their_place_leave_nothing_to_say(page):
    said = paste(page, ["单位\t联系人"] * 11)
    expect(said).to_have_count(1)
    paste(page, ["单位\t联系人"] * 10)

    expect(said).to_have_count(0)


def test_what_was_refused_in_a_section_stands_out(page):
    section = page.locator("#section-abstract")
    section.locator("textarea").fill("😀" * 1001)
    said = section.locator(".errors li")
    expect(said).to_contain_text("现有 1001 字，最多 1000 字")

    colours = [each.evaluate("(shown) => getComputedStyle(shown).color") for each in (said, section)]
    assert colours[0] != colours[1]
