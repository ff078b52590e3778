"""The last step: pressed twice, by two at once, in the last second. Each sees a receipt that is true, or why not."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import signed_in

RECEIPT = re.compile(r"/submissions/receipts/[0-9a-f-]{36}/$")
MAKE = """
from portal.accounts.models import User
from submissions import services
from submissions.models import Team
from tests.factories.answers import fill_in
from tests.factories.submissions import OrganizationFactory, TeamFactory, credit_code
from tracks.models import Competition, Topic
captain = User.objects.get(email="captain1@example.com")
competition = Competition.objects.get(slug="sichuan-2026")
team = Team.objects.filter(name="提交队").first()
house = OrganizationFactory(code=credit_code(8002)) if team is None else None
team = team or TeamFactory(competition=competition, name="提交队", captain=captain, organization=house)
topic = Topic.objects.get(track__competition=competition, track__number=3, number=1)
entry = services.start_submission(team, topic, actor=captain, title="提交")
fill_in(entry, actor=captain)
print(entry.get_absolute_url())
"""
COUNT = """
from submissions.models import Receipt
print(Receipt.objects.filter(version__submission__public_id="{entry}").count())
"""
MOVE = """
from datetime import timedelta
from django.utils import timezone
from tracks.models import Stage
end = timezone.now() + timedelta(seconds={seconds})
Stage.objects.filter(competition__slug="sichuan-2026", kind="submission").update(closes_at=end, grace=0)
"""


def run(site, code: str) -> str:
    return str(site.manage("shell", "-v", "0", "-c", code)).strip()


@pytest.fixture
def address(site) -> str:
    """A draft that lacks nothing."""
    return run(site, MAKE).splitlines()[-1]


def test_a_form_that_is_only_opened_has_nothing_to_save(browser_context_factory, site, address):
    page = signed_in(browser_context_factory, site, "captain")

    page.goto(address)

    expect(page.locator("[data-left]").first).to_contain_text("已填写完整")
    expect(page.locator("[data-save-state][data-state]")).to_have_count(0)


@pytest.fixture
def someone(browser_context_factory, site, address):
    """A browser of the captain's, with the last look before submitting open."""

    def opened() -> Page:
        page = signed_in(browser_context_factory, site, "captain")
        page.goto(f"{address}submit/")
        return page

    return opened


def receipts(site, address: str) -> int:
    return int(run(site, COUNT.format(entry=address.split("/")[2])).splitlines()[-1])


def button(page: Page):
    return page.get_by_role("button", name="提交作品")


def test_pressed_twice_it_is_one_receipt(someone, site, address):
    page = someone()
    button(page).dblclick()
    expect(page).to_have_url(RECEIPT)

    assert receipts(site, address) == 1


def test_two_who_submit_at_once_see_the_same_receipt(someone, site, address):
    first, second = someone(), someone()
    for page in (first, second):
        button(page).click(no_wait_after=True)
    expect(first).to_have_url(RECEIPT)
    expect(second).to_have_url(RECEIPT)

    assert (first.url, receipts(site, address)) == (second.url, 1)


def test_a_member_who_is_late_by_a_moment_sees_what_was_submitted(someone, site, address):
    first, second = someone(), someone()
    button(first).click()
    expect(first).to_have_url(RECEIPT)
    second.reload()

    expect(second.locator("main").get_by_role("link", name="回执").first).to_be_visible()


@pytest.fixture
def moved(site):
    """The stage ends so many seconds from now."""
    yield lambda seconds: run(site, MOVE.format(seconds=seconds))
    run(site, MOVE.format(seconds=30 * 86_400))


@pytest.mark.parametrize("shown", ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"])
def test_a_clock_that_is_wrong_decides_nothing(someone, moved, shown):
    page = someone()
    moved(3600)
    page.clock.set_fixed_time(shown)
    button(page).click()

    expect(page).to_have_url(RECEIPT)


def test_a_second_after_the_end_there_is_no_receipt_although_the_page_stood_open(someone, site, address, moved):
    page = someone()
    page.clock.set_fixed_time("2020-01-01T00:00:00Z")
    moved(-1)
    button(page).click()
    # The end is told before the button is pressed too.
    expect(page.locator("main")).to_contain_text("已作为逾期提交留存")

    assert receipts(site, address) == 0
