"""What one may type, from one character to nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search_sets import topics
from tracks.search import Document, Finder

FINDER = Finder(topics())
SMALL = Finder(
    [Document(1, "养殖", "猪价 AI 预警", "农业"), Document(2, "公积金", "住房贷款", "城市"), Document(3, "", "", "")]
)


def tracks_of(text: str, *, limit: int = 3) -> set[str]:
    return {found.key.split(".")[0] for found in FINDER.find(text, limit=limit)}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("公积金", "11.7"),
        ("耕地", "2.3"),
        ("网约车司机", "13.4"),
        ("gongjijin", "11.7"),
        ("gong ji jin", "11.7"),
        ("GongJiJin", "11.7"),
        ("gjj", "11.7"),
        ("公积金 tiqu", "11.7"),
        ("ｇｊｊ", "11.7"),
        ("CIM", "11.5"),
        ("提取公积金的APP", "11.7"),
    ],
)
def test_a_few_letters_are_enough(text, topic):
    assert FINDER.find(text, limit=1)[0].key == topic


@pytest.mark.parametrize(
    ("text", "track"),
    [
        ("农业", "2"),
        ("nongye", "2"),
        ("nongy", "2"),
        ("ny", "2"),
        ("看病", "7"),
        ("kanbing", "7"),
        ("打工", "13"),
        ("yinhang", "5"),
        ("马拉松", "14"),
        ("药材", "16"),
        ("显卡", "17"),
    ],
)
def test_a_word_finds_its_track(text, track):
    assert tracks_of(text) == {track}


@pytest.mark.parametrize("text", ["药", "碳", "猪"])
def test_one_character_finds_topics_that_have_it(text):
    found = FINDER.find(text, limit=3)
    bodies = {document.key: document.title + document.body + document.group for document in topics()}

    assert found
    assert all(text in bodies[one.key] for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\t",
        "的",
        "？！。",
        "的了我们",
        "\x00",
        "\ud800",
        "😀" * 4000,
        "<>&\"'",
        "۩",
        "zxqv",
        "%",
        "\\",
        "x" * 5000,
    ],
    ids=ascii,
)
def test_what_says_nothing_finds_nothing(text):
    assert FINDER.find(text, limit=5) == []


@pytest.mark.parametrize("text", ["数据", "智能", "shuju", "sj", "数据 智能", "数据？"])
def test_a_word_that_most_topics_have_shows_some_that_have_it(text):
    found = FINDER.find(text, limit=12)

    assert len(found) >= 3
    assert {one.fit for one in found} == {"loose"}


@pytest.mark.parametrize("noise", ["\x00", "\ud800", "😀", "<script>alert(1)</script>", "\u202e", "，。"])
def test_noise_around_a_word_does_not_hide_it(noise):
    assert FINDER.find(f"{noise}公积金{noise}", limit=1)[0].key == "11.7"


def test_traditional_forms_and_wide_letters_are_as_long_as_they_were():
    found = SMALL.find("ＡＩ", limit=1)[0]

    assert "".join(segment.text for segment in found.match.passage) == "猪价 AI 预警"


def test_recipes_fit_loosely_if_at_all():
    recipe = (
        "把鸡蛋打散，加少许盐，锅里放油烧热，倒入蛋液，待凝固后翻面，再放切好的番茄，翻炒出汁，撒上葱花就可以出锅了。"
    )

    assert {found.fit for found in FINDER.find(recipe, limit=5)} <= {"loose"}


def test_the_best_has_the_whole_share_and_the_others_less():
    shares = [found.share for found in FINDER.find("医院里的病历", limit=10)]

    assert (shares[0], shares) == (1, sorted(shares, reverse=True))


def test_only_what_is_allowed_is_found_and_the_best_of_it_has_the_whole_share():
    allowed = {"7.2", "11.7"}

    assert [(found.key, found.share) for found in FINDER.find("老人看病", limit=5, keys=allowed)] == [("7.2", 1)]


def test_no_more_is_found_than_was_asked_for():
    assert len(FINDER.find("农业", limit=4)) == 4


def test_an_index_of_nothing_finds_nothing():
    assert Finder([]).find("农业", limit=5) == []


def test_one_topic_alone_is_found():
    assert [found.key for found in Finder([Document(7, "生猪养殖", "", "农业")]).find("养猪", limit=5)] == [7]


@given(st.text(max_size=300))
def test_any_text_has_an_answer_in_order(text):
    shares = [found.share for found in SMALL.find(text, limit=3)]

    assert shares == sorted(shares, reverse=True)
