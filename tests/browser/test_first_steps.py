"""The first way into the portal, and the second factor: on a phone, with an app's codes, and with a passkey."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, watch
from tests.browser.site import Person, Site, running_site
from tests.browser.visitors import barriers, letter_to, overflow, sign_in

PHONE = {"width": 390, "height": 844}
NEWCOMER, NAME, PASSWORD = "wangfang@example.com", "王芳", "zhu-hai-deng-ta-2026"
INVITE = """
from portal.accounts.models import User
from submissions import services
from submissions.enums import OrganizationKind
from tracks.models import Competition
captain = User.objects.get(email="captain1@example.com")
team = services.found_team(Competition.objects.get(), actor=captain, name="青神竹编合作社",
    organization_code="91510100MA6C0DEM0Q", organization_name="锦江数据科技有限公司",
    organization_kind=OrganizationKind.COMPANY)
services.invite(team, actor=captain, email="wangfang@example.com")
"""
REQUIRE = """
from tracks.models import Competition
from tracks.services import change_competition
change_competition(Competition.objects.get(), actor=None, requires_second_factor=True)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A portal of its own: its organizers and judges must have a second factor."""
    with running_site(tmp_path_factory.mktemp("factors")) as site:
        site.manage("shell", "-c", REQUIRE)
        yield site


@pytest.fixture
def new_page(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    complaints: list[str] = []
    contexts = []

    def new_page(**options: Any) -> Page:
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "base_url": site.url, **options}
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        watch(context, site, complaints)
        contexts.append(context)
        return context.new_page()

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []


def link_in(text: str) -> str:
    return re.search(r"http://localhost:\d+(\S+)", text)[1]


def person(site: Site, email: str) -> Person:
    return next(each for each in site.people if each.email == email)


def code_now(secret: str, *, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time() + ahead) // 30))


def new_code(secret: str, *, after: str) -> str:
    """Codes are good for once. Another one is shown by a phone whose clock is half a minute ahead."""
    code = code_now(secret, ahead=30)
    assert code != after
    return code


def looks_right(page: Page, screenshot: Callable[[Page, str], Any], name: str) -> None:
    # It is there as soon as its address is; axe and the scripts want all of it.
    page.wait_for_load_state()
    screenshot(page, f"first-steps/{name}")
    page.emulate_media(color_scheme="dark")
    screenshot(page, f"first-steps/{name}-dark")
    page.emulate_media(color_scheme="light")
    assert {"sideways": overflow(page), "axe": barriers(page)} == {"sideways": [], "axe": []}


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_a_first_time_person_comes_from_the_invitation_into_the_team_on_a_phone(site, new_page, screenshot):
    site.manage("shell", "-c", INVITE)
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)

    page.goto(link_in(letter_to(page, NEWCOMER, "青神竹编合作社")))
    looks_right(page, screenshot, "01-invitation")
    press(page, "注册并加入")
    expect(page.locator("input[name=email]")).to_have_value(NEWCOMER)
    expect(page.locator("input[name=email]")).not_to_be_editable()
    page.locator("input[name=full_name]").fill(NAME)
    page.locator("input[name=password1]").fill("woaini1314")
    page.locator("input[name=accept_notice]").check()
    page.locator("input[name=accept_agreement]").check()
    press(page, "注册")
    expect(page.locator("#id_password1_error")).to_contain_text("很多人的密码里都有")
    looks_right(page, screenshot, "02-weak-password")
    page.locator("input[name=password1]").fill(PASSWORD)
    press(page, "显示")
    expect(page.locator("input[name=password1]")).to_have_attribute("type", "text")
    press(page, "注册")
    expect(page.locator("main").get_by_role("button", name="加入团队", exact=True)).to_be_visible()
    looks_right(page, screenshot, "03-joining")
    press(page, "加入团队")

    expect(page.get_by_role("heading", level=1)).to_have_text("青神竹编合作社")
    expect(page.locator("#members")).to_contain_text(NAME)
    looks_right(page, screenshot, "04-team")


def test_an_organizer_sets_an_app_up_and_signs_in_with_codes(site, new_page, screenshot):
    page, organizer = new_page(), person(site, "organizer@example.com")
    sign_in(page, site, organizer.email)
    secret, used, recovery = set_app_up(page, screenshot)

    sign_out(page)
    half_in(page, organizer)
    looks_right(page, screenshot, "08-second-step")
    page.locator("input[name=code]").fill("000000")
    press(page, "登录")
    expect(page.locator("#id_code_error")).to_be_visible()
    page.locator("input[name=code]").fill(new_code(secret, after=used))
    press(page, "登录")
    expect(page).to_have_url(re.compile("/desk/$"))

    sign_out(page)
    half_in(page, organizer)
    page.locator("input[name=code]").fill(recovery)
    press(page, "登录")
    expect(page).to_have_url(re.compile("/desk/$"))
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/admin/$"))


def set_app_up(page: Page, screenshot: Callable[[Page, str], Any]) -> tuple[str, str, str]:
    """From the page that asks for it back to that page; returns the secret, the code that was used, a recovery code."""
    page.goto("/organize/?from=mail")
    expect(page).to_have_url(re.compile("/accounts/second-factor/"))
    looks_right(page, screenshot, "05-asked-for-a-factor")
    page.locator("main").get_by_role("link", name="验证器应用").click()
    page.locator("summary", has_text="无法扫码").click()
    secret = page.locator("#totp_secret").inner_text()
    looks_right(page, screenshot, "06-authenticator-app")
    used = code_now(secret)
    page.locator("input[name=code]").fill(used)
    press(page, "设置")
    expect(page.locator(".codes li")).to_have_count(10)
    looks_right(page, screenshot, "07-recovery-codes")
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="已保存，继续").click()
    expect(page).to_have_url(re.compile(r"/organize/\?from=mail$"))
    return secret, used, recovery


def half_in(page: Page, who: Person) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(who.email)
    page.locator("input[name=password]").fill(who.password)
    press(page, "登录")
    expect(page).to_have_url(re.compile("/2fa/authenticate/"))


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    press(page, "退出登录")
    expect(page).not_to_have_url(re.compile("/logout/"))


def virtual_key(page: Page) -> None:
    """A key with a fingerprint that always fits, as Chromium's own developer tools make it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_judge_sets_a_passkey_up_and_signs_in_with_nothing_else(site, new_page, screenshot):
    page, judge = new_page(viewport=PHONE), person(site, "judge1@example.com")
    virtual_key(page)
    sign_in(page, site, judge.email)
    page.goto("/judging/")
    page.locator("main").get_by_role("link", name="通行密钥").click()
    expect(page.locator("input[name=name]")).to_be_visible()
    looks_right(page, screenshot, "09-passkey")
    page.locator("input[name=name]").fill("评审用手机")
    press(page, "设置")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="已保存，继续").click()
    expect(page).to_have_url(re.compile(r":\d+/judging/$"))
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("heading", name="评审用手机")).to_be_visible()
    looks_right(page, screenshot, "10-passkeys")

    sign_out(page)
    page.goto("/accounts/login/?next=/judging/")
    looks_right(page, screenshot, "11-sign-in")
    press(page, "使用通行密钥")
    expect(page).to_have_url(re.compile(r":\d+/judging/$"))

    sign_out(page)
    half_in(page, judge)
    press(page, "使用通行密钥")
    expect(page).to_have_url(re.compile("/desk/$"))


def test_a_passkey_that_is_not_there_is_told_in_words(new_page):
    page = new_page()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    page.goto("/accounts/login/")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"isUserVerified": False}})
    press(page, "使用通行密钥")

    expect(page.locator("#passkey_failed")).to_be_visible()


def test_a_mailed_code_signs_in_without_scripts(site, new_page):
    page, captain = new_page(java_script_enabled=False), person(site, "captain2@example.com")
    page.goto("/accounts/login/")
    page.locator("main").get_by_role("link", name="邮箱验证码登录").click()
    page.locator("input[name=email]").fill("ｃａｐｔａｉｎ２＠example.com")
    press(page, "发送验证码")
    reader = new_page()
    code = re.search(r"\d{4}-\d{4}", letter_to(reader, captain.email, "登录验证码"))[0]
    page.locator("input[name=code]").fill(code)
    press(page, "登录")

    expect(page).to_have_url(re.compile("/desk/$"))
