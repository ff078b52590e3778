from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site, running_site


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """On an empty database: all other portals start from one that has been migrated."""
    with running_site(tmp_path_factory.mktemp("first"), is_first_start=True) as site:
        yield site


def test_the_first_page_is_chinese_and_complete(page, site: Site, screenshot):
    page.goto("/")

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    screenshot(page, "00-first-page")


def test_a_first_start_makes_one_organizer_three_judges_three_captains_and_a_member(site: Site):
    parts = sorted(person.part for person in site.people)

    assert parts == ["captain", "captain", "captain", "judge", "judge", "judge", "member", "organizer"]


def test_the_trail_of_a_fresh_portal_holds(site: Site):
    assert "the audit trail holds" in site.manage("verify_audit")
