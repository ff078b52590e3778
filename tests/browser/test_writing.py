"""Somebody writes an entry, and lines, servers, sessions and colleagues come in between."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PATIENCE
from tests.browser.pages import PEOPLE
from tests.browser.site import running_site
from tests.browser.visitors import sign_in, signed_in
from tests.factories.files import pdf

SAVED = "已保存"
WORDS = "融合雨量站、铁塔视频与卫星降水，每十分钟给出沟道级风险。"
MAKE = """
from portal.accounts.models import User
from submissions import services
from submissions.models import Team
from tests.factories.submissions import TeamFactory, TeamMemberFactory
from tracks.models import Competition, Topic
captain = User.objects.get(email="captain1@example.com")
other = User.objects.get(email="captain2@example.com")
competition = Competition.objects.get(slug="sichuan-2026")
team = Team.objects.filter(name="执笔队").first()
if team is None:
    team = TeamFactory(competition=competition, name="执笔队", captain=captain)
    TeamMemberFactory(team=team, user=other)
topic = Topic.objects.get(track__competition=competition, track__number=3, number=1)
for number in range(25):
    entry = services.start_submission(team, topic, actor=captain, title="执笔")
    print(entry.get_absolute_url())
"""
ABSTRACT = "textarea[name=a-abstract]"


def new_drafts(site) -> Iterator[str]:
    """Where drafts of two people are, one after the other: starting Django for each would take longer than its test."""
    while True:
        yield from site.manage("shell", "-v", "0", "-c", MAKE).splitlines()[-25:]


@pytest.fixture(scope="module")
def drafts(site) -> Iterator[str]:
    return new_drafts(site)


@pytest.fixture
def address(drafts) -> str:
    return next(drafts)


@pytest.fixture
def captain(browser_context_factory, site) -> Page:
    return signed_in(browser_context_factory, site, "captain")


def state(page: Page, key: str = "abstract"):
    return page.locator(f"[data-section={key}] [data-save-state]")


def write(page: Page, text: str) -> None:
    page.locator(ABSTRACT).fill(text)


@pytest.fixture
def slow(captain, address) -> tuple[Page, Callable[[], None]]:
    """A draft's page whose scripts are still on their way, and what lets them come."""
    held: list[Route] = []
    has_arrived = False

    def pass_on(route: Route) -> None:
        if has_arrived:
            route.continue_()
        else:
            held.append(route)

    def arrive() -> None:
        nonlocal has_arrived
        has_arrived = True
        while held:
            held.pop().continue_()

    captain.route("**/js/*.js", pass_on)
    captain.goto(address, wait_until="commit")
    return captain, arrive


def test_what_is_typed_before_the_scripts_have_come_is_saved_too(slow):
    page, arrive = slow
    write(page, WORDS)

    arrive()

    expect(state(page)).to_contain_text(SAVED)


def test_a_choice_made_before_the_scripts_have_come_is_saved_too(slow):
    page, arrive = slow
    section = page.locator("[data-section]:not([hidden])", has=page.locator("input[type=radio]")).first
    section.locator("input[type=radio]").first.check()

    arrive()

    expect(section.locator("[data-save-state]")).to_contain_text(SAVED)


def test_a_file_chosen_before_the_scripts_have_come_is_sent(slow):
    page, arrive = slow
    field = page.locator(".field:has([data-upload])").first
    field.locator("input[type=file]").set_input_files(
        {"name": "方案.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )

    arrive()

    expect(field.locator("ul[data-kept]")).to_contain_text("方案.pdf")


def test_what_is_typed_is_saved_without_a_button(captain, address):
    captain.goto(address)
    write(captain, WORDS)
    expect(state(captain)).to_contain_text(SAVED)

    captain.reload()
    expect(captain.locator(ABSTRACT)).to_have_value(WORDS)


def test_what_is_missing_is_in_sight_and_counted_down(captain, address):
    captain.goto(address)
    left = captain.locator("#ready [data-left]")
    before = left.inner_text()
    write(captain, WORDS)
    expect(state(captain)).to_contain_text(SAVED)

    assert int("".join(filter(str.isdigit, left.inner_text()))) == int("".join(filter(str.isdigit, before))) - 1


def test_without_a_line_the_words_stay_and_are_sent_when_it_is_back(captain, address):
    captain.goto(address)
    captain.context.set_offline(True)
    write(captain, WORDS)
    expect(state(captain)).to_contain_text("网络中断")
    captain.context.set_offline(False)

    expect(state(captain)).to_contain_text(SAVED)


def test_words_that_never_left_the_browser_are_there_after_it_was_closed(captain, address):
    captain.goto(address)
    captain.context.set_offline(True)
    write(captain, WORDS)
    expect(state(captain)).to_contain_text("网络中断")
    captain.close()
    captain.context.set_offline(False)
    again = captain.context.new_page()
    again.goto(address)

    expect(again.locator(ABSTRACT)).to_have_value(WORDS)
    expect(state(again)).to_contain_text(SAVED)


def test_words_that_had_arrived_before_the_page_was_opened_again_are_saved_all_the_same(
    captain, address, browser_context_factory, site
):
    """What a closing page sends last may overtake the page that is opened next: that one finds nothing left to send."""
    captain.goto(address)
    captain.context.set_offline(True)
    write(captain, WORDS)
    expect(state(captain)).to_contain_text("网络中断")
    other = signed_in(browser_context_factory, site, "newcomer")
    other.goto(address)
    captain.close()
    write(other, WORDS)
    expect(state(other)).to_contain_text(SAVED)
    captain.context.set_offline(False)
    again = captain.context.new_page()
    again.goto(address)

    expect(again.locator(ABSTRACT)).to_have_value(WORDS)
    expect(state(again)).to_contain_text(SAVED)


def test_a_save_that_meets_the_same_words_is_no_clash_and_ends(captain, address):
    """Two pages send the same words at once; the second is told what stands there, and that is what it sent."""
    captain.goto(address)
    theirs = {"value": WORDS, "text": WORDS, "version": 7, "by": "", "at": ""}
    captain.route("**/sections/**", lambda route: route.fulfill(status=409, json={"theirs": theirs}), times=1)
    write(captain, WORDS)

    expect(state(captain)).to_contain_text(SAVED)


def test_two_tabs_meet_and_both_texts_are_kept(captain, address):
    second = captain.context.new_page()
    for page in (captain, second):
        page.goto(address)
    write(captain, "第一页写的")
    expect(state(captain)).to_contain_text(SAVED)
    write(second, "第二页写的")
    expect(second.locator(".clash .theirs")).to_have_text("第一页写的")
    second.get_by_role("button", name="合并两份").click()

    expect(state(second)).to_contain_text(SAVED)
    assert {"第一页写的", "第二页写的"} == set(second.locator(ABSTRACT).input_value().split("\n"))


def test_an_answer_that_was_lost_on_its_way_is_no_clash_with_oneself(captain, address):
    captain.goto(address)

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    captain.route("**/sections/**", lose_the_answer, times=1)
    with captain.expect_event("requestfailed", lambda request: "/sections/" in request.url):
        write(captain, "第一段")
    write(captain, "第一段，第二段")

    expect(state(captain)).to_contain_text(SAVED)
    expect(captain.locator(".clash")).to_have_count(0)


def test_words_are_not_saved_in_the_name_of_whoever_signed_in_meanwhile(captain, address, site):
    captain.goto(address)
    second = captain.context.new_page()
    second.context.clear_cookies(name="session")
    sign_in(second, site, PEOPLE["newcomer"])
    write(captain, WORDS)

    expect(state(captain)).to_contain_text("未保存")


def test_two_people_write_in_two_sections_and_neither_is_stopped(captain, address, browser_context_factory, site):
    other = signed_in(browser_context_factory, site, "newcomer")
    for page in (captain, other):
        page.goto(address)
    write(captain, WORDS)
    other.locator("textarea[name=a-background]").fill("项目背景")
    expect(state(captain)).to_contain_text(SAVED)

    expect(state(other, "background")).to_contain_text(SAVED)


def test_two_people_in_one_section_both_keep_what_they_wrote(captain, address, browser_context_factory, site):
    other = signed_in(browser_context_factory, site, "newcomer")
    for page in (captain, other):
        page.goto(address)
    write(captain, "队长写的。")
    expect(state(captain)).to_contain_text(SAVED)
    write(other, "队员写的。")
    expect(other.locator(".clash")).to_contain_text("队长 刘洋")
    write(captain, "队长写的。又补一句。")
    expect(state(captain)).to_contain_text(SAVED)
    # What the note shows is older by now: the choice meets what was saved since, and is asked again.
    other.get_by_role("button", name="合并两份").click()
    expect(other.locator(".clash .theirs")).to_contain_text("又补一句。")
    other.get_by_role("button", name="合并两份").click()
    expect(state(other)).to_contain_text(SAVED)

    captain.reload()
    both = captain.locator(ABSTRACT).input_value()
    assert [each for each in ("队长写的。", "又补一句。", "队员写的。") if both.count(each) != 1] == []


def test_words_that_lay_in_the_browser_when_the_stage_closed_are_put_aside_and_shown(captain, address, site):
    captain.goto(address)
    # Signed out, so that nothing reaches the server however the page is closed.
    captain.context.clear_cookies(name="session")
    write(captain, "截止前写下的话")
    expect(captain.locator("#signed-out")).to_be_visible()
    again = captain.context.new_page()
    captain.close()
    move_end(site, "-1")
    try:
        sign_in(again, site, PEOPLE["captain"])
        again.goto(address)
        expect(again.get_by_text("截止前写下的话")).to_be_visible()
    finally:
        move_end(site, "30")


def test_a_session_that_ends_loses_no_word(captain, address, site):
    captain.goto(address)
    captain.context.clear_cookies(name="session")
    write(captain, WORDS)
    expect(captain.locator("#signed-out")).to_be_visible()
    second = captain.context.new_page()
    sign_in(second, site, PEOPLE["captain"])

    expect(state(captain)).to_contain_text(SAVED)


def test_a_stage_that_closes_between_two_keystrokes_keeps_the_words(captain, address, site):
    captain.goto(address)
    move_end(site, "-1")
    try:
        write(captain, "截止后才写完")
        expect(captain.locator("#too-late")).to_be_visible()
        captain.reload()
        expect(captain.get_by_text("截止后才写完")).to_be_visible()
    finally:
        move_end(site, "30")


def move_end(site, days: str) -> None:
    code = f"""
from datetime import timedelta
from django.utils import timezone
from tracks.models import Stage
end = timezone.now() + timedelta(days={days})
Stage.objects.filter(competition__slug="sichuan-2026", kind="submission").update(closes_at=end)
"""
    site.manage("shell", "-v", "0", "-c", code)


def test_on_a_phone_nothing_lies_beside_the_page(captain, address):
    captain.set_viewport_size({"width": 390, "height": 844})
    captain.goto(address)

    write(captain, WORDS)
    expect(state(captain)).to_contain_text(SAVED)
    assert captain.evaluate("document.documentElement.scrollWidth") <= 390


def test_two_texts_that_meet_fit_on_a_phone(captain, address):
    second = captain.context.new_page()
    second.set_viewport_size({"width": 390, "height": 844})
    for page in (captain, second):
        page.goto(address)
    write(captain, "长" * 400)
    expect(state(captain)).to_contain_text(SAVED)
    write(second, "a" * 400)
    expect(second.locator(".clash")).to_be_visible()

    assert second.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_table_grows_by_the_keyboard(captain, address):
    captain.goto(address)
    table = captain.locator("[data-table]").first
    rows = table.locator("tbody tr").count()
    table.locator("tbody tr").last.locator("input").first.focus()
    captain.keyboard.press("Enter")

    expect(table.locator("tbody tr")).to_have_count(rows + 1)


def test_a_server_that_is_killed_between_keystroke_and_save_loses_no_word(tmp_path, chromium):
    with running_site(tmp_path) as site:
        url = next(new_drafts(site))
        page = chromium.new_context(locale="zh-CN", base_url=site.url).new_page()
        page.set_default_timeout(PATIENCE)
        sign_in(page, site, PEOPLE["captain"])
        page.goto(url)
        workers = gunicorn_of(site)
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        write(page, WORDS)
        expect(state(page)).to_contain_text("正在保存")
        for pid in workers:
            os.kill(pid, signal.SIGKILL)

        expect(state(page)).to_contain_text(SAVED, timeout=60_000)
        page.reload()
        expect(page.locator(ABSTRACT)).to_have_value(WORDS)


def gunicorn_of(site) -> list[int]:
    """The web server's processes, master and workers, by the port they were started on."""
    port = site.url.rsplit(":", 1)[1]
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"gunicorn" in words and f"127.0.0.1:{port}".encode() in words:
                found.append(int(entry.name))
    return found
