"""Two members in the same entry: each sees the other, and in which section."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import PEOPLE
from tests.browser.visitors import Visitors

# A page that asked a moment too early asks again after twenty seconds.
NEXT_BEAT = 45_000
# Whoever goes at the moment that their page says they are there is thought there for 45 seconds.
GONE = 90_000
# Playwright doesn't see what a page sends as it goes.
NOTE_WHAT_IS_SENT_LAST = """() => {
  const send = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, body) => (localStorage.setItem("sent-last", String(body)), send(url, body));
}"""
JOIN = """
from portal.accounts.models import User
from submissions.models import Submission, TeamMember
entry = Submission.objects.get(public_id="{entry}")
TeamMember.objects.get_or_create(team=entry.team, user=User.objects.get(email="{mate}"))
"""


@pytest.fixture
def entry(season):
    """The captain's draft, with a mate in the team while the test lasts."""
    address = season.addresses["draft"]
    join = JOIN.format(entry=address.split("/")[2], mate=PEOPLE["newcomer"])
    season.site.manage("shell", "-c", join)
    yield address
    season.site.manage("shell", "-c", f'{join}entry.team.members.filter(user__email="{PEOPLE["newcomer"]}").delete()')


def test_each_sees_the_other_and_nobody_when_alone(chromium, season, entry):
    visitors = Visitors(chromium, season.site)
    captain, mate = visitors.page("captain", "zh-hans"), visitors.page("newcomer", "zh-hans")
    captain.goto(entry)
    shown = captain.locator("[data-presence]")
    expect(shown).to_be_hidden()
    mate.goto(entry)
    expect(mate.locator("[data-presence]")).to_contain_text("也在这件作品中", timeout=NEXT_BEAT)

    mate.locator("#section-abstract textarea").focus()
    captain.locator("#section-title input:visible").focus()
    expect(shown).to_contain_text("正在填写“项目简述”", timeout=NEXT_BEAT)

    mate.evaluate(NOTE_WHAT_IS_SENT_LAST)
    mate.goto("/desk/")
    assert "leave=1" in mate.evaluate("localStorage.getItem('sent-last')")
    captain.locator("#section-abstract textarea").focus()
    expect(shown).to_be_hidden(timeout=GONE)
    assert visitors.heard() == []
    visitors.leave()
