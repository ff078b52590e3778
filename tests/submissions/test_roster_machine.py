"""Teams, invitations, hand-overs and requests in any order that hypothesis thinks of: what must hold, always holds."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.stateful import run_state_machine_as_test
from hypothesis.strategies._internal.featureflags import FeatureFlags

from tests.submissions.roster_machine import Rosters
from tests.submissions.roster_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.database]


# Lines of the trail, ends of what was asked, and what was tried in vain. Rarer moves have tests of their own.
MOVES = [
    *("invite", "join", "leave", "remove_member", "offer_team", "accept_team", "lapse", "close_account"),
    *("agree", "withdraw_request", "approve_change", "refuse_change", "add: approved"),
    *("no room in the team", "no more teams for the person", "somebody else", "too late: invite"),
]


def test_whatever_people_do_in_whatever_order(monkeypatch):
    """The runs are the same ones wherever they are run, and these moves are all among them."""
    # Hypothesis mixes constants in that it finds in whatever modules happen to be loaded,
    monkeypatch.setattr(HypothesisProvider, "_maybe_draw_constant", lambda *args, **more: None)
    # and switches whole rules off for a run: so few runs would not see every move, and many end early.
    monkeypatch.setattr(FeatureFlags, "is_enabled", lambda *args: True)
    world = World()
    run_state_machine_as_test(
        lambda: Rosters(world),
        settings=settings(
            max_examples=16,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert [each for each in MOVES if not world.happened[each]] == []
