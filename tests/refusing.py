"""To call any service as somebody who has no part in it: it has to refuse, whatever else it is given."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any


def services_of(module: ModuleType, *beside: str) -> list[str]:
    """The services that somebody acts in, but for those ``beside``: anybody may do these."""
    found = (name for name in module.__all__ if inspect.isfunction(getattr(module, name)))
    return [name for name in found if "actor" in parameters(getattr(module, name)) and name not in beside]


def parameters(service: Any) -> dict[str, Any]:
    return {name: each for name, each in inspect.signature(service).parameters.items() if each.kind != each.VAR_KEYWORD}


def call(service: Any, given: dict[str, Any], *, actor: Any) -> Any:
    """With what it can't do without, by name; a name that nobody has given anything for fails."""
    needed = [name for name, each in parameters(service).items() if each.default is each.empty and name != "actor"]
    positional = [name for name in needed if parameters(service)[name].kind != inspect.Parameter.KEYWORD_ONLY]
    named = {name: given[name] for name in needed if name not in positional}
    return service(*(given[name] for name in positional), actor=actor, **named)
