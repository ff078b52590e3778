"""How well the topic search finds, and what it costs: python benchmarks/search.py"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.search_sets import Plain, abstracts, measure, thesaurus_without, topics  # noqa: E402
from tracks.search import Document, Finder  # noqa: E402

LENGTH, SHOWN, ROUNDS = 2_000, 12, 25
LIMITS = {121: 15.0, 1210: 40.0}


def main() -> int:
    print_quality()
    return 0 if print_costs() else 1


def print_quality() -> None:
    documents = topics()
    finder, plain = Finder(documents), Plain(documents)

    def ours(text: str) -> list[Any]:
        return [hit.document.key for hit in finder.rank(text)]

    own = [{"topic": document.key, "text": f"{document.title}\n{document.body}"} for document in documents]
    tune, holdout = abstracts("tune"), abstracts("holdout")
    sets = {"own text": own, "tuned on": tune, "held out": holdout, "both": tune + holdout}
    for label, chosen in (sets | {"independent set": abstracts("independent")}).items():
        for name, rank in {"the portal's": ours, "plain BM25": plain.rank}.items():
            print(f"{label:15} {name:12} {measure(rank, chosen)}")
    with thesaurus_without(holdout, tune) as count:
        print(f"held out, without the {count} everyday words that only these abstracts have:")
        print(f"          the portal's {measure(ours, holdout)}")


def print_costs() -> bool:
    everyday = "".join(abstract["text"] for abstract in abstracts("tune"))[:LENGTH]
    official = "".join(document.body for document in topics()[::9])[:LENGTH]
    holds = True
    for documents in (topics(), ten_times(topics())):
        started = time.process_time()
        finder = Finder(documents)
        print(f"{len(documents)} topics: index built in {1000 * (time.process_time() - started):.0f} ms of CPU")
        for name, text in {"everyday words": everyday, "words of the guide": official}.items():
            cost = milliseconds(lambda text=text, finder=finder: finder.find(text, limit=SHOWN))
            holds &= cost <= LIMITS[len(documents)]
            print(f"    {len(text)} characters, {name:18} {cost:5.1f} ms (at most {LIMITS[len(documents)]:.0f})")
    return holds


def ten_times(documents: list[Document]) -> list[Document]:
    """Ten guides of the same subjects: the parts of each sentence in another order."""
    shuffled, rng = [], random.Random(2026)
    for copy in range(10):
        for document in documents:
            parts = document.body.split("，")
            rng.shuffle(parts)
            shuffled.append(document._replace(key=(document.key, copy), body="，".join(parts)))
    return shuffled


def milliseconds(search: Callable[[], object]) -> float:
    """CPU time, so that a busy machine doesn't count."""
    search()
    costs = []
    for _round in range(ROUNDS):
        started = time.process_time()
        search()
        costs.append(1000 * (time.process_time() - started))
    return median(costs)


if __name__ == "__main__":
    sys.exit(main())
