from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging.ranking import Line, Scored, inputs, inputs_sha256, rank

LINES = [Line(1, 1, Decimal(40), Decimal(1)), Line(2, 2, Decimal(60), Decimal(1))]


def scored(entry: int, *reviews: tuple[str, str], track: int = 1) -> Scored:
    """Points for the lighter and the heavier criterion, a pair for each review."""
    return Scored(entry, track, [{1: Decimal(light), 2: Decimal(heavy)} for light, heavy in reviews])


def positions(*entries: Scored) -> dict[int, int]:
    return {each.entry: each.position for each in rank(LINES, entries)}


def test_the_total_is_the_mean_of_the_reviews():
    [only] = rank(LINES, [scored(7, ("10", "20"), ("20", "30"), ("10.5", "20"))])

    assert only.total == Decimal("36.8333")


def test_the_mean_is_rounded_half_up():
    [only] = rank(LINES, [scored(7, ("0.01", "0"), ("0.02", "0"), ("0", "0"), ("0", "0"))])

    assert only.total == Decimal("0.0075")


def test_weights_count():
    lines = [Line(1, 1, Decimal(40), Decimal("1.5")), Line(2, 2, Decimal(60), Decimal("0.5"))]

    [only] = rank(lines, [scored(7, ("10", "20"))])

    assert only.total == Decimal(25)


def test_four_reviews_all_count():
    [only] = rank(LINES, [scored(7, ("0", "0"), ("0", "10"), ("0", "20"), ("0", "60"))])

    assert only.total == Decimal("22.5")


def test_from_five_reviews_highest_and_lowest_are_dropped():
    [only] = rank(LINES, [scored(7, ("0", "0"), ("0", "10"), ("0", "20"), ("0", "30"), ("0", "60"))])

    assert only.total == Decimal(20)


def test_all_reviews_are_shown_highest_first():
    [only] = rank(LINES, [scored(7, ("0", "10"), ("0", "30"), ("0", "20"))])

    assert only.review_totals == (Decimal(30), Decimal(20), Decimal(10))


def test_the_better_total_comes_first():
    assert positions(scored(1, ("10", "20")), scored(2, ("10", "21"))) == {2: 1, 1: 2}


def test_equal_totals_are_told_apart_by_the_sum_of_all_reviews():
    """Both means are 20 after the drop; the dropped ones of entry 2 add up to more."""
    low = scored(1, ("0", "0"), ("0", "20"), ("0", "20"), ("0", "20"), ("0", "30"))
    high = scored(2, ("0", "10"), ("0", "20"), ("0", "20"), ("0", "20"), ("0", "30"))

    assert positions(low, high) == {2: 1, 1: 2}


def test_equal_sums_are_told_apart_by_the_heaviest_criterion():
    assert positions(scored(1, ("30", "20")), scored(2, ("20", "30"))) == {2: 1, 1: 2}


def test_the_heaviest_criterion_is_the_one_that_counts_most_with_its_weight():
    lines = [Line(1, 1, Decimal(40), Decimal(2)), Line(2, 2, Decimal(60), Decimal(1))]
    entries = [scored(1, ("10", "20")), scored(2, ("20", "0"))]

    assert [each.entry for each in rank(lines, entries)] == [2, 1]


def test_a_real_tie_shares_its_position():
    assert positions(scored(1, ("10", "20")), scored(2, ("10", "20")), scored(3, ("10", "10"))) == {1: 1, 2: 1, 3: 3}


def test_each_track_counts_for_itself():
    assert positions(scored(1, ("0", "1"), track=1), scored(2, ("0", "60"), track=2)) == {1: 1, 2: 1}


def test_an_entry_without_a_review_has_no_rank():
    assert positions(scored(1)) == {}


@given(st.permutations([scored(1, ("1", "2"), ("3", "4")), scored(2, ("5", "6")), scored(3, ("5", "6"), track=2)]))
def test_the_same_input_gives_the_same_bytes_in_any_order(entries):
    assert inputs(LINES, entries) == (
        b'{"criteria":[[1,"40.00","1.00"],[2,"60.00","1.00"]],'
        b'"entries":[[1,1,[["1.00","2.00"],["3.00","4.00"]]],[2,1,[["5.00","6.00"]]],[3,2,[["5.00","6.00"]]]],'
        b'"rule":"mean of totals, without highest and lowest from 5; sum; heaviest criterion"}'
    )


@given(
    st.permutations([scored(1, ("10", "20")), scored(2, ("20", "10")), scored(3, ("10", "20")), scored(4, ("9", "9"))])
)
def test_the_same_input_gives_the_same_order(entries):
    assert [each.entry for each in rank(LINES, entries)] == [1, 3, 2, 4]


@pytest.mark.parametrize(
    "changed", [scored(1, ("10", "20.01")), scored(1, ("10", "20"), track=2), scored(1, ("10", "20"), ("10", "20"))]
)
def test_the_hash_follows_every_input(changed):
    assert inputs_sha256(LINES, [changed]) != inputs_sha256(LINES, [scored(1, ("10", "20"))])


def test_however_a_number_is_written_it_hashes_alike():
    assert inputs_sha256(LINES, [scored(1, ("10", "20"))]) == inputs_sha256(LINES, [scored(1, ("10.00", "20.0"))])
