"""The abstracts that the search is measured by are fair: everyday words, every track, nothing copied."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.search_sets import abstracts, topics

TEXTS = {document.key: f"{document.title}\n{document.body}" for document in topics()}
SETS = {name: abstracts(name) for name in ("tune", "holdout")}
ABSTRACTS = SETS["tune"] + SETS["holdout"]
INDEPENDENT = abstracts("independent")


def runs(text: str) -> set[str]:
    """Five letters or characters in a row, without punctuation between them."""
    return {part[i : i + 5] for part in re.findall(r"\w{5,}", text) for i in range(len(part) - 4)}


@pytest.mark.parametrize("abstract", ABSTRACTS + INDEPENDENT, ids=lambda abstract: abstract["topic"])
def test_an_abstract_copies_nothing_from_its_topic(abstract):
    assert runs(abstract["text"]) & runs(TEXTS[abstract["topic"]]) == set()


@pytest.mark.parametrize("abstract", ABSTRACTS, ids=lambda abstract: abstract["topic"])
def test_an_abstract_is_as_long_as_teams_write(abstract):
    assert 100 <= len(abstract["text"]) <= 400


def test_the_topics_named_exist_and_none_is_left_out():
    assert {abstract["topic"] for abstract in ABSTRACTS} == set(TEXTS)


def test_a_third_is_held_out():
    assert {name: len(rows) for name, rows in SETS.items()} == {"tune": 81, "holdout": 40}


def test_no_abstract_is_in_both_sets():
    assert not {row["text"] for row in SETS["tune"]} & {row["text"] for row in SETS["holdout"]}


def test_a_large_track_has_at_least_two_abstracts():
    topics = Counter(key.split(".")[0] for key in TEXTS)
    abstracts = Counter(row["topic"].split(".")[0] for row in ABSTRACTS)
    assert [track for track, count in topics.items() if count >= 10 and abstracts[track] < 2] == []


def test_a_second_right_answer_is_rare_and_explained():
    assert [(row["topic"], row["also"]) for row in ABSTRACTS if "also" in row and row["why"]] == [("10.5", ["10.3"])]


def test_the_independent_ones_vary_more_in_length():
    lengths = [len(abstract["text"]) for abstract in INDEPENDENT]
    assert [length for length in lengths if not 80 <= length <= 600] == []


def test_the_independent_ones_have_two_of_each_large_track_and_three_of_every_other():
    topics = Counter(key.split(".")[0] for key in TEXTS)
    chosen = Counter(row["topic"].split(".")[0] for row in INDEPENDENT)
    least = {track: 2 if count >= 10 else min(3, count) for track, count in topics.items()}
    assert [track for track, count in least.items() if chosen[track] < count] == []


def test_the_independent_ones_answer_seventy_different_topics():
    assert len({row["topic"] for row in INDEPENDENT if "also" not in row}) == len(INDEPENDENT) == 70


def test_no_independent_one_is_among_the_others():
    assert not {row["text"] for row in INDEPENDENT} & {row["text"] for row in ABSTRACTS}
