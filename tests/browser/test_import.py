"""An organizer takes the topics home as a table, changes one, brings the table in and sees the topic as it is then."""

from __future__ import annotations

from tests.browser.pages import PEOPLE
from tests.browser.visitors import sign_in


def test_an_organizer_imports_a_guide_after_looking_at_what_differs(page, site, tmp_path):
    # The topics as they stand, not the guide they came from: another test may have revised one meanwhile.
    changed = tmp_path / "指南修订版.csv"
    site.manage("export_topics", "--competition", "sichuan-2026", "--output", str(changed))
    text = changed.read_text(encoding="utf-8-sig")
    changed.write_text(text.replace("聚焦产品研发环节", "聚焦产品研发与中试环节", 1), encoding="utf-8-sig")
    sign_in(page, site, PEOPLE["organizer"])
    page.goto("/admin/tracks/competition/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="导入指南").click()
    page.get_by_label("指南").set_input_files(changed)
    page.get_by_role("button", name="查看变动").click()

    page.locator(".diff").wait_for()
    assert page.locator(".diff ins").all_text_contents() == ["与中试"]
    page.get_by_label("修订原因").fill("补充中试环节")
    page.get_by_role("button", name="导入").click()
    page.get_by_text("指南已导入。").wait_for()
    page.goto("/")
    page.goto(page.locator("a[href*='/tracks/1/']").first.get_attribute("href"))
    page.get_by_role("link", name="数据驱动的高端产品智能设计与迭代").first.click()

    page.get_by_text("聚焦产品研发与中试环节").first.wait_for()
