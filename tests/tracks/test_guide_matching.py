"""Topics of the real guide are found again, whatever an edition does to numbers, titles and texts."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracks.guide.matching import Standing, match_topics
from tracks.guide.parser import parse_guide

GUIDE = Path(__file__).parents[1] / "data" / "2026-sichuan-topic-guide.md"
CLAUSE = re.compile(r"[^，。；：、]+[，。；：、]*")
OLD = [
    Standing((track.number, topic.number), topic.title, topic.body)
    for track in parse_guide(GUIDE.read_text(encoding="utf-8")).tracks
    for topic in track.topics
]
TITLES = [topic.title for topic in OLD]
CLAUSES = [clause for topic in OLD for clause in CLAUSE.findall(topic.body)]
SEEDS = st.integers(0, 2**32)


def moved(chance: random.Random) -> list[Standing]:
    """The same topics in each other's places, and in which order they came: by place."""
    places = [topic.place for topic in OLD]
    chance.shuffle(places)
    return [Standing(place, topic.title, topic.body) for place, topic in zip(places, OLD, strict=True)]


def retitled(topic: Standing, chance: random.Random) -> Standing:
    return Standing(
        topic.place, f"{chance.choice(['推进', '面向', '基于'])}{chance.randrange(10**6)}的新名称", topic.body
    )


def edited(topic: Standing, chance: random.Random, share: float) -> Standing:
    clauses = CLAUSE.findall(topic.body)
    for at in chance.sample(range(len(clauses)), int(share * len(clauses))):
        clauses[at] = chance.choice(CLAUSES)
    return Standing(topic.place, topic.title, "".join(clauses))


def wrong(new: list[Standing]) -> list[str]:
    found = match_topics(OLD, new)
    return [OLD[at].title for at in range(len(OLD)) if found.get(at) != at]


@settings(max_examples=10)
@given(SEEDS)
def test_topics_in_any_other_places_are_found(seed):
    assert wrong(moved(random.Random(seed))) == []


@settings(max_examples=10)
@given(SEEDS)
def test_topics_moved_and_retitled_are_found_by_their_text(seed):
    chance = random.Random(seed)

    assert wrong([retitled(topic, chance) for topic in moved(chance)]) == []


@settings(max_examples=10)
@given(SEEDS)
def test_topics_moved_and_rewritten_are_found_by_their_title(seed):
    chance = random.Random(seed)

    assert wrong([edited(topic, chance, 1.0) for topic in moved(chance)]) == []


@settings(max_examples=10)
@given(SEEDS)
def test_topics_moved_retitled_and_edited_in_a_fifth_of_their_clauses_are_found(seed):
    chance = random.Random(seed)

    assert wrong([edited(retitled(topic, chance), chance, 0.2) for topic in moved(chance)]) == []


@settings(max_examples=10)
@given(SEEDS, st.integers(1, 60))
def test_topics_that_went_are_never_taken_for_those_that_came(seed, count):
    """The guide's own topics as strangers: of one half and the other none is the other."""
    shuffled = random.Random(seed).sample(OLD, len(OLD))

    assert match_topics(shuffled[:count], shuffled[count:]) == {}


def test_each_title_is_used_once():
    assert len(set(TITLES)) == len(TITLES) == 121


@pytest.mark.parametrize("count", [2, 600])
def test_topics_that_are_all_alike_stay_in_their_places(count):
    same = [
        Standing((1, number), "题", "一模一样的正文，说的是同一件事情，一个字也不差。")
        for number in range(1, count + 1)
    ]

    assert match_topics(same, same) == {at: at for at in range(count)}


def test_a_topic_that_is_gone_gives_its_place_but_not_its_entries():
    old = [Standing((1, 1), "低空飞行", "此篇另论低空飞行、气象保障以及应急救援，各地协同。")]
    new = [Standing((1, 1), "算力监测", "数据要素流通需要算力监测与调度，节点之间互相支援。")]

    assert match_topics(old, new) == {}


def test_short_texts_alone_make_no_pair():
    assert match_topics([Standing((1, 1), "甲", "正文。")], [Standing((1, 2), "乙", "正文。")]) == {}
