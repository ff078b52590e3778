"""What a line of the matrix is. ``docs/visibility.md`` tells how to read one and how to add one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.visibility.actors import EVERYBODY, NOBODY, SIGNED_IN, SIGNED_OUT, STAFF

# How an answer counts. ``shown`` has what the line ``tells``, ``empty`` is the same page without it.
SHOWN, EMPTY, LET_IN = "shown", "empty", "let in"
MISSING, REFUSED, ASKED, AWAY = "missing", "refused", "asked to sign in", "sent away"
DENIED = {MISSING, REFUSED, ASKED, EMPTY}

People = frozenset[str]


@dataclass(frozen=True)
class Line:
    """One way to ask for one thing, and what each actor gets."""

    method: str
    route: str
    args: str
    outcomes: Mapping[str, str]
    tells: str = ""
    query: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    # What it may tell besides, to whoever it is shown to.
    also: str = ""
    # Why it differs from what shared promises say; docs/visibility.md lists these.
    because: str = ""

    @property
    def id(self) -> str:
        return " ".join(part for part in (self.method, self.route, self.args + self.query, self.tells) if part)


@dataclass(frozen=True)
class Family:
    """Routes of a library that concern nobody but whoever asks: they show no canary of anybody else."""

    pattern: str
    why: str


def _line(
    method: str, route: str, args: str, otherwise: Mapping[str, str], told: Mapping[str, People], **more: Any
) -> Line:
    outcomes = dict(otherwise)
    for outcome, who in told.items():
        outcomes |= dict.fromkeys(who, outcome)
    return Line(method, route, args, outcomes, **more)


def _strangers(asked: People) -> dict[str, str]:
    return {actor: ASKED if actor in asked else MISSING for actor in EVERYBODY}


def get(
    route: str,
    args: str = "",
    tells: str = "",
    *,
    shown: People = NOBODY,
    empty: People = NOBODY,
    refused: People = NOBODY,
    away: People = NOBODY,
    asked: People = SIGNED_OUT,
    **more: Any,
) -> Line:
    """A page that asks whoever is signed out to sign in. For everybody who is not named it isn't there."""
    told = {SHOWN: shown, EMPTY: empty, REFUSED: refused, AWAY: away}
    return _line("GET", route, args, _strangers(asked), told, tells=tells, **more)


def open_get(route: str, args: str = "", tells: str = "", *, shown: People = EVERYBODY, **more: Any) -> Line:
    """A page for which nobody signs in."""
    return get(route, args, tells, shown=shown, asked=NOBODY, **more)


def post(
    route: str,
    args: str = "",
    *,
    let_in: People = NOBODY,
    refused: People = NOBODY,
    away: People = NOBODY,
    asked: People = SIGNED_OUT,
    **more: Any,
) -> Line:
    """A form's target. ``let_in``: whatever the form says then, it is heard (200, 302, 400 or 409)."""
    return _line("POST", route, args, _strangers(asked), {LET_IN: let_in, REFUSED: refused, AWAY: away}, **more)


def admin(
    model: str,
    target: str = "",
    tells: str = "",
    *,
    see: People = NOBODY,
    add: People = NOBODY,
    change: People = NOBODY,
    delete: People = NOBODY,
    closed_to: People = NOBODY,
    **more: Any,
) -> list[Line]:
    """All routes of a ModelAdmin for the row ``target``. Who isn't staff is asked to sign in as such.

    For staff who may not see the row it is not in the list and its pages are missing; ``closed_to`` names those
    to whom the whole model is refused, whatever row they ask for.
    """
    name, row = f"admin:{model.replace('.', '_')}", f"{target}.pk"
    staff = dict.fromkeys(EVERYBODY, ASKED) | dict.fromkeys(STAFF, MISSING)

    def line(method: str, view: str, args: str, told: Mapping[str, People], **also: Any) -> Line:
        refused = {REFUSED: told.get(REFUSED, NOBODY) | closed_to}
        return _line(method, f"{name}_{view}", args, staff, told | refused, **also | more)

    everyone = STAFF - closed_to
    lines = [
        line("GET", "add", "", {REFUSED: everyone - add, SHOWN: add}),
        line("POST", "add", "", {REFUSED: everyone - add, LET_IN: add}),
    ]
    if not target:
        return [*lines, line("GET", "changelist", "", {EMPTY: everyone})]
    return [
        *lines,
        line("GET", "changelist", "", {EMPTY: everyone - see, SHOWN: see}, tells=tells),
        line("GET", "change", row, {SHOWN: see}, tells=tells),
        line("POST", "change", row, {REFUSED: see - change, LET_IN: change}),
        line("GET", "history", row, {SHOWN: see}),
        line("GET", "delete", row, {REFUSED: see - delete, SHOWN: delete}),
        line("POST", "delete", row, {REFUSED: see - delete, LET_IN: delete}),
        _redirect(name, row),
    ]


def admin_row(model: str, target: str, tells: str, *, see: People = NOBODY, **more: Any) -> list[Line]:
    """Another row of a ModelAdmin that ``admin`` has spoken of: is it in the list, and has it a page?"""
    wanted = ("changelist", "change")
    made = admin(model, target, tells, see=see, **more)
    return [line for line in made if line.method == "GET" and line.route.rpartition("_")[2] in wanted]


def _redirect(name: str, row: str) -> Line:
    """Django's old address of a row leads everybody who is staff to the new one, whether there is a row or not."""
    return Line("GET", f"{name}_redirect", row, dict.fromkeys(EVERYBODY, ASKED) | dict.fromkeys(STAFF, AWAY))


def admin_get(route: str, args: str = "", tells: str = "", *, outsiders: str = MISSING, **told: Any) -> Line:
    """A page of the administration that is no ModelAdmin's own; ``outsiders``: what other staff get."""
    made = get(route, args, tells, **told)
    named = {actor for key in ("shown", "empty", "refused", "away") for actor in told.get(key, ())}
    rest = {actor: outsiders if actor in STAFF else ASKED for actor in EVERYBODY - named}
    return replace(made, outcomes={**made.outcomes, **rest})


def admin_post(route: str, args: str = "", *, outsiders: str = MISSING, **told: Any) -> Line:
    made = post(route, args, **told)
    named = {actor for key in ("let_in", "refused", "away") for actor in told.get(key, ())}
    rest = {actor: outsiders if actor in STAFF else ASKED for actor in EVERYBODY - named}
    return replace(made, outcomes={**made.outcomes, **rest})


def nothing_at(route: str, args: str = "", **more: Any) -> Line:
    """An address that is there to say that nothing is there."""
    return _line("GET", route, args, dict.fromkeys(EVERYBODY, MISSING), {}, **more)


__all__ = ["ASKED", "AWAY", "DENIED", "EMPTY", "LET_IN", "MISSING", "REFUSED", "SHOWN", "SIGNED_IN", "Family", "Line"]
__all__ += ["admin", "admin_get", "admin_post", "admin_row", "get", "nothing_at", "open_get", "post"]
