"""How well the search finds. The figures are printed: pytest -s tests/tracks/search/test_quality.py"""

from __future__ import annotations

import pytest

from tests.search_sets import Plain, abstracts, measure, topics
from tracks.search import Finder


@pytest.fixture(scope="module")
def rank():
    finder = Finder(topics())
    return lambda text: [hit.document.key for hit in finder.rank(text)]


@pytest.fixture
def report(capsys):
    def show(line: str) -> None:
        with capsys.disabled():
            print(f"\n    {line}", end="")  # noqa: T201

    return show


def test_each_topic_is_found_first_by_its_own_text(rank):
    missed = [document.key for document in topics() if rank(f"{document.title}\n{document.body}")[0] != document.key]

    assert missed == []


def test_each_topic_is_found_first_by_its_title(rank):
    missed = [document.key for document in topics() if rank(document.title)[0] != document.key]

    assert missed == []


@pytest.mark.parametrize("chosen", [["tune"], ["holdout"], ["tune", "holdout"], ["independent"]], ids="+".join)
def test_everyday_words_find_the_right_topic(rank, report, chosen):
    figures = measure(rank, [abstract for name in chosen for abstract in abstracts(name)])
    report(f"{'+'.join(chosen)} set: {figures}")

    assert (figures.first >= 0.75 * figures.total, figures.in_three >= 0.95 * figures.total) == (True, True)


def test_a_search_without_knowledge_finds_fewer(rank, report):
    chosen = abstracts("tune") + abstracts("holdout") + abstracts("independent")
    plain = measure(Plain(topics()).rank, chosen)
    report(f"plain BM25: {plain}")

    assert plain.in_three < measure(rank, chosen).in_three
