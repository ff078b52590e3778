"""Let several threads do the same thing at the same moment, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

from django.db import connection


def race(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all ``deeds`` at once; returns each one's result, or the exception it raised."""
    line = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            line.wait(timeout=60)
            return deed()
        except Exception as error:  # noqa: BLE001 - losing a race is a result
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def meeting_point(people: int) -> Barrier:
    """Where rivals wait for each other in a twin; on SQLite each is alone there."""
    return Barrier(people if connection.features.has_select_for_update else 1, timeout=60)


def then_wait(function: Callable[..., Any], barrier: Barrier) -> Callable[..., Any]:
    """``function``, and then nobody goes on before all have come this far."""

    def waiting(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        barrier.wait()
        return result

    return waiting


def wait_then(barrier: Barrier, function: Callable[..., Any]) -> Callable[..., Any]:
    """All come this far before anybody goes on."""

    def waiting(*args: Any, **kwargs: Any) -> Any:
        barrier.wait()
        return function(*args, **kwargs)

    return waiting


def until_somebody_waits_for_a_lock() -> None:
    """Go on as soon as a rival stands before a lock that we hold; at once where a database has one lock for all."""
    if connection.vendor != "postgresql":
        return
    for _attempt in range(6000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
        Event().wait(0.01)
    raise TimeoutError
