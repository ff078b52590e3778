"""An entry on its way through screening, in any order that hypothesis thinks of."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies._internal.featureflags import FeatureFlags

from tests.submissions.screening_machine import Screened, World

pytestmark = [pytest.mark.django_db, pytest.mark.database]
MOVES = [
    *("write", "answer", "submit", "corrected", "return", "pass", "reject", "agree", "decline", "undo", "extend"),
    *("in vain: write", "in vain: submit", "in vain: return", "in vain: reject", "in vain: undo", "in vain: extend"),
]


def test_whatever_they_do_in_whatever_order(monkeypatch):
    """The runs are the same ones wherever they are run, and these moves are all among them."""
    monkeypatch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *args, **more: None)
    monkeypatch.setattr(FeatureFlags, "is_enabled", lambda *args: True)
    world = World()
    run_state_machine_as_test(
        lambda: Screened(world),
        settings=settings(
            max_examples=24,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert [each for each in MOVES if not world.happened[each]] == []
