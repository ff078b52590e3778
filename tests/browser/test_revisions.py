"""A topic's history in the browser: from the topic to what has changed, on a wide screen and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import HERE

pytestmark = pytest.mark.usefixtures("revised")
TOPIC = f"{HERE}/tracks/9/topics/3/"
REVISE = """
from tracks.models import Topic
from tracks.services import revise_topic
topic = Topic.objects.get(track__competition__slug="sichuan-2026", track__number=9, number=3)
if topic.revisions.count() == 1:
    body = topic.body[:-1] + "，并向社会公开。\\n鼓励跨部门联合申报。"
    revise_topic(topic, actor=None, title=topic.title, body=body, reason="补充公开要求")
"""


@pytest.fixture(scope="session")
def revised(site):
    site.manage("shell", "-c", REVISE)


def sides(page):
    """Where the old and the new paragraph stand."""
    pair = page.locator(".diff .pair.changed").first
    return pair.locator(".was").bounding_box(), pair.locator(".is").bounding_box()


def test_the_topic_leads_to_what_has_changed(page, screenshot):
    page.goto(TOPIC)
    expect(page.get_by_text("补充公开要求")).to_be_visible()
    page.locator("section[aria-labelledby=revision] a").click()

    expect(page.locator(".diff ins").first).to_contain_text("并向社会公开")
    expect(page.locator(".revisions li")).to_have_count(2)
    screenshot(page, "topic-revisions")


def test_on_a_wide_screen_the_texts_stand_side_by_side(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{TOPIC}revisions/")
    before, after = sides(page)

    assert (before["y"], before["x"] < after["x"]) == (after["y"], True)


def test_on_a_phone_the_new_one_stands_under_the_old_one(page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{TOPIC}revisions/")
    before, after = sides(page)

    assert (before["x"], before["y"] < after["y"]) == (after["x"], True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_changed_is_told_without_colours(page):
    page.goto(f"{TOPIC}revisions/")
    line = "element => getComputedStyle(element).textDecorationLine"

    assert page.locator(".diff ins").first.evaluate(line) == "underline"


def test_two_others_are_chosen_by_hand(page):
    page.goto(f"{TOPIC}revisions/")
    page.get_by_role("combobox").first.select_option("2")
    page.locator("form.filters button").click()

    expect(page.locator(".diff .pair:not(.same)")).to_have_count(0)
