"""Somebody's browser in each language, signed in once and used again page after page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE, watch
from tests.browser.pages import PEOPLE
from tests.browser.site import Site

# Into the mailbox, until a letter has come.
LOOKS = 300
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


class Visitors:
    """``complaints`` gathers what the browsers grumble about; whoever opens a page asks ``heard()`` afterwards."""

    def __init__(self, chromium: Browser, site: Site) -> None:
        self.chromium = chromium
        self.site = site
        self.complaints: list[str] = []
        self.pages: dict[tuple[str, str], Page] = {}

    def page(self, who: str, language: str) -> Page:
        if (who, language) not in self.pages:
            # A person is one session in both languages; signing in once is enough.
            state = self.page(who, "zh-hans").context.storage_state() if language != "zh-hans" else None
            page = self.new_context(language, storage_state=state).new_page()
            if who and state is None:
                sign_in(page, self.site, PEOPLE[who])
            self.pages[who, language] = page
        return self.pages[who, language]

    def new_context(self, language: str, **options: Any) -> BrowserContext:
        context = self.chromium.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=self.site.url,
            reduced_motion="reduce",
            viewport=options.pop("viewport", WIDE),
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "django_language", "value": language, "url": self.site.url}])
        watch(context, self.site, self.complaints)
        return context

    def heard(self) -> list[str]:
        said = list(self.complaints)
        self.complaints.clear()
        return said

    def leave(self) -> None:
        for page in self.pages.values():
            page.context.close()


def sign_in(page: Page, site: Site, email: str) -> None:
    person = next(person for person in site.people if person.email == email)
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(person.password)
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    expect(page).to_have_url(re.compile("/desk/$"))


# The cookies of who has signed in to which site before.
SESSIONS: dict[tuple[str, str], Any] = {}


def signed_in(new_context: Callable[[], BrowserContext], site: Site, who: str) -> Page:
    """A browser of somebody's own, in the session that they began in another one: for whom signing out is no part of
    the test. To sign in takes longer than most of what is then looked at."""
    context = new_context()
    page = context.new_page()
    if known := SESSIONS.get((site.url, who)):
        context.add_cookies(known)
    else:
        sign_in(page, site, PEOPLE[who])
        SESSIONS[site.url, who] = context.cookies()
    return page


def letter_to(page: Page, to: str, subject: str) -> str:
    """Opens the latest letter to somebody about something, read where a person reads it: its text."""
    found = page.locator(".inbox li", has_text=subject)
    for _look in range(LOOKS):
        page.goto(f"/mailbox/?to={to}")
        if found.count():
            break
        page.wait_for_timeout(200)
    found.first.get_by_role("link").click()
    return page.locator(".letter").inner_text()


def overflow(page: Page) -> list[str]:
    """What sticks out of the page sideways; nothing when the page does not scroll that way."""
    return page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          const out = [...document.body.querySelectorAll("*")].filter(
            (element) => element.getBoundingClientRect().right > root.clientWidth + 1);
          return [`page is ${root.scrollWidth} of ${root.clientWidth}`, ...out.slice(0, 8).map(
            (element) => `${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 40)}`)];
        }"""
    )


# The only rules that ask for colours: what else axe finds is the same in both schemes.
COLOURS = ["color-contrast", "link-in-text-block"]
AXE = """async (rules) => {
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  // Preloading styles would need what the page's own policy forbids.
  const options = {resultTypes: ["violations"], preload: false};
  return axe.run(document, rules ? {...options, runOnly: rules} : options);
}"""


def barriers(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """What axe-core calls serious or critical, with the elements it means."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{rule['id']} at {node['target']}: {node['html'][:120]} {node.get('failureSummary', '')[-160:]}"
        for rule in page.evaluate(AXE, rules)["violations"]
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"][:4]
    ]
