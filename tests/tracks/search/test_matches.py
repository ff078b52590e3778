"""Why a topic was found: marked words, the best passage, and which of the query's words led there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search_sets import topics
from tracks.search import Document, Finder
from tracks.search.matches import PASSAGE, Phrase

FINDER = Finder(topics())
OTHERS = [Document(f"other {number}", f"别的事情{number}", "与此无关的内容。", "其他") for number in range(9)]


def match(query: str, *, title: str = "题目", body: str = "正文。"):
    finder = Finder([Document("it", title, body, "赛道"), *OTHERS])
    return next(found.match for found in finder.find(query, limit=1, keys={"it"}))


def marked(segments) -> list[str]:
    return [segment.text for segment in segments if segment.is_match]


def test_what_the_query_has_is_marked_where_it_stands():
    found = match("养殖", title="生态养殖服务", body="养殖的新模式，养殖。")

    assert (marked(found.title), marked(found.passage)) == (["养殖"], ["养殖", "养殖"])


def test_the_parts_together_are_the_text():
    found = match("公积金", title="住房公积金服务", body="公积金的新模式。")

    assert ("".join(part.text for part in found.title), "".join(part.text for part in found.passage)) == (
        "住房公积金服务",
        "公积金的新模式。",
    )


def test_markup_is_text_like_any_other():
    found = match("养殖 script", title="<script>养殖</script>", body="&lt;b&gt;")

    assert "".join(part.text for part in found.title) == "<script>养殖</script>"


def test_another_word_for_it_is_marked_and_explained():
    found = match("看病", title="提升诊疗水平")

    assert (marked(found.title), found.phrases) == (["诊疗"], [Phrase("诊疗", ("看病",))])


def test_a_phrase_that_the_query_has_itself_needs_no_explanation():
    assert match("诊疗 看病", title="提升诊疗水平").phrases == [Phrase("诊疗", ())]


def test_a_phrase_is_as_whole_as_the_query_has_it():
    found = FINDER.find("数据要素", limit=1)[0]

    assert [phrase.text for phrase in found.match.phrases] == ["数据要素"]


def test_reasons_say_the_same_words_once():
    found = match("看病", title="诊疗与临床")

    assert found.reasons == [(("看病",), ["临床", "诊疗"])]


def test_letters_are_marked_as_whole_words_only():
    assert marked(match("AI 养殖", title="养殖", body="MAIN 与 AI 结合").passage) == ["AI"]


def test_of_a_long_text_the_passage_with_most_matches_is_shown():
    body = "甲" * 300 + "。这里讲住房公积金和住房贷款。" + "乙" * 300

    passage = match("住房公积金 贷款", body=body).passage

    assert "公积金" in "".join(marked(passage))


def test_a_passage_says_that_it_is_cut():
    text = "".join(part.text for part in match("公积金", body="甲" * 300 + "。住房公积金" + "乙" * 300).passage)

    assert (text[0], text[-1], len(text)) == ("…", "…", PASSAGE + 2)


def test_no_more_is_marked_than_really_counted():
    long_query = "".join(document.body for document in topics()[:20])

    assert all(len(found.match.phrases) <= 6 for found in FINDER.find(long_query, limit=10))


@pytest.mark.parametrize("text", ["农业", "nongye", "老人看病要排队，医生也忙"])
def test_every_result_says_why(text):
    assert all(found.match.phrases for found in FINDER.find(text, limit=10))


@given(
    st.text(alphabet="公积金住房贷款 AI<>&，。\nⅣ", max_size=200),
    st.text(alphabet="公积金住房AI ", min_size=2, max_size=12),
)
def test_marking_never_changes_a_text(body, query):
    finder = Finder([Document("it", body[:50], body, "赛道"), *OTHERS])

    for found in finder.find(query, limit=1, keys={"it"}):
        assert "".join(part.text for part in found.match.title) == body[:50]
        assert "".join(part.text for part in found.match.passage).strip("…") in body
