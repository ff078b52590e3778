"""Which function carries out which kind of outbox row. Apps register theirs when they are ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Handler:
    carry_out: Callable[..., None]
    # What the row carried is erased once it is done, because it held a link that opens something.
    is_secret: bool


HANDLERS: dict[str, Handler] = {}


def handles(kind: str, *, is_secret: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the decorated function; it is called with the payload as keyword arguments and ``key``.

    It may be called again after a crash, so it checks what is already done; what is no longer wanted
    (a row gone, a state moved on) it lets pass in silence.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        HANDLERS[kind] = Handler(function, is_secret)
        return function

    return register


def handler_of(kind: str) -> Any:
    return HANDLERS[kind]
