"""An organizer's hour: twenty entries, by keyboard. Pass, return, the team corrects, pass; reject, undo."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PEOPLE
from tests.browser.site import Site, running_site
from tests.browser.visitors import barriers, overflow, sign_in

ENTRIES = 20
QUEUE = "/organize/screening/screened-2026/"
ENTRY = re.compile(r"/organize/screening/screened-2026/[0-9a-f-]{36}/$")
MAKE = """
from datetime import timedelta
from django.utils import timezone
from portal.accounts.models import User
from submissions.models import ScreeningPlan
from submissions.services import facts
from tests.factories.submissions import OrganizationFactory, SubmissionFactory, TeamFactory, credit_code
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
competition = CompetitionFactory(open=True, slug="screened-2026", name="审查演练赛", short_name="演练赛")
OrganizerFactory(competition=competition, user=User.objects.get(email="organizer@example.com"))
plan = ScreeningPlan.objects.create(competition=competition)
plan.items.create(key="seal", title="盖章页齐全")
plan.reasons.create(use="return", code="no_seal", title="缺盖章页", text="申报书缺少盖章页，请补交。")
plan.reasons.create(use="reject", code="off_topic", title="不符合赛题", text="内容与赛题不符。")
topic = TopicFactory(track__competition=competition, title="山洪灾害短临预警")
captain = User.objects.get(email="captain1@example.com")
house = OrganizationFactory(code=credit_code(8100))
for number in range({entries}):
    team = TeamFactory(competition=competition, name=f"演练队{{number}}", organization=house, captain=captain)
    at = timezone.now() - timedelta(hours=30 - number)
    entry = SubmissionFactory(team=team, topic=topic, title=f"山洪预警 {{number}}", submitted=True, submitted_at=at)
    facts.make_facts(entry.versions.get().pk)
"""
STATES = """
from collections import Counter
from submissions.models import Submission
rows = Submission.objects.filter(track__competition__slug="screened-2026")
print(sorted(Counter(rows.values_list("status", flat=True)).items()))
"""


FAREWELL = """() => {
  let said;
  navigator.sendBeacon = (url, body) => (said = [url, body.toString()]);
  dispatchEvent(new Event("pagehide"));
  return said;
}"""
SEND = (
    "([url, body]) => fetch(url, { method: 'POST', body: new URLSearchParams(body) }).then((answer) => answer.status)"
)
CLAIMS = """
from submissions.models import ScreeningClaim
print(ScreeningClaim.objects.filter(user__email="organizer@example.com").count())
"""


def run(site, code: str) -> str:
    return str(site.manage("shell", "-v", "0", "-c", code)).strip()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A portal of its own: another competition would change what visitors of the others see first."""
    with running_site(tmp_path_factory.mktemp("screening")) as site:
        run(site, MAKE.format(entries=ENTRIES))
        yield site


@pytest.fixture
def organizer(browser_context_factory, site) -> Page:
    page = browser_context_factory().new_page()
    sign_in(page, site, PEOPLE["organizer"])
    return page


def press(page: Page, key: str, *, leads_to: re.Pattern[str] | str) -> None:
    """Where the next entry comes, its address is another one than before."""
    before = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != before and re.search(leads_to, url))


def heading(page: Page) -> str:
    return page.locator("#entry-title").inner_text()


def test_an_organizers_hour(organizer, browser_context_factory, site, screenshot):
    page = organizer
    take_the_first(page, screenshot)
    decide_nothing_from_elsewhere(page, site)
    reload_and_keep_it(page, site)
    for number in range(1, 16):
        press(page, "p", leads_to=ENTRY)
        assert heading(page) == f"山洪预警 {number}"
    returned = return_it(page)
    reject_it_and_undo(page)

    correct(browser_context_factory().new_page(), site, "山洪预警 15")
    page.goto(returned)
    expect(page.locator("#changes")).to_contain_text("改过的简述")
    screenshot(page, "screening-changes")
    while ENTRY.search(page.url):
        press(page, "p", leads_to=QUEUE)
    assert run(site, STATES) == f"[('eligible', {ENTRIES})]"


def take_the_first(page: Page, screenshot) -> None:
    """j goes to the first entry and x chooses it; n takes the one that has waited longest."""
    page.goto(QUEUE)
    expect(page.locator("tbody tr")).to_have_count(ENTRIES)
    assert (overflow(page), barriers(page)) == ([], [])
    screenshot(page, "screening-queue")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tbody input").first).to_be_checked()
    press(page, "n", leads_to=ENTRY)
    assert (heading(page), overflow(page), barriers(page)) == ("山洪预警 0", [], [])
    screenshot(page, "screening-entry")
    page.locator("[name=checks]").first.check()


def decide_nothing_from_elsewhere(page: Page, site) -> None:
    """What stands open is carried out from its own fields; somebody who writes a note doesn't mean it."""
    page.keyboard.press("x")
    page.locator("select[name=code]").select_option("off_topic")
    for field in ("[name=note-text]", "#entry-title"):
        page.locator(field).evaluate("element => (element.closest('[tabindex]') ?? element).focus()")
        page.keyboard.press("Control+Enter")
    assert run(site, STATES) == f"[('submitted', {ENTRIES})]"


def reload_and_keep_it(page: Page, site) -> None:
    """Browsers send the farewell of the old page once they have asked for the new one."""
    farewell = page.evaluate(FAREWELL)
    page.reload()
    assert (page.evaluate(SEND, farewell), run(site, CLAIMS)) == (200, "1")


def return_it(page: Page) -> str:
    """The reason from the list fills the text, a section is opened, Ctrl+Enter sends it off. Where the entry is."""
    address = page.url
    page.keyboard.press("r")
    expect(page.locator("select[name=code]")).to_be_focused()
    page.locator("select[name=code]").select_option("no_seal")
    expect(page.locator("textarea[name=reason]")).to_have_value("申报书缺少盖章页，请补交。")
    # While somebody types, a letter is a letter.
    page.locator("textarea[name=reason]").press_sequentially("px")
    page.locator("[name=sections][value=abstract]").check()
    press(page, "Control+Enter", leads_to=ENTRY)
    return address


def reject_it_and_undo(page: Page) -> None:
    address = page.url
    page.keyboard.press("x")
    page.locator("select[name=code]").select_option("off_topic")
    expect(page.locator("textarea[name=reason]")).to_have_value("内容与赛题不符。")
    press(page, "Control+Enter", leads_to=ENTRY)
    page.goto(address)
    page.keyboard.press("u")
    page.locator("[name=undo-reason]").fill("看错了附件。")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#decide")).to_be_visible()
    expect(page.locator("#past + ol")).to_contain_text("看错了附件。")


def correct(captain: Page, site, title: str) -> None:
    """The team mends what it was asked to, and submits again."""
    sign_in(captain, site, PEOPLE["captain"])
    captain.goto("/desk/entries/")
    captain.get_by_role("link", name=title, exact=True).click()
    area = captain.locator("#section-abstract textarea")
    area.fill("改过的简述：融合雨量与视频。")
    area.blur()
    expect(captain.locator("#section-abstract [data-state=saved]")).to_be_visible()
    captain.goto(f"{captain.url.partition('#')[0]}submit/")
    captain.get_by_role("button", name="提交作品").click()
    captain.wait_for_url(re.compile("/submissions/receipts/"))


def test_the_keys_can_be_switched_off(organizer):
    page = organizer
    page.goto(QUEUE)
    page.keyboard.press("?")
    page.locator("[data-keys]").uncheck()
    page.locator("#keys [data-close]").click()
    page.keyboard.press("n")
    page.keyboard.press("j")

    expect(page).to_have_url(re.compile(f"{QUEUE}#?(keys)?$"))
    page.reload()
    expect(page.locator("[data-keys]")).not_to_be_checked()
