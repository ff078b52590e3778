"""What has to be done inside the portal while a run goes on, by a process that has started up already.

``python -m benchmarks.load.steward``: a JSON list on each line of its input, the call and its arguments; what came of
it on a line of its output.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.load import books, journal, world  # noqa: E402
from benchmarks.load.reconcile import reconcile  # noqa: E402
from portal.celery import app  # noqa: E402
from portal.notifications.enums import OutboxStatus  # noqa: E402
from portal.notifications.models import Outbox  # noqa: E402
from portal.notifications.tasks import ring  # noqa: E402
from submissions.services import uploads  # noqa: E402


def furnish() -> None:
    world.furnish()


def prepare(teams: int) -> list[dict[str, Any]]:
    return world.prepare(teams)


def close_at(seconds: float) -> None:
    world.close_at(seconds)


def waiting(kind: str = "") -> int:
    """Rows that the outbox has still to carry out."""
    return Outbox.objects.filter(status=OutboxStatus.WAITING, kind__startswith=kind).count()


def let_leases_run_out() -> int:
    """As if two minutes had passed for whatever a dead worker held, and its pause as well."""
    now = timezone.now()
    rows = Outbox.objects.filter(status=OutboxStatus.WAITING, attempts__gt=0)
    count = rows.update(lease_until=None, available_at=now - timedelta(seconds=1))
    ring()
    return count


def drain_at_once(workers: int) -> None:
    """As if the broker had delivered every task to so many workers."""
    app.loader.import_default_modules()
    tasks = [app.tasks[each["task"]] for each in app.conf.beat_schedule.values()]
    with ThreadPoolExecutor(workers) as pool:
        for _done in pool.map(_carry_out, [task for task in tasks for _each in range(workers)]):
            pass


def _carry_out(task: Any) -> None:
    try:
        task()
    finally:
        connections.close_all()


def verdict(path: str, mails: str, twice_allowed: int, *, is_stamped: bool = True) -> dict[str, Any]:
    found = reconcile(
        journal.read(Path(path), is_stamped=is_stamped), books.read(Path(mails)), twice_allowed=twice_allowed
    )
    return {"holds": found.holds, "words": list(found.words())}


def sweep_uploads() -> None:
    """As beat asks for every ten minutes."""
    uploads.sweep_uploads()


def integrity() -> str:
    """Of SQLite's own file; "ok" elsewhere."""
    if connection.vendor != "sqlite":
        return "ok"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return str(cursor.fetchone()[0])


CALLS = {
    each.__name__: each
    for each in (
        *(furnish, prepare, close_at, waiting, let_leases_run_out, drain_at_once),
        *(verdict, sweep_uploads, integrity),
    )
}


def main() -> None:
    for line in sys.stdin:
        name, arguments, options = json.loads(line)
        try:
            answer = {"value": CALLS[name](*arguments, **options)}  # type: ignore[operator]
        except Exception as error:  # noqa: BLE001 - it is told to whoever asked
            answer = {"error": f"{type(error).__name__}: {error}"}
        connections.close_all()
        print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
