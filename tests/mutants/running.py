"""To run tests of this session in this process or in a fork of it."""

from __future__ import annotations

import builtins
import functools
import gc
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from _pytest.runner import runtestprotocol

WORLDS: list[Any] = []
# What of ours remembers what a function has answered, such as questions that are prepared once.
REMEMBERING: list[Any] = []
ROOMS = {"portal", "tracks", "submissions", "judging"}


def pairs(items: list[Any]) -> list[tuple[Any, Any]]:
    return list(zip(items, [*items[1:], None], strict=True))


def set_out(session: Any, items: list[Any]) -> None:
    """What the first test doesn't share with the one before is taken down."""
    session._setupstate.teardown_exact(items[0])
    forget()


def run(item: Any, after: Any) -> list[Any]:
    return runtestprotocol(item, nextitem=after, log=False)


def fails(item: Any, after: Any) -> bool:
    return any(report.failed for report in run(item, after))


def look_who_remembers() -> None:
    REMEMBERING[:] = [
        each
        for each in gc.get_objects()
        if isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).partition(".")[0] in ROOMS
    ]


def forget() -> None:
    """The answers that are remembered were given by other code."""
    for function in REMEMBERING:
        function.cache_clear()
    for world in WORLDS:
        world.__dict__.pop("answers", None)
        world.__dict__.pop("twins", None)


def be_silent() -> None:
    """What the portal logs while it is mutilated is nothing to read."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def holds(session: Any, item: Any) -> bool:
    """Whether a test passes with the code as it is; asked in a fork, which keeps this process as it is."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    be_silent()
    set_out(session, [item])
    os._exit(1 if fails(item, None) else 0)


def traced(session: Any, items: list[Any], put_probes: Any) -> Iterator[tuple[int, bool, list[str]]]:
    """Of each test its number, whether it passes, and which guards it comes by; in a fork, told as it goes along."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reading)
        be_silent()
        with os.fdopen(writing, "w", buffering=1) as out:
            for row in _trace(session, items, put_probes):
                out.write(f"{json.dumps(row)}\n")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        yield from map(json.loads, answer)
    os.waitpid(child, 0)


def _trace(session: Any, items: list[Any], put_probes: Any) -> Iterator[tuple[int, bool, list[str]]]:
    reached: set[str] = set()
    builtins.__reached__ = lambda *keys: reached.update(keys)  # type: ignore[attr-defined]
    put_probes()
    set_out(session, items)
    with noting_views(reached):
        for number, (item, after) in enumerate(pairs(items)):
            reached.clear()
            failed = fails(item, after)
            yield number, not failed, sorted(reached)
            forget()


def view_key(module: str, name: str) -> str:
    return f"view {module}.{name}"


@contextmanager
def noting_views(reached: set[str]) -> Iterator[None]:
    """Who is turned away at the door never comes into the view, so the door itself is what counts."""
    from django.core.handlers.base import BaseHandler

    original = BaseHandler.resolve_request

    def resolve(self: Any, request: Any) -> Any:
        match = original(self, request)
        reached.add(view_key(match.func.__module__, getattr(match.func, "__name__", "")))
        return match

    BaseHandler.resolve_request = resolve
    try:
        yield
    finally:
        BaseHandler.resolve_request = original
