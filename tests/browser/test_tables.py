"""Topics leave the administration as tables that open."""

from __future__ import annotations

from openpyxl import load_workbook

from tests.browser.pages import PEOPLE
from tests.browser.visitors import sign_in


def test_an_organizer_downloads_the_topics_as_a_workbook(page, site, tmp_path):
    sign_in(page, site, PEOPLE["organizer"])
    page.goto("/admin/tracks/competition/")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="导出赛题").click()
    page.get_by_label("Excel 工作簿（.xlsx）").check()
    with page.expect_download() as started:
        page.get_by_role("button", name="下载").click()
    started.value.save_as(tmp_path / "topics.xlsx")

    assert started.value.suggested_filename.endswith(".xlsx")
    rows = list(load_workbook(tmp_path / "topics.xlsx", read_only=True).active.values)
    assert (rows[0][:3], len(rows)) == (("赛道编号", "赛道名称", "赛题编号"), 122)
