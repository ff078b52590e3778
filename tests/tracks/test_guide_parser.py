import re
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tracks.guide.document import GuideDocument, GuideError, Repair
from tracks.guide.lines import decode
from tracks.guide.parser import parse_guide, read_guide

GUIDE = Path(__file__).parents[1] / "data" / "2026-sichuan-topic-guide.md"
NUMBERING = r"^赛道[一二三四五六七八九十]+：(.+)赛道$|^[一二三四五六七八九十]+、"
SMALL = """\
## **某某大赛赛题指南**

设置甲、乙两个方向，共 2 个赛道。

### **赛道一：甲赛道**

#### 一、第一题

甲一的正文。

## 二、第二题

甲二的正文。

### 赛道二：乙赛道

**一、第一题**

乙一的正文。
"""


@pytest.fixture(autouse=True, scope="module")
def _reasons_in_english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def guide_text() -> str:
    return GUIDE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def guide(guide_text) -> GuideDocument:
    return parse_guide(guide_text)


def topics_of(document):
    return [topic for track in document.tracks for topic in track.topics]


def without_whitespace(text: str) -> str:
    return "".join(text.split())


# The 2026 guide itself


def test_guide_has_its_17_tracks_with_their_121_topics(guide):
    counts = [len(track.topics) for track in guide.tracks]

    assert counts == [5, 12, 3, 13, 12, 4, 4, 5, 4, 6, 15, 5, 8, 7, 5, 6, 7]


def test_guide_loses_and_adds_no_character_of_its_text(guide, guide_text):
    lines = [line for line in guide_text.splitlines() if not line.startswith("#")]
    read = guide.introduction + "".join(topic.body for topic in topics_of(guide))

    assert without_whitespace(read) == "".join(map(without_whitespace, lines)).replace("。案，", "，", 1)


def test_guide_loses_and_adds_no_character_of_its_headings(guide, guide_text):
    lines = [line.strip("#* ") for line in guide_text.splitlines() if line.startswith("#")]
    names = [guide.title]
    for track in guide.tracks:
        names += [track.name, *(topic.title for topic in track.topics)]

    assert names == [re.sub(NUMBERING, r"\1", line) for line in lines]


def test_guide_keeps_the_spaces_inside_its_lines(guide, guide_text):
    pieces = [line for line in guide_text.splitlines() if line and not line.startswith("#")]
    text = "\n".join([guide.introduction, *(topic.body for topic in topics_of(guide))])

    assert [piece for piece in pieces if piece.removesuffix("。").removeprefix("案") not in text] == []


def test_guide_has_no_paragraph_left_that_a_page_end_cut(guide):
    assert [topic.line for topic in topics_of(guide) if "\n" in topic.body] == []


def test_guide_gets_the_sentence_back_that_a_page_end_broke(guide):
    body = guide.tracks[16].topics[3].body

    assert "实时状态同步的一体化解决方案，支持算力资源的动态入池与出池、" in body


def test_guide_needs_one_repair_and_names_its_line(guide, guide_text):
    lines_before = guide_text[: guide_text.index("\n案，支持") + 1].count("\n")

    assert guide.repairs == (Repair(lines_before + 1, "。案"),)


def test_guide_knows_the_line_of_each_topic(guide, guide_text):
    lines = guide_text.splitlines()

    assert [topic.title for topic in topics_of(guide) if topic.title not in lines[topic.line - 1]] == []


# What a heading is


def test_heading_levels_and_bold_type_mean_nothing():
    document = parse_guide(SMALL)

    assert [(track.name, [topic.title for topic in track.topics]) for track in document.tracks] == [
        ("甲", ["第一题", "第二题"]),
        ("乙", ["第一题"]),
    ]


@pytest.mark.parametrize(
    "heading",
    ["#一、题", "# 一、题 #", "## **一、**题", "###### 1. 题", "## 1、题", "**一、题**", "## 一 、题"],
)
def test_topic_heading_may_be_written_as(heading):
    document = parse_guide(f"# 指南\n## 赛道一：甲\n{heading}\n正文。")

    assert [(topic.number, topic.title) for topic in topics_of(document)] == [(1, "题")]


@pytest.mark.parametrize("heading", ["赛道一：甲赛道", "赛道 1: 甲", "赛道一、甲 赛道", "**赛道一：甲**"])
def test_track_heading_may_be_written_as(heading):
    document = parse_guide(f"# 指南\n## {heading}\n### 一、题\n正文。")

    assert [(track.number, track.name) for track in document.tracks] == [(1, "甲")]


def test_title_keeps_a_closing_sharp_that_belongs_to_a_word():
    document = parse_guide("# 指南\n## 赛道一：甲\n### 一、用 C#\n正文。")

    assert topics_of(document)[0].title == "用 C#"


def test_numbered_text_without_marks_is_text():
    document = parse_guide("# 指南\n## 赛道一：甲\n### 一、题\n一、说明。\n二、要求。")

    assert topics_of(document)[0].body == "一、说明。\n\n二、要求。"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_mean_nothing(ending):
    assert parse_guide(SMALL.replace("\n", ending)) == parse_guide(SMALL)


def test_byte_order_mark_is_no_character_of_the_title():
    assert read_guide(SMALL.encode("utf-8-sig")).title == "某某大赛赛题指南"


# What it refuses

REFUSED = {
    "empty": ("", 1, "the document is empty."),
    "blank": ("\n \n", 1, "the document is empty."),
    "text before the title": ("\n前言\n# 指南", 2, "there is text before the title."),
    "no title": ("## 赛道一：甲\n### 一、题\n正文。", 1, "the document must start with its title."),
    "no tracks": ("# 指南\n导语。", 1, "the document has no tracks."),
    "unknown heading": ("# 指南\n## 附件", 2, "“附件” is neither a track nor a topic."),
    "empty heading": ("# 指南\n##", 2, "“” is neither a track nor a topic."),
    "topic outside": ("# 指南\n### 一、题\n正文。", 2, "a topic stands before the first track."),
    "track without name": ("# 指南\n## 赛道一：赛道\n### 一、题\n文。", 2, "track 1 has no name."),
    "track without topics": ("# 指南\n## 赛道一：甲\n## 赛道二：乙", 2, "track 1 has no topics."),
    "text in a track": (
        "# 指南\n## 赛道一：甲\n\n文。\n### 一、题",
        4,
        "there is text between a track and its first topic.",
    ),
    "topic without title": ("# 指南\n## 赛道一：甲\n### 一、\n文。", 3, "topic 1 has no title."),
    "topic without text": ("# 指南\n## 赛道一：甲\n### 一、题", 3, "topic 1 has no text."),
    "number too big": ("# 指南\n## 赛道100：甲", 2, "“100” is not a number from 1 to 99."),
    "number malformed": ("# 指南\n## 赛道一：甲\n### 十十、题", 3, "“十十” is not a number from 1 to 99."),
    "NUL": ("# 指南\n正\x00文。", 2, "the character U+0000 has no place in a text."),
    "surrogate": ("# 指\ud800南", 1, "the character U+D800 has no place in a text."),
    "bidi override": ("# 指\u202e南", 1, "the character U+202E has no place in a text."),
    "lost character": ("# 指\ufffd南", 1, "the character U+FFFD has no place in a text."),
}


@pytest.mark.parametrize(("text", "line", "reason"), REFUSED.values(), ids=REFUSED)
def test_document_without_sense_gets_line_and_reason(text, line, reason):
    with pytest.raises(GuideError) as refusal:
        parse_guide(text)

    assert (refusal.value.line, refusal.value.reason) == (line, reason)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("二、第二题", "一、第二题", 11, "topic 1 appears twice; topic 2 was expected."),
        ("二、第二题", "三、第二题", 11, "topic 3 stands where topic 2 was expected."),
        ("赛道二", "赛道一", 15, "track 1 appears twice; track 2 was expected."),
        ("赛道二", "赛道十二", 15, "track 12 stands where track 2 was expected."),
        ("乙赛道", "甲赛道", 15, "there is another track called “甲”."),
        ("共 2 个", "共 3 个", 3, "3 tracks are announced, 2 follow."),
        ("共 2 个", "共三个", 3, "3 tracks are announced, 2 follow."),
    ],
)
def test_document_that_cannot_count_gets_line_and_reason(old, new, line, reason):
    with pytest.raises(GuideError) as refusal:
        parse_guide(SMALL.replace(old, new))

    assert (refusal.value.line, refusal.value.reason) == (line, reason)


@pytest.mark.parametrize("sentence", ["每队限报一个赛道。", "2 个赛道，新增 1 个赛道。", "若干个赛道。", ""])
def test_introduction_may_count_other_things(sentence):
    document = parse_guide(SMALL.replace("设置甲、乙两个方向，共 2 个赛道。", sentence))

    assert len(document.tracks) == 2


def test_bytes_that_are_not_utf8_get_their_line():
    with pytest.raises(GuideError) as refusal:
        read_guide("# 指南\n## 赛道".encode() + "一：甲".encode("gbk"))

    assert (refusal.value.line, refusal.value.reason[:27]) == (2, "the text is not UTF-8 but G")


# Any document at all

HEADINGS = ["# 指南", "## 赛道一：甲", "## 赛道二：乙", "### 一、题", "**二、题**", "#", "**"]
LINES = st.sampled_from([*HEADINGS, "文。", "文", "案。", "案，", " "])


def is_read_or_refused(text: str) -> bool:
    try:
        document = parse_guide(text)
    except GuideError as refusal:
        return 1 <= refusal.line <= text.count("\n") + text.count("\r") + 1
    return all(topic.title and topic.body for topic in topics_of(document))


@given(st.lists(LINES | st.text(max_size=8), max_size=30))
def test_any_document_is_read_or_refused(lines):
    assert is_read_or_refused("\n".join(lines))


@given(st.data())
def test_a_mangled_guide_is_read_or_refused(guide_text, data):
    start = data.draw(st.integers(0, len(guide_text)))
    length = data.draw(st.integers(0, 400))

    assert is_read_or_refused(guide_text[:start] + data.draw(st.text(max_size=5)) + guide_text[start + length :])


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data):
    try:
        text = decode(data)
    except GuideError as refusal:
        text = refusal.reason

    assert isinstance(text, str)
