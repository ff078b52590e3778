"""How fast files arrive in pieces, against writing and hashing the same bytes plainly in the same run.

PORTAL_VAR=$(mktemp -d) .venv/bin/python -m benchmarks.uploads
"""

from __future__ import annotations

import hashlib
import io
import os
import resource
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from statistics import median

import django

SIZE, CHUNK, ROUNDS = 500 * 1024**2, 8 * 1024**2, 3
LEAST, MOST_GROWTH = 0.6, 64 * 1024


def plainly(piece: bytes, folder: Path) -> None:
    digest, path = hashlib.sha256(), folder / "plain"
    with path.open("wb") as target:
        for offset in range(0, SIZE, CHUNK):
            some = piece[: SIZE - offset]
            target.write(some)
            digest.update(some)
        target.flush()
        os.fsync(target.fileno())
    path.unlink()


def in_pieces(piece: bytes) -> None:
    """What the portal does with the bytes of an upload, but for its rows."""
    from portal.core import parts

    name = uuid.uuid4()
    parts.create(name)
    for offset in range(0, SIZE, CHUNK):
        with parts.locked(name) as part:
            parts.append(part, io.BytesIO(piece[: SIZE - offset]), offset=offset, most=SIZE)
    with parts.path_of(name).open("rb") as content:
        hashlib.file_digest(content, "sha256")
        os.fsync(content.fileno())
    parts.remove(name)


def timed(deed: Callable[[], None]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from django.conf import settings

    piece = os.urandom(CHUNK)
    settings.UPLOAD_PARTS_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.UPLOAD_PARTS_DIR) as folder:
        plainly(piece, Path(folder))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        pairs = [
            (timed(lambda: plainly(piece, Path(folder))), timed(lambda: in_pieces(piece))) for _each in range(ROUNDS)
        ]
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    share = median(plain / pieces for plain, pieces in pairs)
    speed = SIZE / 1024**2 / median(pieces for _plain, pieces in pairs)
    print(f"uploads: {speed:.0f} MB/s, {share:.0%} of plain writing and hashing (at least {LEAST:.0%})")
    print(f"memory: +{growth} kB (at most {MOST_GROWTH})")
    return 0 if share >= LEAST and growth <= MOST_GROWTH else 1


if __name__ == "__main__":
    raise SystemExit(main())
