"""Named places where a fault test may kill this process. In production none is armed, and passing one costs nothing.

``PORTAL_FAILPOINTS`` names a folder; a file in it with the name of a place kills the first process that passes
there, as ``kill -9`` would, and goes with it. Without the variable no file is looked for.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from django.conf import settings

PLACES = frozenset(
    {
        "after_body_read",
        "after_blob_tmp",
        "after_rename",
        "before_commit",
        "after_commit",
        "before_response",
        "before_part_removed",
        "outbox_claimed",
        "smtp_accepted_before_mark",
        "cert_written_before_row",
        "snapshot_written_before_flip",
    }
)


def failpoint(name: str) -> None:
    folder = settings.FAILPOINTS_DIR
    if folder is not None and _takes(Path(folder) / name):
        os.kill(os.getpid(), signal.SIGKILL)


def _takes(armed: Path) -> bool:
    """Of all who pass, one takes the file away."""
    try:
        armed.unlink()
    except FileNotFoundError:
        return False
    return True
