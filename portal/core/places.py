"""So many at once in a process, and no more: whoever finds no place is told when to come again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from portal.core.errors import Unavailable


class Places:
    """``most`` is 0 for as many as come."""

    def __init__(self, most: int):
        self.free = BoundedSemaphore(most) if most else None

    @contextmanager
    def taken(self, message: Any, *, retry_after: int) -> Iterator[None]:
        """Never waits: a thread that waits for a place is what the places are to prevent. Raises Unavailable."""
        if self.free is None:
            yield
            return
        if not self.free.acquire(blocking=False):
            raise Unavailable(message, retry_after=retry_after)
        try:
            yield
        finally:
            self.free.release()
