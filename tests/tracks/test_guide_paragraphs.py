import pytest

from tracks.guide.document import Repair
from tracks.guide.paragraphs import rejoin


def rejoined(*pieces: str) -> str:
    return rejoin(enumerate(pieces, start=1))[0]


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("发展农业低空", "经济。", "发展农业低空经济。"),
        ("聚焦航空、金融等领域，", "融合数据。", "聚焦航空、金融等领域，融合数据。"),
        ("推动实现从", "“人找岗位”到“岗位找人”。", "推动实现从“人找岗位”到“岗位找人”。"),
        ("办成“一件事”", "的改革。", "办成“一件事”的改革。"),
        ("推动", "AR 眼镜。", "推动AR 眼镜。"),
        ("such as AI", "for Science.", "such as AI for Science."),
        ("提高到", "3.5 倍。", "提高到3.5 倍。"),
    ],
)
def test_page_end_inside_a_sentence_is_undone(before, after, whole):
    assert rejoined(before, after) == whole


def test_sentence_may_run_over_several_pages():
    assert rejoined("一", "句", "话。") == "一句话。"


@pytest.mark.parametrize("end", ["。", "！", "？", "；", "：", "。”", "！）", ".", "……"])
def test_paragraph_that_ends_a_sentence_stays_one(end):
    assert rejoined(f"前一段{end}", "后一段。") == f"前一段{end}\n\n后一段。"


@pytest.mark.parametrize("item", ["（一）其一。", "1. 其一。", "2、其二。", "①其一。", "- 其一。"])
def test_list_item_starts_a_paragraph_after_an_unfinished_one(item):
    assert rejoined("包括以下内容", item) == f"包括以下内容\n\n{item}"


@pytest.mark.parametrize("mark", ["，", "、", "；", "："])
def test_character_taken_up_again_after_a_page_end_is_kept_once(mark):
    assert rejoined("一体化解决方案。", f"案{mark}支持入池。") == f"一体化解决方案{mark}支持入池。"


def test_character_taken_up_again_is_reported():
    assert rejoin([(7, "解决方案。"), (9, "案，支持入池。")])[1] == [Repair(9, "。案")]


@pytest.mark.parametrize("after", ["案例众多。", "另，支持。", "案"])
def test_sentence_stays_ended_when_nothing_is_taken_up_again(after):
    assert rejoined("一体化解决方案。", after) == f"一体化解决方案。\n\n{after}"


def test_same_character_on_both_sides_of_a_cut_may_be_two_words():
    assert rejoined("融入科学管理", "理念。") == "融入科学管理理念。"
