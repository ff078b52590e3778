"""Two texts that began with the same one, put together by the page: nothing is lost, and nothing is said twice."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.browser.pages import PEOPLE
from tests.browser.test_writing import MAKE
from tests.browser.visitors import sign_in

READ = """async ([name, ...texts]) => {
  const loaded = performance.getEntriesByType("resource").find((each) => each.name.includes("/merge"));
  return (await import(loaded.name))[name](...texts);
}"""
MEET = """async ([kind, base, mine, theirs]) => {
  const loaded = performance.getEntriesByType("resource").find((each) => each.name.includes("/meeting"));
  const {meeting} = await import(loaded.name);
  let chosen = null;
  const note = meeting({kind, base, theirs, title: "", leads: ["both", "one"], mine: () => mine, plain: String, most: 0,
    labels: {theirs: "theirs", mine: "mine", of_theirs: ""}, choose: (value) => (chosen = value), className: "try"});
  note.querySelector("button.main")?.click();
  return [chosen, note.querySelectorAll("p")[1].textContent];
}"""
# What both kept and is at least this long is no part of a place where they met.
LANDMARK = 4
CASES = [
    ("", "甲", "乙", "乙\n甲"),
    ("山洪预警", "山洪短临预警", "山洪预警系统", "山洪短临预警系统"),
    ("山洪预警", "预警", "山洪预警系统", "预警系统"),
    ("一二三四五", "一二X四五", "一二Y四五", "一二Y\nX四五"),
    ("一二三", "一二三", "一二三四", "一二三四"),
    ("😀", "😁", "😂", "😂\n😁"),
    ("", "同意", "不同意", "不同意\n同意"),
    ("一\n二\n三", "零\n一\n二\n三", "一\n二\n三\n四", "零\n一\n二\n三\n四"),
    # One has written at both ends, the other between: what lies between is said once.
    (
        "开头，中间的话很长，结尾",
        "新开头，中间的话很长，结尾新",
        "开头，中间的话很短，结尾",
        "新开头，中间的话很短，结尾新",
    ),
    ([{"a": "1"}], [{"a": "1"}, {"a": "2"}], [{"a": "1"}, {"a": "3"}], [{"a": "1"}, {"a": "3"}, {"a": "2"}]),
    (["x"], ["x", "y"], ["x", "y", "z"], ["x", "y", "z"]),
]


@pytest.fixture(scope="module")
def draft(chromium, site):
    """The page of a draft, with the modules that it has loaded."""
    url = str(site.manage("shell", "-v", "0", "-c", MAKE).splitlines()[-1])
    context = chromium.new_context(locale="zh-CN", base_url=site.url)
    page = context.new_page()
    sign_in(page, site, PEOPLE["captain"])
    page.goto(url)
    yield page
    context.close()


@pytest.fixture(scope="module")
def script(draft):
    """``script("merged", base, mine, theirs)``: what the page's own module answers."""
    return lambda name, *texts: draft.evaluate(READ, [name, *texts])


@pytest.fixture
def meeting(draft):
    """``meeting(kind, base, mine, theirs)``: what is put together of them, and what the reader is told to do."""
    return lambda *texts: draft.evaluate(MEET, texts)


@pytest.mark.parametrize(("base", "mine", "theirs", "both"), CASES, ids=range(len(CASES)))
def test_both_in_one(script, base, mine, theirs, both):
    assert script("merged", base, mine, theirs) == both


# The kind, what both began with, mine, theirs, and both in one; None where that isn't offered.
MEETINGS = [
    ("long_text", "", "甲", "乙", "乙\n甲"),
    ("line", "", "山洪预警", "数据治理", "数据治理 / 山洪预警"),
    ("line", "13800000000", "13800000001", "13900000000", "13900000000 / 13800000001"),
    ("line", "山洪", "", "山洪预警", None),
    ("choice", "", "case", "solution", None),
    ("number", "100", "120", "150", None),
    ("date", "2026-08-10", "2026-09-10", "2026-08-15", None),
    ("choices", [], ["a"], ["b"], ["b", "a"]),
    ("rows", [], [{"a": "1"}], [{"a": "2"}], [{"a": "2"}, {"a": "1"}]),
]


@pytest.mark.parametrize(("kind", "base", "mine", "theirs", "both"), MEETINGS, ids=range(len(MEETINGS)))
def test_both_are_put_together_only_where_that_says_what_both_said(meeting, kind, base, mine, theirs, both):
    assert meeting(kind, base, mine, theirs) == [both, "both" if both else "one"]


@st.composite
def versions(draw):
    """A text and what two people made of it; no character comes twice, so that each can be told by itself."""
    fresh = (chr(code) for code in count(0x4E00))
    base = [next(fresh) for _each in range(draw(st.integers(0, 40)))]

    def edited():
        text = list(base)
        for _each in range(draw(st.integers(0, 4))):
            at = draw(st.integers(0, len(text)))
            text[at : at + draw(st.integers(0, 12))] = [next(fresh) for _new in range(draw(st.integers(0, 6)))]
        return "".join(text)

    return "".join(base), edited(), edited()


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(texts=versions())
def test_whatever_either_wrote_and_whatever_both_kept_is_in_it_once(script, texts):
    base, mine, theirs = texts
    both = script("merged", base, mine, theirs)

    written = (set(mine) | set(theirs)) - set(base)
    kept = set(base) & set(mine) & set(theirs)
    assert {char: both.count(char) for char in written} == dict.fromkeys(written, 1)
    assert {char for char in kept if char not in both} == set()
    stretches = [base[at : at + LANDMARK] for at in range(len(base) - LANDMARK + 1)]
    assert [each for each in stretches if each in mine and each in theirs and both.count(each) != 1] == []


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(base=st.text("山洪a\n😀", max_size=30), text=st.text("山洪a\n😀", max_size=30))
def test_what_only_one_has_changed_is_as_they_left_it(script, base, text):
    assert [script("merged", base, *pair) for pair in ([text, base], [base, text], [text, text])] == [text] * 3


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(base=st.text("山洪a\n😀", max_size=30), text=st.text("山洪a\n😀", max_size=30))
def test_the_marks_show_both_texts_whole(script, base, text):
    pieces = script("marked", base, text)

    assert "".join(said for kind, said in pieces if kind != "came") == base
    assert "".join(said for kind, said in pieces if kind != "went") == text
