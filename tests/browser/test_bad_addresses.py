"""Addresses and settings that nobody's browser sends by itself get a clear word, never a failure."""

from __future__ import annotations

import pytest

from tests.browser.pages import HERE, NOWHERE
from tests.browser.visitors import Visitors

HUGE = "9" * 24
LANGUAGES = ["xx", "zh-hans'--", "../../etc/passwd", "%00", "%F0%9F%98%80", "e" * 3000, "zh_Hans\tx", ""]
ACCEPTED = ["xx-yy", "*;q=abc", "," * 2000, "zh-" * 1000, "en;q=1e999", "zh-hans;q=-1, en;q=2"]
NOTHING = [
    "/no/such/page/",
    f"{HERE}/tracks/0/",
    f"{HERE}/tracks/{HUGE}/",
    f"{HERE}/tracks/9/topics/{HUGE}/",
    f"{HERE}/announcements/{HUGE}/",
    f"{HERE}/documents/{NOWHERE}/x.pdf",
    "/no-such-contest/",
    "/no-such-contest/tracks/9/",
    "/no-such-contest/search/?q=x",
    "/no-such-contest/announcements/feed/",
    f"/theme/{HUGE}.css",
    f"/verify/{NOWHERE}/",
    "/%F0%9F%98%80/",
    "/%FF%FE/",
    "/..%2f..%2fetc/passwd",
    "/static/no-such.css",
    f"/api/v1/topics/{HUGE}/",
    "/api/v2/",
    f"/{'x' * 3000}/",
]
# Where only somebody signed in gets as far as a look into the database.
NOTHING_SIGNED_IN = [
    f"/invitations/{NOWHERE}/wrong/",
    f"/teams/{HUGE}/",
    f"/submissions/{NOWHERE}/",
    f"/submissions/receipts/{NOWHERE}/",
    f"/submissions/start{HERE}/{HUGE}/{HUGE}/",
    f"/judging/{NOWHERE}/",
    f"/organize/rounds/{HUGE}/",
    f"/certificates/{NOWHERE}/",
    f"/f/{NOWHERE}/x.pdf",
]
ODD_QUESTIONS = [
    "/%00/",
    "/?x=%00&lang=%FF",
    f"{HERE}/announcements/?page={HUGE}",
    f"{HERE}/announcements/?page=%00",
    f"{HERE}/search/?q=%00",
    f"{HERE}/search/?q=%FF%FE",
    f"{HERE}/search/?q={'%F0%9F%98%80' * 200}",
    f"/api/v1/topics/?cursor={HUGE}",
    "/api/v1/topics/?cursor=%00",
    "/api/v1/topics/?cursor=bm90IGEgY3Vyc29y",
    "/api/v1/topics/?page_size=-1",
    f"/api/v1/topics/?track={HUGE}",
    "/api/v1/results/?cursor=%F0%9F%98%80",
    "/accounts/login/?next=https://example.com/",
    "/teams/new/?competition=%00",
]


@pytest.fixture(scope="module")
def visitors(chromium, site):
    visitors = Visitors(chromium, site)
    yield visitors
    visitors.leave()


@pytest.fixture
def ask(visitors):
    return visitors.page("", "zh-hans").request.get


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_malformed_language_cookie_means_chinese(chromium, site, language):
    context = chromium.new_context(base_url=site.url, locale="zh-CN")
    answer = context.request.get("/", headers={"Cookie": f"django_language={language}"})

    assert (answer.status, 'lang="zh-hans"' in answer.text()) == (200, True)
    context.close()


@pytest.mark.parametrize("accepted", ACCEPTED)
def test_a_malformed_wish_for_a_language_is_passed_over(chromium, site, accepted):
    context = chromium.new_context(base_url=site.url)
    answer = context.request.get("/", headers={"Accept-Language": accepted})

    assert answer.status == 200
    context.close()


def test_switching_to_no_language_leads_back_to_the_portal(ask, visitors, site):
    form = {"language": "xx", "next": "https://example.com/"}
    answer = visitors.page("", "zh-hans").request.post("/i18n/language/", form=form)

    assert (answer.status, answer.url) == (200, f"{site.url}/")


@pytest.mark.parametrize("path", NOTHING)
def test_where_nothing_is_the_answer_says_so(ask, path):
    assert ask(path).status == 404


@pytest.mark.parametrize("path", NOTHING_SIGNED_IN)
@pytest.mark.parametrize("who", ["captain", "judge", "organizer"])
def test_where_nothing_is_somebody_signed_in_is_told_so_too(visitors, who, path):
    assert visitors.page(who, "zh-hans").request.get(path).status == 404


@pytest.mark.parametrize("path", ODD_QUESTIONS)
def test_an_odd_question_is_answered(ask, path):
    assert ask(path).status in {200, 400, 404}
