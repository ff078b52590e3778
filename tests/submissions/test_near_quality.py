"""How many of the made pairs are found, and how many honest entries are reported by mistake."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import pytest

from submissions.near.likeness import REPORTED, likeness
from submissions.near.shelf import Shelf
from submissions.near.sketch import all_hashes, packed, sketch_of
from submissions.near.words import fold
from tests.made_entries import Maker

HONEST, MADE = 150, 20
WAYS = ("paraphrase", "shuffled", "with_copied_section")


class Measured:
    """All of them compared with all; which pairs were reported, and how alike they are."""

    def __init__(self) -> None:
        maker = Maker(2026)
        # On a few topics, so that honest ones have their words in common too.
        topics = maker.topics[::20]
        entries = [maker.honest(topics[number % len(topics)]) for number in range(HONEST)]
        self.made: dict[str, list[tuple[int, int]]] = defaultdict(list)
        source = 0
        for way in WAYS:
            for _each in range(MADE):
                self.made[way].append((source, len(entries)))
                entries.append(getattr(maker, way)(entries[source]))
                source += 1
        quoted = {topic.key: all_hashes([fold(topic.title), fold(topic.body)]) for topic in topics}
        sketches = [sketch_of(map(fold, each.texts.values()), quoted[each.topic.key]) for each in entries]
        shelf = Shelf([(place, packed(sketch)) for place, sketch in enumerate(sketches)], questions=len(entries))
        self.reported: dict[tuple[int, int], int] = {}
        for place, sketch in enumerate(sketches):
            own, found = shelf.candidates(sketch, without=place)
            for other, weighed in zip(found, shelf.weigh(found), strict=True):
                score = likeness(own, weighed)
                if score >= REPORTED:
                    self.reported[min(place, other), max(place, other)] = score
        self.count = len(entries)

    @property
    def false(self) -> set[tuple[int, int]]:
        return set(self.reported) - {pair for its in self.made.values() for pair in its}


@pytest.fixture(scope="module")
def measured():
    return Measured()


@pytest.mark.parametrize("way", WAYS)
def test_of_made_pairs_at_least_95_in_100_are_reported(measured, way):
    found = sum(pair in measured.reported for pair in measured.made[way])

    assert found >= 0.95 * MADE


def test_at_most_1_of_100_entries_is_reported_by_mistake(measured):
    assert len({entry for pair in measured.false for entry in pair}) <= 0.01 * measured.count


def test_at_most_1_of_100_reports_is_a_mistake(measured):
    assert len(measured.false) <= 0.01 * len(measured.reported)


def test_the_more_was_copied_the_higher_a_pair_stands(measured):
    lowest = {way: min(measured.reported[pair] for pair in measured.made[way]) for way in ("shuffled", "paraphrase")}

    assert lowest["shuffled"] > lowest["paraphrase"]


def test_entries_of_one_topic_have_much_in_common_before_quotes_are_set_aside():
    """Else the honest ones would prove nothing."""
    maker = Maker(1)
    made = [maker.honest(maker.topics[0]) for _each in range(6)]
    runs = [set(all_hashes(map(fold, each.texts.values())).tolist()) for each in made]

    assert min(len(one & other) for one, other in combinations(runs, 2)) > 50
