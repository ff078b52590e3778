"""From scores to an order. Plain data in, plain data out: the same input gives the same bytes.

An entry's total is the mean of its reviews' totals, to four places; with five reviews or more the highest and
the lowest are dropped. Equal totals are told apart by the sum of all reviews, then by the criterion that
counts most; entries that are equal even then share a position. Positions are counted within a track.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any

RULE = "mean of totals, without highest and lowest from 5; sum; heaviest criterion"
DROP_FROM = 5
PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Line:
    """One criterion of the rubric."""

    id: int
    position: int
    max_points: Decimal
    weight: Decimal


@dataclass(frozen=True)
class Scored:
    """An entry with the points that each review gave, by criterion."""

    entry: int
    track: int
    reviews: Sequence[Mapping[int, Decimal]]


@dataclass(frozen=True)
class Ranked:
    entry: int
    track: int
    position: int
    total: Decimal
    review_totals: tuple[Decimal, ...]


def rank(lines: Sequence[Line], entries: Iterable[Scored]) -> list[Ranked]:
    """Every entry that has a review, by track and position."""
    keyed = [(each, _merit(lines, each)) for each in entries if each.reviews]
    keyed.sort(key=lambda pair: (pair[0].track, [-value for value in pair[1]], pair[0].entry))
    ranked: list[Ranked] = []
    for _track, in_track in groupby(keyed, key=lambda pair: pair[0].track):
        position, before = 0, None
        for place, (scored, merit) in enumerate(in_track, start=1):
            if merit != before:
                position, before = place, merit
            totals = tuple(sorted((_places(each) for each in review_totals(lines, scored)), reverse=True))
            ranked.append(Ranked(scored.entry, scored.track, position, _places(merit[0]), totals))
    return ranked


def review_totals(lines: Sequence[Line], scored: Scored) -> list[Fraction]:
    return [
        sum((Fraction(review[line.id]) * Fraction(line.weight) for line in lines), Fraction())
        for review in scored.reviews
    ]


def inputs(lines: Sequence[Line], entries: Sequence[Scored]) -> bytes:
    """All that the order follows from, as canonical JSON."""
    reviews_of = {
        each.entry: sorted([str(_cents(review[line.id])) for line in _in_order(lines)] for review in each.reviews)
        for each in entries
    }
    tracks = {each.entry: each.track for each in entries}
    content: dict[str, Any] = {
        "rule": RULE,
        "criteria": [
            [line.position, str(_cents(line.max_points)), str(_cents(line.weight))] for line in _in_order(lines)
        ],
        "entries": [[entry, tracks[entry], reviews_of[entry]] for entry in sorted(reviews_of)],
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def inputs_sha256(lines: Sequence[Line], entries: Sequence[Scored]) -> str:
    return hashlib.sha256(inputs(lines, entries)).hexdigest()


def _merit(lines: Sequence[Line], scored: Scored) -> list[Fraction]:
    totals = sorted(review_totals(lines, scored))
    counted = totals[1:-1] if len(totals) >= DROP_FROM else totals
    heaviest = max(_in_order(lines), key=lambda line: line.max_points * line.weight)
    on_heaviest = [Fraction(review[heaviest.id]) for review in scored.reviews]
    return [Fraction(_places(_mean(counted))), sum(totals, Fraction()), _mean(on_heaviest)]


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction()) / len(values)


def _places(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES, ROUND_HALF_UP)


def _cents(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.01")))


def _in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.position)
