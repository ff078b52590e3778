"""What a captain does with the mouse and from a spreadsheet: nothing lies in the way, nothing is dropped unsaid."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_uploading import captain  # noqa: F401 - the fixture

# Answers whether the page has left the words to the browser.
PASTE = """(cell, [text, html]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  if (html) data.setData("text/html", html);
  return cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
TABLE = """async () => {
  const loaded = performance.getEntriesByType("resource").find((each) => each.name.includes("/tables"));
  const row = '<tr><td data-column="kind"><select><option value=""></option><option value="school">高校</option>'
    + '<option value="a">A类</option></select></td><td data-column="day"><input type="date"></td><td></td></tr>';
  const box = Object.assign(document.createElement("div"), {id: "try", className: "field", innerHTML:
    `<div class="table-wrap"><table data-table data-most="9"><tbody>${row}${row}</tbody></table>
    <template data-blank-row>${row}</template></div>`});
  document.querySelector("#section-organizations").append(box);
  (await import(loaded.name)).tables(box);
  return box.querySelector("table").tBodies[0].rows.length;
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
    page.locator("#section-organizations [data-table] input").first.evaluate(PASTE, ["\n".join(rows), ""])
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


def test_paragraphs_pasted_into_a_long_cell_leave_the_other_rows_alone(page):
    cells = page.locator("#section-organizations tbody textarea")
    second = page.locator("#section-organizations tbody tr").nth(1).locator("textarea").first
    second.fill("第二家写了很久的简介")
    is_left_to_the_browser = cells.first.evaluate(PASTE, ["第一段\n第二段", ""])

    expect(second).to_have_value("第二家写了很久的简介")
    assert is_left_to_the_browser


def test_a_column_of_a_spreadsheet_fills_the_rows_below_a_long_cell(page):
    cells = page.locator("#section-organizations tbody tr td[data-column=introduction] textarea")
    cells.first.evaluate(PASTE, ['甲的简介\n"乙的第一段\n乙说""好"""', "<table><tr><td>甲</td></tr></table>"])

    expect(cells.nth(0)).to_have_value("甲的简介")
    expect(cells.nth(1)).to_have_value('乙的第一段\n乙说"好"')


def test_options_by_their_names_and_days_as_they_are_written_are_taken(page):
    """Of a table whose cells are a choice and a date: what is neither is named, and stays as it was."""
    table = page.evaluate(TABLE)
    page.locator("#try [data-column=kind] select").first.evaluate(
        PASTE, ["高校\t2026/8/1\n研究所\t2026年12月31日\nＡ类\t2026-02-30\t", ""]
    )

    cells = page.locator("#try tbody [data-column] > *")
    rows = cells.evaluate_all("(all) => all.map((each) => each.value)")
    assert (table, rows[:6]) == (2, ["school", "2026-08-01", "", "2026-12-31", "a", ""])
    expect(page.locator("#try [role=status] li")).to_contain_text("研究所，2026-02-30")


def test_a_long_cell_counts_its_characters_as_the_form_does(page):
    cell = page.locator("#section-organizations td[data-column=introduction]").first
    cell.locator("textarea").fill("😀e\u0301\n字")

    expect(cell.locator(".count")).to_have_text("5 / 300")


@pytest.mark.parametrize("width", [1280, 390])
def test_no_cell_of_the_table_lies_out_of_sight(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    table = page.locator("#section-organizations .table-wrap")

    assert table.evaluate("(each) => each.scrollWidth - each.clientWidth") == 0


def test_on_a_phone_until_when_and_whether_it_is_saved_stay_in_sight(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.locator("#section-abstract textarea").fill("川西山洪")
    expect(page.locator("[data-section=abstract] [data-save-state]")).to_contain_text("已保存")
    page.locator("#files").scroll_into_view_if_needed()

    for words in ("还差", "截止", "已保存"):
        expect(page.locator(".entry-toc").get_by_text(words).first).to_be_in_viewport()


def test_the_way_to_submit_stays_in_sight_however_much_is_missing(page):
    page.locator("#section-background").scroll_into_view_if_needed()

    expect(page.locator("#ready").get_by_role("button", name="检查并提交")).to_be_in_viewport(ratio=1)
    expect(page.locator(".aside .clock")).to_be_in_viewport(ratio=1)
