"""The whole contest once, in Chinese, in Chromium: from the front page to a certificate that anyone can verify.

Five people with a browser each, and a program. Every step keeps a picture in var/screens/.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from tests.browser.site import Person, Site
from tests.browser.visitors import letter_to
from tests.factories.files import pdf

TEAM, PROJECT = "川西山洪预警队", "川西山洪短临预警与转移辅助决策"
ORGANIZATION, CODE = "锦江数据科技有限公司", "91510100MA6C0DEM0Q"
ABSTRACT = "融合雨量站、铁塔视频与卫星降水，每十分钟给出沟道级风险，自动生成转移名单。"
CAPTAIN = Person("captain", "liuxiaoyu@example.com", "shan-hong-yu-jing-2026", "刘晓雨")
MEMBER = Person("member", "zhouhang@example.com", "chuan-xi-gou-dao-2026", "周航")
POINTS = {"judge1": ["22", "26.5", "15", "12", "9"], "judge2": ["20", "25", "16.5", "11", "8"]}


@dataclass
class Walk:
    """Where we are: everybody's page, and what one step leaves for the next."""

    site: Site
    new_context: Callable[..., BrowserContext]
    screenshot: Callable[[Page, str], Path]
    pages: dict[str, Page] = field(default_factory=dict)
    entry_number: str = ""
    certificate: bytes = b""
    verify_address: str = ""

    def page(self, who: str) -> Page:
        if who not in self.pages:
            self.pages[who] = self.new_context().new_page()
        return self.pages[who]

    def demo(self, email: str) -> Person:
        return next(person for person in self.site.people if person.email == email)

    def sign_in(self, who: str, email: str) -> Page:
        page, person = self.page(who), self.demo(email)
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(person.email)
        page.locator("input[name=password]").fill(person.password)
        page.locator("main").get_by_role("button", name="登录").click()
        expect(page).to_have_url(re.compile("/desk/$"))
        return page

    def letter(self, page: Page, to: str, subject: str) -> str:
        """The link in the latest letter to somebody."""
        letter_to(page, to, subject)
        link = page.locator(".letter a").first.get_attribute("href")
        assert link
        return link


@pytest.fixture
def walk(site, browser_context_factory, screenshot) -> Walk:
    return Walk(site, browser_context_factory, screenshot)


def test_from_the_topic_guide_to_a_verified_certificate(walk):
    a_visitor_reads(walk)
    a_captain_registers(walk)
    a_team_comes_together(walk)
    an_entry_is_submitted(walk)
    results_are_nowhere(walk)
    an_organizer_screens(walk)
    a_round_is_made_and_assigned(walk)
    judges_score(walk)
    results_are_nowhere(walk)
    results_are_published(walk)
    a_certificate_is_downloaded(walk)
    anyone_verifies_it(walk)
    a_program_reads_the_results(walk)


def a_visitor_reads(walk: Walk) -> None:
    page = walk.page("captain")
    page.goto("/")
    expect(page.locator("#tracks a[href*='/tracks/']")).to_have_count(17)
    walk.screenshot(page, "01-home")
    page.get_by_role("link", name="应急管理").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("应急管理")
    walk.screenshot(page, "02-track")
    page.get_by_role("link", name="提升自然灾害监测评估能力").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("提升自然灾害监测评估能力")
    walk.screenshot(page, "02-topic")


def a_captain_registers(walk: Walk) -> None:
    page = walk.page("captain")
    page.goto("/accounts/signup/")
    register(walk, page, CAPTAIN)
    walk.screenshot(page, "03-desk")


def register(walk: Walk, page: Page, person: Person) -> None:
    page.locator("input[name=full_name]").fill(person.name)
    page.locator("input[name=email]").fill(person.email)
    page.locator("input[name=password1]").fill(person.password)
    page.locator("input[name=accept_notice]").check()
    page.locator("input[name=accept_agreement]").check()
    walk.screenshot(page, f"03-register-{person.part}")
    page.locator("main").get_by_role("button", name="注册").click()
    expect(page).to_have_url(re.compile("/confirm-email/"))
    page.goto(walk.letter(page, person.email, "验证"))
    walk.screenshot(page, f"03-confirm-{person.part}")
    page.locator("main").get_by_role("button", name="确认").click()
    expect(page).not_to_have_url(re.compile("/confirm-email/"))


def a_team_comes_together(walk: Walk) -> None:
    captain = walk.page("captain")
    captain.goto("/teams/new/?competition=sichuan-2026")
    captain.locator("input[name=name]").fill(TEAM)
    captain.locator("input[name=organization_name]").fill(ORGANIZATION)
    captain.locator("input[name=organization_code]").fill(CODE[:-1] + "X")
    captain.locator("select[name=organization_kind]").select_option(label="企业")
    captain.locator("main form button").last.click()
    expect(captain.get_by_text("校验码不符").first).to_be_visible()
    walk.screenshot(captain, "04-team-wrong-code")
    captain.locator("input[name=organization_code]").fill(CODE)
    captain.locator("main form button").last.click()
    expect(captain.get_by_role("heading", level=1)).to_have_text(TEAM)
    captain.locator("input[name=email]").fill(MEMBER.email)
    captain.get_by_role("button", name="发送邀请").click()
    expect(captain.get_by_text(MEMBER.email).first).to_be_visible()
    walk.screenshot(captain, "04-team")
    the_member_joins(walk)
    captain.reload()
    expect(captain.locator("#members")).to_contain_text(MEMBER.name)


def the_member_joins(walk: Walk) -> None:
    page = walk.page("member")
    page.goto(walk.letter(page, MEMBER.email, TEAM))
    walk.screenshot(page, "04-invitation")
    page.locator("main").get_by_role("button", name="注册并加入").click()
    page.locator("input[name=full_name]").fill(MEMBER.name)
    page.locator("input[name=password1]").fill(MEMBER.password)
    page.locator("input[name=accept_notice]").check()
    page.locator("input[name=accept_agreement]").check()
    page.locator("main").get_by_role("button", name="注册").click()
    page.get_by_role("button", name="加入团队").click()
    expect(page.locator("#members")).to_contain_text(MEMBER.name)


def an_entry_is_submitted(walk: Walk) -> None:
    page = walk.page("captain")
    page.goto("/sichuan-2026/tracks/9/topics/2/")
    page.locator("main a[href*='/submissions/start/']").first.click()
    page.locator("input[name=title]").fill(PROJECT)
    page.get_by_role("button", name="开始填写").click()
    # A click waits neither for the page that it leads to nor for all of that page, and neither does all().
    page.wait_for_url(re.compile(r"/submissions/[0-9a-f-]{36}/"))
    fill_the_form(page)
    # What leaves the page while a file is on its way stops that file.
    expect(page.locator("#entry ul[data-kept]").first).to_contain_text("申报书（盖章）.pdf")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("申报书（盖章）.pdf").first).to_be_visible()
    walk.screenshot(page, "05-draft")
    page.get_by_role("button", name="检查并提交").click()
    page.wait_for_url(re.compile("/submit/$"))
    walk.screenshot(page, "05-check")
    page.get_by_role("button", name="提交作品").click()
    page.wait_for_url(re.compile("/submissions/receipts/"))
    number = re.search(r"T09-\d{4}", page.locator("main").inner_text())
    assert number
    walk.entry_number = number[0]
    walk.screenshot(page, "05-receipt")


def fill_the_form(page: Page) -> None:
    """Each text, each choice's first option, one row of each table, the files it can't be without."""
    for area in page.locator("#entry textarea:not(table textarea)").all():
        area.fill(ABSTRACT)
    for group in page.locator("#entry .choices").all():
        group.locator("input").first.check()
    for table in page.locator("#entry table").all():
        for cell in table.locator("tbody tr").first.locator("input[type=text], textarea").all():
            cell.fill("三年")
    for slot in page.locator("#entry [id^=slot-]").all():
        if slot.locator(".opt").count() == 0:
            slot.locator("input[type=file]").set_input_files(
                {"name": "申报书（盖章）.pdf", "mimeType": "application/pdf", "buffer": pdf(PROJECT)}
            )


def results_are_nowhere(walk: Walk) -> None:
    """Before publication: not on the page, not in the API, not on the team's own desk."""
    page = walk.page("captain")
    assert page.request.get("/sichuan-2026/results/").status == 404
    assert page.request.get("/api/v1/results/").json()["results"] == []
    assert "一等奖" not in page.request.get("/desk/").text()


def an_organizer_screens(walk: Walk) -> None:
    page = walk.sign_in("organizer", "organizer@example.com")
    walk.screenshot(page, "06-organizer-desk")
    page.goto("/admin/submissions/submission/")
    walk.screenshot(page, "06-screening-list")
    page.get_by_role("link", name=walk.entry_number).click()
    page.wait_for_url(re.compile("/change/"))
    walk.screenshot(page, "06-screening")
    page.get_by_role("button", name="通过").first.click()
    expect(page.locator("#content-main")).to_contain_text("通过形式审查")


def a_round_is_made_and_assigned(walk: Walk) -> None:
    page = walk.page("organizer")
    page.goto("/organize/")
    page.locator("select[name=rubric]").select_option(index=page.locator("select[name=rubric] option").count() - 1)
    page.locator("input[name=opens_at]").fill("2026-01-01T00:00")
    page.locator("input[name=closes_at]").fill("2099-01-01T00:00")
    walk.screenshot(page, "07-new-round")
    page.locator("main form button").last.click()
    expect(page).to_have_url(re.compile(r"/organize/rounds/\d+/$"))
    page.get_by_role("link", name="分派评委").click()
    expect(page.locator("main")).to_contain_text("同一单位")
    walk.screenshot(page, "07-assignment-plan")
    page.get_by_role("button", name="按此分派").click()
    page.wait_for_url(re.compile(r"/organize/rounds/\d+/$"))
    page.get_by_role("button", name="开启评审").click()
    expect(page.locator("main")).to_contain_text("评审中")
    walk.screenshot(page, "07-board")


def judges_score(walk: Walk) -> None:
    for judge, points in POINTS.items():
        page = walk.sign_in(judge, f"{judge}@example.com")
        page.goto("/judging/")
        walk.screenshot(page, f"08-{judge}-queue")
        page.get_by_role("link", name=PROJECT).click()
        # A click doesn't wait for the page it leads to, and neither does all().
        expect(page.locator("input.points")).to_have_count(len(points))
        for box, value in zip(page.locator("input.points").all(), points, strict=True):
            box.fill(value)
        page.locator("textarea[name=comment]").fill("数据融合扎实，成效有据，建议补充推广成本测算。")
        page.get_by_role("button", name="保存草稿").click()
        expect(page.get_by_text("草稿已保存").first).to_be_visible()
        expect(page.locator("[data-total]")).to_have_text(f"{sum(map(float, points)):.2f}")
        text = page.locator("body").inner_text()
        assert TEAM not in text
        assert ORGANIZATION not in text
        walk.screenshot(page, f"08-{judge}-sheet")
        page.locator("button[data-final]").click()
        expect(page.locator("button[data-final]")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("已提交")
    walk.screenshot(page, "08-handed-in")
    assert "84.50" not in page.content(), "a judge reads another judge's total"


def results_are_published(walk: Walk) -> None:
    page = walk.page("organizer")
    page.goto("/organize/")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="结束评审").click()
    page.wait_for_url(re.compile("/close/$"))
    page.get_by_role("button", name="结束评审").click()
    expect(page.locator("main")).to_contain_text("82.50")
    page.locator("main table select").first.select_option(label="一等奖")
    page.get_by_role("button", name="保存").first.click()
    # Only a ranking with awards leads there.
    expect(page.get_by_role("link", name="发布结果")).to_be_visible()
    walk.screenshot(page, "09-ranking")
    page.get_by_role("link", name="发布结果").click()
    page.wait_for_url(re.compile("/publish/$"))
    walk.screenshot(page, "09-publish")
    page.get_by_role("button", name="立即发布").click()
    expect(page.locator("main")).to_contain_text("已发布")
    visitor = walk.page("visitor")
    visitor.goto("/sichuan-2026/results/")
    expect(visitor.locator("main")).to_contain_text(PROJECT)
    walk.screenshot(visitor, "09-results")


def a_certificate_is_downloaded(walk: Walk) -> None:
    page = walk.page("captain")
    walk.letter(page, CAPTAIN.email, "证书")
    walk.screenshot(page, "10-mail")
    with page.expect_download() as download:
        page.locator(".letter a").first.click()
    walk.certificate = Path(download.value.path()).read_bytes()
    words = "".join(PdfReader(io.BytesIO(walk.certificate)).pages[0].extract_text().split())
    for expected in (TEAM, PROJECT, "一等奖", CAPTAIN.name, MEMBER.name, "SC-DEX-2026-T09-1-0001"):
        assert expected.replace(" ", "") in words, expected


def anyone_verifies_it(walk: Walk) -> None:
    picture = pypdfium2.PdfDocument(walk.certificate)[0].render(scale=3).to_pil()
    picture.save(walk.screenshot(walk.page("visitor"), "10-certificate"))
    codes = zxingcpp.read_barcodes(picture)
    walk.verify_address = codes[0].text
    assert walk.verify_address.startswith(f"{walk.site.url}/verify/")
    page = walk.page("visitor")
    page.goto(walk.verify_address)
    expect(page.locator("main")).to_contain_text(PROJECT)
    assert "@" not in page.locator("main").inner_text()
    walk.screenshot(page, "10-verify")


def a_program_reads_the_results(walk: Walk) -> None:
    request = walk.page("visitor").request
    assert len(request.get("/api/v1/tracks/").json()["results"]) == 17
    topics = request.get("/api/v1/topics/?page_size=200").json()["results"]
    assert len(topics) == 121
    assert {"number", "title", "body", "track"} <= set(topics[0])
    (result,) = request.get("/api/v1/results/").json()["results"]
    assert result["project"] == PROJECT
    assert request.get("/api/v1/schema/?format=json").json()["openapi"].startswith("3.1")
    page = walk.page("visitor")
    page.goto("/api/v1/docs/")
    expect(page.locator(".swagger-ui .opblock").first).to_be_visible()
    walk.screenshot(page, "11-api")
