"""Every cell of the matrix: each line, asked as each actor. What is hidden can't be told from nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from tests.visibility.asking import Answer, outcome_of
from tests.visibility.lines import ASKED, LET_IN, MISSING, REFUSED, SHOWN, Line
from tests.visibility.matrix import LINES
from tests.visibility.matrix.readers import readers_of
from tests.visibility.routes import address, filled
from tests.visibility.sampling import asked_as, some_of
from tests.visibility.world import World

pytestmark = pytest.mark.django_db


def put(world: World, line: Line, actor: str, method: str, where: str) -> Answer:
    if method == "GET":
        return world.get(actor, where)
    data = {name: filled(value, world) for name, value in line.data.items()} if method == "POST" else None
    return world.ask(actor, method, where, data)


def leaks(world: World, actor: str, where: str, answer: Answer, also: str = "") -> list[str]:
    """The words in ``answer`` that ``actor`` may not read. What the address says was known before."""
    known = world.canaries.in_text(unquote(where)) | frozenset(also.split())
    found = world.canaries.in_response(answer.body, answer.headers) - known
    return sorted(label for label in found if actor not in readers_of(label))


def is_told(world: World, line: Line, answer: Answer) -> bool:
    return not line.tells or line.tells in world.canaries.in_response(answer.body, answer.headers)


# Whoever gets no page is told by one test a route that a form sent there all the same gets no further.
NO_PAGE = {
    (line.route, line.args, actor, outcome)
    for line in LINES
    for actor, outcome in line.outcomes.items()
    if line.method == "GET" and outcome in {MISSING, ASKED}
}


def wrong_cells(world: World, line: Line) -> Iterator[str]:
    where, twin = address(line, world), Twin(world, line)
    for actor, expected in asked_as(line):
        if line.method == "POST" and (line.route, line.args, actor, expected) in NO_PAGE:
            continue
        answer = put(world, line, actor, line.method, where)
        outcome = outcome_of(answer, method=line.method, is_told=is_told(world, line, answer))
        also = line.also if expected in {SHOWN, LET_IN, REFUSED} else ""
        if outcome != expected:
            yield f"{actor}: {outcome}, not {expected}"
        if leaked := leaks(world, actor, where, answer, also):
            yield f"{actor} reads {', '.join(leaked)}"
        if (
            outcome in {MISSING, ASKED}
            and not is_gate(answer)
            and twin.comparable(answer) != twin.of(actor, line.method)
        ):
            yield f"{actor} can tell it from what is not there"


def is_gate(answer: Answer) -> bool:
    """The administration asks for a sign-in before it looks at the address at all."""
    return answer.location.startswith("/admin/login/")


class Twin:
    """The same question about what is not there."""

    def __init__(self, world: World, line: Line):
        self.world, self.line = world, line
        self.where = address(line, world, missing=True)
        # Ids and names that a page may repeat; a short number would be found everywhere.
        values = [str(world.find(path)) for path in line.args.split(",") if path]
        self.sent = (address(line, world), self.where, *(each for each in values if len(each) > 8), "nosuchthing")

    def of(self, actor: str, method: str) -> Any:
        known, key = self.world.__dict__.setdefault("twins", {}), (self.where, actor, method)
        if key not in known:
            known[key] = self.comparable(put(self.world, self.line, actor, method, self.where))
        return known[key]

    def comparable(self, answer: Answer) -> Any:
        return answer.comparable(*self.sent)


# Everybody may ask with GET; one of each kind asks with the rest.
OTHERS = ("OT", "JA", "OX", "An")


def hiding() -> Iterator[Any]:
    """Each route with somebody to whom it hides something, and one thing that it hides from them."""
    seen: set[str] = set()
    for line in LINES:
        hidden = [actor for actor in OTHERS if line.outcomes[actor] == MISSING and line.method == "GET"]
        if hidden and line.args and line.route not in seen:
            seen.add(line.route)
            yield pytest.param(line, some_of(hidden, 1, line.route), id=line.id)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.id)
def test_everybody_gets_what_the_matrix_says(world, line):
    assert list(wrong_cells(world, line)) == []


@pytest.mark.parametrize(("line", "hidden"), list(hiding()))
def test_no_other_method_tells_what_is_hidden(world, line, hidden):
    where, twin = address(line, world), Twin(world, line)

    told = [
        (actor, method)
        for actor in hidden
        for method in some_of(("HEAD", "OPTIONS", "POST"), 1, line.route)
        if twin.comparable(put(world, line, actor, method, where)) != twin.of(actor, method)
    ]
    assert told == []
