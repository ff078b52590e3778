"""One round of each fault of ``make faults``, which runs each twenty times: the portal's servers are killed and cut
while teams hand in, and what the teams hold is compared with the books. By hand: ``pytest -m faults tests/faults``."""

import pytest

from tests.faults.rounds import HOLDS, one_round

pytestmark = pytest.mark.faults

FAULTS = ["F1", "F2", "F3", "F5", "F6", "F11", "F14", "F18", "F19", "F27", "F39"]


@pytest.fixture(scope="module")
def said():
    return one_round(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_what_teams_hold_is_in_the_books_after(said, name):
    assert HOLDS in said.get(name, ""), said.get(name, "") + said[""]


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_else_is_wrong_after(said, name):
    assert "WRONG" not in said.get(name, "WRONG: it did not run"), said.get(name)
