"""Texts as numbers: what is the same for it, what a hostile text costs, where passages stand."""

import numpy as np
import pytest

from submissions.near.passages import Compared
from submissions.near.shelf import COMMON_COUNT, Shelf
from submissions.near.sketch import FEWEST, KEPT_BELOW, all_hashes, hashes_of, packed, sketch_of, unpacked
from submissions.near.spans import Passage, merged
from submissions.near.words import LONGEST, fold, fold_with_origins
from tests.made_entries import Maker

NOTHING = np.empty(0, np.uint32)
HOSTILE = ["", " ", "\x00" * 50, "😀" * 4000, "\ud800\udfff", "ﷺ" * 20_000, "<script>alert(1)</script>", "啊" * 20_000]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ａｂｃ１２３", "abc123"),
        ("数据，要素。流通！", "数据要素流通"),
        ("数据 要素\n流\t通", "数据要素流通"),
        ("数据😀要素", "数据要素"),
        ("①㈱", "1株"),
    ],
)
def test_what_differs_in_dress_alone_is_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_written_is_folded_alike_with_and_without_places(text):
    folded = fold_with_origins(text)

    assert (folded.text, len(folded.origins)) == (fold(text), len(folded.text))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_longer_than_any_form_takes(text):
    assert len(fold(text)) <= LONGEST


def test_the_same_runs_have_the_same_hashes_wherever_they_stand():
    assert set(hashes_of("前面的话数据要素流通")) >= set(hashes_of("数据要素流通"))


def test_a_sketch_holds_a_sixteenth_of_a_long_text():
    made = Maker(3).honest(length=6000)
    whole = all_hashes(map(fold, made.texts.values()))

    sketch = sketch_of(map(fold, made.texts.values()), NOTHING)
    assert sketch.hashes.tolist() == [each for each in whole.tolist() if each < KEPT_BELOW]


def test_of_a_short_text_it_holds_the_smallest():
    text = fold("".join(Maker(3).honest(length=200).texts.values()))[:200]

    assert sketch_of([text], NOTHING).hashes.tolist() == all_hashes([text]).tolist()[:FEWEST]


def test_a_sketch_says_in_which_section_a_run_stands_first():
    sketch = sketch_of(["数据要素流通", "隐私计算平台", "数据要素流通"], NOTHING)

    assert sorted(sketch.sections.tolist()) == [0, 0, 1, 1]


def test_what_the_form_and_the_topic_say_is_in_no_sketch():
    said = fold("请说明数据来源是否合法，以及授权的范围和期限")

    assert len(sketch_of([said], all_hashes([said])).hashes) == 0


def test_sketches_come_back_from_the_database_as_they_were():
    for sketch in (sketch_of(["数据要素流通", "交易平台建设"], NOTHING), sketch_of([], NOTHING)):
        assert [part.tolist() for part in unpacked(packed(sketch))] == [part.tolist() for part in sketch]


def shelf_of(texts, questions=1):
    return Shelf(
        [(key, packed(sketch_of([fold(text)], NOTHING))) for key, text in enumerate(texts)], questions=questions
    )


@pytest.mark.parametrize("questions", [1, 100])
def test_one_question_and_many_are_answered_alike(questions):
    maker = Maker(5)
    made = [maker.honest(length=600) for _each in range(30)]
    texts = ["".join(each.texts.values()) for each in [*made, maker.shuffled(made[7])]]
    shelf = shelf_of(texts, questions)

    weighed, found = shelf.candidates(shelf.sketch(30), without=30)
    (again,) = shelf.weigh([30])
    assert (found[0], weighed.weights.tolist()) == (7, again.weights.tolist())


def test_what_many_have_weighs_nothing():
    everybodys = "本项目严格遵守网络安全法数据安全法个人信息保护法等法律法规要求"
    own = ["".join(Maker(seed).honest(length=600).texts.values()) for seed in range(COMMON_COUNT + 2)]
    shelf = shelf_of([everybodys + text for text in own])

    (weighed,) = shelf.weigh([0])
    assert set(weighed.hashes.tolist()) & set(all_hashes([fold(everybodys)]).tolist()) == set()


def test_an_entry_that_consists_of_what_many_have_is_compared_by_that():
    copied = "".join(Maker(1).honest(length=600).texts.values())
    shelf = shelf_of([copied] * (COMMON_COUNT + 2))

    assert len(shelf.candidates(shelf.sketch(0), without=0)[1]) == COMMON_COUNT + 1


def test_an_empty_shelf_and_an_empty_text_have_no_candidates():
    shelf = shelf_of(["", "数据要素"])

    assert (shelf.candidates(shelf.sketch(0), without=0)[1], len(Shelf([]))) == ([], 0)


def test_a_passage_says_where_its_words_stand_in_both():
    one, other = "甲：本系统融合雨量、视频与卫星数据，逐十分钟预警。", "——融合 雨量视频与卫星数据 逐十分钟预警 乙"
    (found,) = Compared({"a": one}).passages({"b": other})

    assert (one[found.start : found.end], other[found.other_start : found.other_end]) == (
        "融合雨量、视频与卫星数据，逐十分钟预警",
        "融合 雨量视频与卫星数据 逐十分钟预警",
    )


def test_a_turn_of_phrase_is_no_passage():
    assert Compared({"a": "充分发挥数据要素作用"}).passages({"b": "充分发挥数据要素作用"}) == []


def test_a_passage_of_which_nothing_counts_is_everybodys():
    text = "本项目严格遵守网络安全法数据安全法个人信息保护法等法律法规要求" * 3

    assert Compared({"a": text}).passages({"b": text}, telling=frozenset()) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_passages_of_hostile_texts_stand_within_them(text):
    found = Compared({"a": text}).passages({"b": text})

    assert all(0 <= each.start < each.end <= len(text) for each in found)


def test_a_text_that_repeats_itself_is_one_passage():
    assert Compared({"a": "啊" * 5000}).passages({"b": "啊" * 5000}) == [Passage("a", 0, 5000, "b", 0, 5000)]


def test_marks_that_overlap_are_one():
    assert merged([(5, 9), (0, 3), (8, 12), (3, 4)]) == [(0, 4), (5, 12)]
