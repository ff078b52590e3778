from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judging.assigning import Plan, plan


def judges_of(made: Plan, entry: int) -> set[int]:
    return {judge for each, judge in made.pairs if each == entry}


@st.composite
def boards(draw):
    """Entries 1…, judges 101…, some pairs barred and some there already."""
    entries = list(range(1, draw(st.integers(1, 5)) + 1))
    judges = list(range(101, 101 + draw(st.integers(1, 5))))
    pairs = list(product(entries, judges))
    barred = draw(st.sets(st.sampled_from(pairs), max_size=len(pairs)))
    existing = draw(st.sets(st.sampled_from(pairs), max_size=3)) - barred
    return entries, judges, draw(st.integers(1, 3)), dict.fromkeys(barred, "organization"), existing


def fewest_squares(entries, judges, asked, barred, existing):
    """The most even load there is, by trying everything."""
    kept = Counter(entry for entry, _judge in existing)
    choices = []
    for entry in entries:
        free = [judge for judge in judges if (entry, judge) not in barred and (entry, judge) not in existing]
        choices.append(list(combinations(free, min(max(asked - kept[entry], 0), len(free)))))
    base = Counter(judge for _entry, judge in existing)
    loads = (base + Counter(judge for chosen in each for judge in chosen) for each in product(*choices))
    return min(sum(load**2 for load in each.values()) for each in loads)


@given(boards())
@settings(max_examples=150)
def test_no_plan_has_a_more_even_load(board):
    entries, judges, asked, barred, existing = board

    made = plan(entries, judges, asked=asked, barred=barred, existing=existing)

    assert sum(load**2 for load in made.loads.values()) == fewest_squares(*board)


@given(boards())
def test_a_barred_pair_is_never_made(board):
    entries, judges, asked, barred, existing = board

    made = plan(entries, judges, asked=asked, barred=barred, existing=existing)

    assert set(made.pairs) & {*barred, *existing} == set()


@given(boards())
def test_every_entry_gets_as_many_judges_as_it_can(board):
    entries, judges, asked, barred, existing = board

    made = plan(entries, judges, asked=asked, barred=barred, existing=existing)

    found = Counter(entry for entry, _judge in (*made.pairs, *existing))
    free = Counter(entry for entry, judge in product(entries, judges) if (entry, judge) not in barred)
    there = Counter(entry for entry, _judge in existing)
    assert [found[entry] for entry in entries] == [max(min(asked, free[entry]), there[entry]) for entry in entries]


@given(boards())
def test_what_falls_short_is_named(board):
    entries, judges, asked, barred, existing = board

    made = plan(entries, judges, asked=asked, barred=barred, existing=existing)

    found = Counter(entry for entry, _judge in (*made.pairs, *existing))
    assert {each.entry: each.found for each in made.shortfalls} == {
        entry: found[entry] for entry in entries if found[entry] < asked
    }


@given(boards())
def test_the_order_of_the_input_changes_nothing(board):
    entries, judges, asked, barred, existing = board
    backwards = dict(reversed(list(barred.items())))

    made = plan(entries, judges, asked=asked, barred=barred, existing=existing)

    assert plan(entries[::-1], judges[::-1], asked=asked, barred=backwards, existing=existing) == made


def test_carried_out_it_leaves_nothing_to_add():
    first = plan(range(1, 8), range(101, 106), asked=3, barred={(1, 101): "organization"})

    again = plan(range(1, 8), range(101, 106), asked=3, barred={(1, 101): "organization"}, existing=set(first.pairs))

    assert again.pairs == ()


def test_a_new_entry_goes_to_those_who_have_least():
    made = plan([1, 2], [101, 102, 103], asked=2, barred={}, existing={(1, 101), (1, 102)})

    assert 103 in judges_of(made, 2)


def test_the_load_is_even_where_a_greedy_choice_would_not_be():
    """Judge 103 may score entry 3 only; taking 103 for something else is not open, so 1 and 2 must be shared."""
    barred = {(1, 103): "declared", (2, 103): "declared"}

    made = plan([1, 2, 3], [101, 102, 103], asked=1, barred=barred)

    assert made.loads == {101: 1, 102: 1, 103: 1}


def test_a_shortfall_says_what_bars_the_judges():
    barred = {(1, 101): "organization", (1, 102): "organization", (1, 103): "membership"}

    made = plan([1], [101, 102, 103, 104], asked=3, barred=barred)

    assert made.shortfalls[0].barred == {"organization": 2, "membership": 1}


def test_panels_are_mixed():
    made = plan(range(1, 21), range(101, 107), asked=3, barred={})

    panels = {frozenset(judges_of(made, entry)) for entry in range(1, 21)}
    assert len(panels) > 2


@pytest.mark.parametrize(("entries", "judges"), [([], [101]), ([], [])])
def test_no_entries_need_no_judges(entries, judges):
    assert plan(entries, judges, asked=3, barred={}).pairs == ()


def test_without_judges_every_entry_falls_short():
    made = plan([1, 2], [], asked=3, barred={})

    assert [(each.entry, each.found) for each in made.shortfalls] == [(1, 0), (2, 0)]


def test_a_whole_contest_is_planned_evenly():
    barred = {(entry, 1001 + entry % 60): "organization" for entry in range(1, 701)}

    made = plan(range(1, 701), range(1001, 1061), asked=3, barred=barred)

    assert set(made.loads.values()) == {35}
