"""What one may not see changes nothing that one sees: no count, no tile, no order, no \"next page\"."""

from __future__ import annotations

from typing import Any

import pytest

from tests.visibility.lines import EMPTY, SHOWN
from tests.visibility.matrix import LINES
from tests.visibility.routes import address
from tests.visibility.sampling import IS_WHOLE, some_of
from tests.visibility.world import World
from tests.visibility.world.more import add_all_hidden_from

pytestmark = pytest.mark.django_db

# One of each kind of reader: from whoever runs everything nothing is hidden that a page would count.
READERS = ("An", "Vi", "TM", "OT", "JA", "CJ", "OR", "TI", "OX", "St")


# A form of the administration counts nothing; what it offers to choose from are words, which test_cells.py looks for.
FORMS = ("_add", "_change", "_delete", "_history", "_redirect")


def addresses(world: World, actor: str) -> list[str]:
    """The pages that are there for ``actor``; each is somebody's to ask for, lists of everything several people's."""
    found = {}
    for line in LINES:
        readers = [each for each in READERS if line.outcomes[each] in {SHOWN, EMPTY}]
        if line.method != "GET" or actor not in readers or (line.route.endswith(FORMS) and not IS_WHOLE):
            continue
        number = 1 if line.args or line.route.startswith("admin:") else 5
        if actor in some_of(readers, number, line.route, line.args):
            found[address(line, world)] = line
    return list(found)


def answers(world: World, actor: str, asked: list[str]) -> dict[str, Any]:
    return {where: world.ask(actor, "GET", where).comparable() for where in asked}


@pytest.mark.parametrize("actor", READERS)
def test_what_is_hidden_is_not_counted(world, actor):
    asked = addresses(world, actor)
    before = answers(world, actor, asked)

    add_all_hidden_from(world, actor)

    after = answers(world, actor, asked)
    assert [where for where in asked if before[where] != after[where]] == []
