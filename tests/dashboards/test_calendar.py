from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from portal.dashboards.calendar import clock_minute, closing_next, opening_next, place

OPENS = datetime(2030, 5, 1, tzinfo=UTC)
CLOSES = datetime(2030, 5, 11, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def stage(opens_at=OPENS, closes_at=CLOSES):
    return SimpleNamespace(opens_at=opens_at, closes_at=closes_at)


@pytest.mark.parametrize(
    ("now", "phase"),
    [(OPENS - INSTANT, "next"), (OPENS, "now"), (CLOSES - INSTANT, "now"), (CLOSES, "done")],
)
def test_a_stage_is_open_from_its_first_instant_until_just_before_its_end(now, phase):
    (placed,) = place([stage()], now)

    assert placed.phase == phase


@pytest.mark.parametrize(("days", "share"), [(-1, 0), (0, 0), (5, 50), (10, 100), (12, 100)])
def test_the_share_that_has_passed_stays_between_nothing_and_all(days, share):
    (placed,) = place([stage()], OPENS + timedelta(days=days))

    assert placed.share == share


def test_stages_that_end_together_close_together():
    early, same, late = stage(), stage(), stage(closes_at=CLOSES + timedelta(days=1))

    closing = closing_next(place([late, early, same], OPENS))

    assert [each.closes_at for each in closing] == [CLOSES, CLOSES]


def test_nothing_closes_when_nothing_is_open():
    assert closing_next(place([stage()], CLOSES)) == []


def test_the_soonest_of_the_stages_to_come_opens_next():
    later = stage(opens_at=OPENS + timedelta(days=1))

    assert [each.opens_at for each in opening_next(place([later, stage()], OPENS - INSTANT))] == [OPENS]


def test_the_clock_never_promises_more_time_than_there_is():
    assert clock_minute(datetime(2030, 5, 1, 9, 30, 0, 1, tzinfo=UTC)) == datetime(2030, 5, 1, 9, 31, tzinfo=UTC)
