"""Files on their way: the line is cut, the tab is closed, somebody pauses; each goes on where it stopped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.pages import PEOPLE
from tests.browser.visitors import overflow, sign_in, signed_in
from tests.factories.files import pdf

CHUNK = 8 * 1024**2
# A page that has tried in vain for long waits half a minute before it tries again.
LONGEST_WAIT = 90_000
PIECES = "**/api/v1/uploads/*/"
MAKE = """
from portal.accounts.models import User
from submissions import services
from submissions.models import Team
from tests.factories.submissions import OrganizationFactory, TeamFactory, credit_code
from tracks.models import Competition, Topic
captain = User.objects.get(email="captain1@example.com")
competition = Competition.objects.get(slug="sichuan-2026")
team = Team.objects.filter(name="上传队").first()
house = OrganizationFactory(code=credit_code(8001)) if team is None else None
team = team or TeamFactory(competition=competition, name="上传队", captain=captain, organization=house)
topic = Topic.objects.get(track__competition=competition, track__number=3, number=1)
print(services.start_submission(team, topic, actor=captain, title="上传").get_absolute_url())
"""


@pytest.fixture
def captain(browser_context_factory, site) -> Page:
    page = signed_in(browser_context_factory, site, "captain")
    page.goto(str(site.manage("shell", "-v", "0", "-c", MAKE).splitlines()[-1]))
    return page


@pytest.fixture
def large(tmp_path) -> Path:
    """In three pieces."""
    return made(tmp_path, "申报书.pdf", 2 * CHUNK + 1000)


def made(folder: Path, name: str, size: int) -> Path:
    path = folder / name
    path.write_bytes(pdf(name).ljust(size))
    return path


def choose(page: Page, *files: Path, slot: str = "proposal") -> None:
    page.locator(f"input[name=file-{slot}]").set_input_files(list(files))


def kept(page: Page, slot: str = "proposal"):
    return page.locator(f"#slot-{slot} ul[data-kept]")


def coming(page: Page, slot: str = "proposal"):
    return page.locator(f"#slot-{slot} [data-list] li")


class Line:
    """What passes between the page and the portal: where each piece began, and which of them is cut or held."""

    def __init__(self, page: Page, *, cut: set[int] = frozenset(), hold: str = "") -> None:
        self.begun: list[int] = []
        self.cut, self.hold = set(cut), hold
        self.held: list[Route] = []
        page.route(PIECES, self.pass_on)

    def pass_on(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
            return
        offset = int(route.request.headers["upload-offset"])
        self.begun.append(offset)
        if offset in self.cut:
            route.abort("connectionreset")
        elif self.hold:
            self.held.append(route)
        else:
            route.continue_()


def test_a_line_that_is_cut_in_the_middle_goes_on_where_it_was_cut(captain, large):
    line = Line(captain, cut={CHUNK})
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    line.cut.clear()

    expect(kept(captain)).to_contain_text("申报书.pdf")
    assert (line.begun.count(0), line.begun[-2:]) == (1, [CHUNK, 2 * CHUNK])


def test_a_closed_tab_goes_on_when_the_same_file_is_chosen_again(captain, large):
    Line(captain, cut={CHUNK})
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    again = captain.context.new_page()
    address = captain.url
    captain.close()
    again.goto(address)
    line = Line(again)
    choose(again, large)

    expect(kept(again)).to_contain_text("申报书.pdf")
    assert line.begun == [CHUNK, 2 * CHUNK]


def test_without_a_network_it_waits_and_goes_on_when_it_is_back(captain, large):
    captain.context.set_offline(True)
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    captain.context.set_offline(False)

    expect(kept(captain)).to_contain_text("申报书.pdf")


def test_several_go_at_once(captain, tmp_path):
    choose(captain, *(made(tmp_path, f"证明{n}.pdf", 50_000) for n in range(4)), slot="evidence")

    expect(kept(captain, "evidence").locator("li.file")).to_have_count(4)
    expect(coming(captain, "evidence")).to_have_count(0)


def test_one_can_be_paused_while_another_goes_on(captain, large, tmp_path):
    line = Line(captain, hold="all")
    choose(captain, large)
    row = coming(captain)
    expect(row.locator("progress")).to_be_visible()
    row.get_by_role("button", name="暂停").click()
    expect(row.locator("[data-state]")).to_have_text("已暂停")
    line.hold = ""
    choose(captain, made(tmp_path, "证明.pdf", 50_000), slot="evidence")
    expect(kept(captain, "evidence")).to_contain_text("证明.pdf")
    expect(row.locator("[data-state]")).to_have_text("已暂停")
    row.get_by_role("button", name="继续上传").click()

    expect(kept(captain)).to_contain_text("申报书.pdf")


def test_a_file_that_is_refused_says_why_in_its_row(captain, tmp_path):
    program = tmp_path / "申报书.pdf"
    program.write_bytes(b"MZ" + bytes(5000))
    choose(captain, program)

    expect(coming(captain).locator("[data-state]")).to_contain_text("可执行程序")


def test_on_a_phone_a_file_on_its_way_fits_the_page(captain, tmp_path):
    captain.set_viewport_size({"width": 390, "height": 844})
    Line(captain, hold="all")
    choose(captain, made(tmp_path, f"{'很长的文件名' * 12}.pdf", 50_000))
    expect(coming(captain).get_by_role("button", name=re.compile("暂停"))).to_be_visible()

    assert overflow(captain) == []


def test_a_file_goes_on_where_it_was_once_its_sender_has_signed_in_anew(captain, large, site):
    line = Line(captain, cut={CHUNK})
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    captain.context.clear_cookies(name="session")
    line.cut.clear()
    expect(coming(captain).locator("[data-state]")).to_contain_text("登录已失效")
    again = captain.context.new_page()
    sign_in(again, site, PEOPLE["captain"])

    expect(kept(captain)).to_contain_text("申报书.pdf", timeout=LONGEST_WAIT)
    assert line.begun.count(0) == 1


def test_a_page_that_is_opened_again_tells_of_a_file_that_is_half_there(captain, large):
    Line(captain, cut={CHUNK})
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    again, address = captain.context.new_page(), captain.url
    captain.close()
    again.goto(address)
    expect(coming(again)).to_contain_text("已上传 49%")
    choose(again, large)

    expect(kept(again)).to_contain_text("申报书.pdf")
    expect(coming(again)).to_have_count(0)


def test_what_had_arrived_whole_when_the_page_was_closed_is_not_asked_for_again(captain, tmp_path):
    captain.route(PIECES, lose_the_answer)
    with captain.expect_event("requestfailed", lambda request: request.method == "PATCH"):
        choose(captain, made(tmp_path, "申报书.pdf", 50_000))
    again, address = captain.context.new_page(), captain.url
    captain.close()
    again.goto(address)
    again.wait_for_load_state("networkidle")

    expect(kept(again)).to_contain_text("申报书.pdf")
    expect(coming(again)).to_have_count(0)


def lose_the_answer(route: Route) -> None:
    if route.request.method == "PATCH":
        route.fetch()
        route.abort("connectionreset")
    else:
        route.continue_()


def test_what_another_page_is_sending_is_told_of_once_that_page_is_closed(captain, large):
    line = Line(captain, cut={CHUNK})
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    again = captain.context.new_page()
    again.goto(captain.url)
    again.wait_for_load_state("networkidle")
    before = coming(again).count()
    captain.close()

    expect(coming(again)).to_contain_text("已上传 49%")
    assert (before, line.begun.count(0)) == (0, 1)


def test_a_file_that_is_chosen_again_while_it_is_sent_is_sent_once(captain, tmp_path):
    line, file = Line(captain, hold="all"), made(tmp_path, "申报书.pdf", 50_000)
    choose(captain, file)
    coming(captain).evaluate("row => row.classList.add('first')")
    choose(captain, file)
    expect(coming(captain)).to_contain_class("first")
    coming(captain).get_by_role("button", name="暂停").click()
    expect(coming(captain).locator("[data-state]")).to_have_text("已暂停")
    line.hold = ""
    choose(captain, file)

    expect(kept(captain)).to_contain_text("申报书.pdf")
    expect(coming(captain)).to_have_count(0)


def test_a_file_stays_its_senders_when_somebody_else_signs_in(captain, large, site):
    line = Line(captain, cut={CHUNK})
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    captain.context.clear_cookies(name="session")
    line.cut.clear()
    other = captain.context.new_page()
    sign_in(other, site, PEOPLE["judge"])
    coming(captain).get_by_role("button", name="关闭").click(timeout=LONGEST_WAIT)
    captain.context.clear_cookies(name="session")
    sign_in(other, site, PEOPLE["captain"])
    captain.reload()

    expect(coming(captain)).to_contain_text("已上传 49%")


def test_an_answer_of_the_network_itself_ends_nothing(captain, large, site):
    line = Line(captain, cut={CHUNK})
    captain.route("**/token/", lambda route: route.fulfill(body="<h1>Wi-Fi</h1>", content_type="text/html"))
    choose(captain, large)
    expect(coming(captain).locator("[data-state]")).to_contain_text("连接中断")
    captain.context.clear_cookies(name="session")
    line.cut.clear()
    expect(coming(captain).locator("[data-state]")).to_contain_text("登录已失效")
    captain.unroute("**/token/")
    sign_in(captain.context.new_page(), site, PEOPLE["captain"])

    expect(kept(captain)).to_contain_text("申报书.pdf", timeout=LONGEST_WAIT)


def test_a_file_is_shown_where_the_entry_stands_at_the_address_of_a_button(captain, tmp_path):
    captain.evaluate("history.replaceState(null, '', '/files/remove/')")
    choose(captain, made(tmp_path, "申报书.pdf", 50_000))

    expect(kept(captain)).to_contain_text("申报书.pdf")


def test_a_file_that_has_arrived_is_no_longer_missing(captain, tmp_path):
    part = captain.locator("#ready [data-part=slot-commitment]")
    expect(part.get_by_text("待补充")).to_be_visible()
    left = int(captain.locator("#ready [data-left]").inner_text().split()[1])
    choose(captain, made(tmp_path, "承诺书.pdf", 50_000), slot="commitment")

    expect(part.get_by_text("待补充")).to_be_hidden()
    expect(captain.locator("#ready [data-left]")).to_have_text(f"还差 {left - 1} 项")
