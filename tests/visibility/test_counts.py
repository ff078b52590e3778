"""What one may not see changes nothing that one sees: no count, no tile, no order, no \"next page\"."""

from __future__ import annotations

from typing import Any

import pytest

from tests.visibility.lines import EMPTY, SHOWN
from tests.visibility.matrix import LINES
from tests.visibility.routes import address
from tests.visibility.sampling import some_of
from tests.visibility.world import World
from tests.visibility.world.more import add_all_hidden_from

pytestmark = pytest.mark.django_db

# One of each kind of reader: from whoever runs everything nothing is hidden that a page would count.
READERS = ("An", "Vi", "TM", "OT", "JA", "CJ", "OR", "TI", "OX", "St")


def addresses(world: World, actor: str) -> list[str]:
    """The pages that are there for ``actor``; each is somebody's to ask for."""
    told = {SHOWN, EMPTY}
    found = {}
    for line in LINES:
        readers = [each for each in READERS if line.outcomes[each] in told]
        where = address(line, world) if line.method == "GET" and actor in readers else ""
        if where and actor in some_of(readers, 2, line.route, line.args):
            found[where] = line
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
