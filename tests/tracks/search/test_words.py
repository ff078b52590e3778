"""The word lists: well formed, and of use."""

from __future__ import annotations

import pytest

from scripts import pinyin_table
from tests.search_sets import topics
from tracks.search.pinyin import Spelling, readings
from tracks.search.ranking import Index
from tracks.search.words import FOLDER, IDEA, common_pairs, thesaurus

LINES = [
    line for line in (FOLDER / "thesaurus.txt").read_text(encoding="utf-8").splitlines() if line[:1] not in {"", "#"}
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split()[0])
def test_a_line_has_official_words_a_colon_and_everyday_ones(line):
    official, everyday = line.split(" : ")

    assert official.split()
    assert everyday.split()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split()[0])
def test_no_word_is_so_short_that_it_is_everywhere(line):
    assert [word for word in line.replace(":", "").split() if len(word) < 2] == []


def test_each_idea_is_some_topics_and_not_every_topics():
    postings = {term: len(places) for term, places in Index(topics())._postings.items() if term.startswith(IDEA)}

    assert len(postings) == len(LINES)
    assert max(postings.values()) <= 25


def test_every_topic_has_an_idea_that_few_others_have():
    index = Index(topics())
    rare = {
        place
        for term, places in index._postings.items()
        if term[0] == IDEA and len(places) <= 12
        for place, _ in places
    }

    assert [document.key for place, document in enumerate(index.documents) if place not in rare] == []


def test_a_word_that_means_several_things_stands_for_each():
    assert len(thesaurus().everyday.ideas["合作社"]) > 1


def test_common_words_count_as_pairs_of_characters():
    assert {"平台", "传感", "感器"} <= common_pairs()


def test_the_table_of_pinyin_is_what_pypinyin_says():
    assert (FOLDER / "pinyin.txt").read_text(encoding="utf-8") == pinyin_table.table()


@pytest.mark.parametrize(("char", "known"), [("农", ["nong"]), ("重", ["zhong", "chong"]), ("绿", ["lv", "lu"])])
def test_a_character_is_read_in_its_usual_ways(char, known):
    assert [table[char] for table in readings() if char in table] == known


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("nongye", ["农业"]),
        ("yinhang", ["银行"]),
        ("nyyh", ["农业银行"]),
        ("nongy", ["农业"]),
        ("yeyin", ["业银"]),
        ("ongye", []),
        ("lvse", ["绿色"]),
    ],
)
def test_letters_are_read_as_the_words_that_are_there(letters, words):
    assert [reading.text for reading in Spelling(["农业银行", "绿色"]).read(letters)] == words


def test_a_word_does_not_reach_over_a_comma():
    assert Spelling(["农，业"]).read("nongye") == []


def test_the_more_frequent_word_comes_first():
    assert [reading.text for reading in Spelling(["能源", "农业", "农业"]).read("ny")] == ["农业", "能源"]
