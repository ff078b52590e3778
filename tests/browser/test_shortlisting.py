"""From the shortlist to the new file: an organizer announces, the captain replaces it on a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PEOPLE
from tests.browser.site import Site, running_site
from tests.browser.test_uploading import made
from tests.browser.visitors import barriers, overflow, sign_in

PHONE = {"width": 390, "height": 844}
MAKE = """
import json
from portal.accounts.models import User
from tests.factories.submissions import OrganizationFactory, TeamFactory, credit_code
from tests.factories.tracks import OrganizerFactory
from tests.submissions.shortlists import Shortlist
desk = Shortlist()
OrganizerFactory(competition=desk.competition, user=User.objects.get(email="organizer@example.com"))
captain = User.objects.get(email="captain1@example.com")
house = OrganizationFactory(code=credit_code(8200))
entry = desk.entry(team=TeamFactory(competition=desk.competition, captain=captain, organization=house))
print(json.dumps({"list": desk.url("shortlist"), "entry": entry.get_absolute_url()}))
"""
CLOSE = """
from django.utils import timezone
from submissions.models import Shortlisting
Shortlisting.objects.update(closes_at=timezone.now())
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A portal of its own: another competition would change what visitors of the others see first."""
    with running_site(tmp_path_factory.mktemp("shortlisting")) as site:
        yield site


def test_a_shortlisted_team_replaces_its_file_on_a_phone(browser_context_factory, site, tmp_path, screenshot):
    places = json.loads(site.manage("shell", "-v", "0", "-c", MAKE).splitlines()[-1])
    organizer, captain = (browser_context_factory().new_page() for _each in range(2))
    sign_in(captain, site, PEOPLE["captain"])
    captain.set_viewport_size(PHONE)
    captain.goto(places["entry"])
    expect(captain.locator("#shortlist")).to_have_count(0)
    sign_in(organizer, site, PEOPLE["organizer"])
    organizer.goto(places["list"])
    step(organizer, "列入入围名单", leads_to="state=chosen")
    step(organizer, "通知团队", leads_to="state=announced")

    files = open_files(captain, places["entry"], screenshot)
    replace(captain, made(tmp_path, "答辩演示.pdf", 50_000), screenshot)
    site.manage("shell", "-v", "0", "-c", CLOSE)
    nothing_to_replace(captain, files, screenshot)


def step(page: Page, label: str, *, leads_to: str) -> None:
    """Tick the entry, say what, confirm it on the next page."""
    page.locator("[name=pick]").check()
    page.get_by_role("button", name=label).click()
    page.locator("[name=sure]").click()
    page.wait_for_url(re.compile(leads_to))
    expect(page.locator("[name=pick]")).to_have_count(1)


def open_files(page: Page, entry: str, screenshot) -> str:
    """From the entry; what is fixed is told there and takes no file. Where one is then."""
    page.goto(entry)
    page.locator("#shortlist").get_by_role("link", name="更换文件").click()
    page.wait_for_url(re.compile("/files/$"))
    expect(page.locator("input[name=file-slides]")).to_have_count(1)
    expect(page.locator("input[type=file]")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("申报书.pdf")
    assert (overflow(page), barriers(page)) == ([], [])
    screenshot(page, "replace-files-phone")
    return page.url


def replace(page: Page, file, screenshot) -> None:
    """The file comes by itself, in pieces that can be resumed; then the last look, and the receipt."""
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and "/uploads/" in answer.url):
        page.locator("input[name=file-slides]").set_input_files(file)
    expect(page.locator("#slot-slides ul[data-kept]")).to_contain_text("答辩演示.pdf")
    page.get_by_role("button", name="检查并提交").click()
    expect(page.locator("main section.card").first).to_contain_text("答辩演示.pdf")
    assert (overflow(page), barriers(page)) == ([], [])
    screenshot(page, "replace-check-phone")
    page.get_by_role("button", name="立即提交").click()
    page.wait_for_url(re.compile("/submissions/receipts/"))
    expect(page.locator("body")).to_contain_text("文件已接收")
    expect(page.locator("main")).to_contain_text("答辩演示.pdf")
    assert overflow(page) == []
    screenshot(page, "replace-receipt-phone")


def nothing_to_replace(page: Page, files: str, screenshot) -> None:
    page.goto(files)
    expect(page.locator("#slot-slides")).to_contain_text("答辩演示.pdf")
    expect(page.locator("input[type=file]")).to_have_count(0)
    expect(page.locator("#entry button")).to_have_count(0)
    assert overflow(page) == []
    screenshot(page, "replace-closed-phone")
