"""Each named place where a process may be killed, once: web workers in a submit and an upload, task workers with a mail
in hand. Afterwards what the teams hold is in the books. All other faults take minutes, and are for ``make faults``."""

import pytest

from tests.faults.rounds import HOLDS, one_round

pytestmark = pytest.mark.failpoints

WHERE_PLACES_ARE = ["F1", "F3"]


@pytest.fixture(scope="module")
def said():
    return one_round(WHERE_PLACES_ARE)


@pytest.mark.parametrize("name", WHERE_PLACES_ARE)
def test_what_teams_hold_is_in_the_books_after_a_kill_at_each_place(said, name):
    told = said.get(name, "")
    assert (HOLDS in told, "WRONG" in told) == (True, False), told + said[""]
