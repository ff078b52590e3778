"""A look into a file by a program that may take only so much memory and time, and by ClamAV where there is one."""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

from portal.core.files import CHUNK, open_stored
from portal.core.models import StoredFile
from submissions.enums import InspectionState
from submissions.findings import FACTS, REFUSED, Finding

CHILD = Path(__file__).with_name("inspection_child.py")
WALL_SECONDS = 30
SCANNER_SECONDS = 60


def look_into(stored: StoredFile, kind: str) -> tuple[str, list[Finding]]:
    """What it is, and what was found: a state and findings."""
    with _on_disk(stored) as path:
        found = _ask_child(path, kind)
    virus = _scan(stored)
    if found is None:
        return (InspectionState.NOTICE, virus) if virus else (InspectionState.UNCHECKED, [["unreadable", None]])
    found = found + virus
    return _judged({code for code, _value in found}), found


def _judged(codes: set[str]) -> str:
    if codes & REFUSED:
        return InspectionState.REFUSED
    return InspectionState.NOTICE if codes - FACTS else InspectionState.CLEAR


@contextmanager
def _on_disk(stored: StoredFile) -> Iterator[Path]:
    if isinstance(default_storage, FileSystemStorage):
        path = Path(default_storage.path(stored.path))
        if path.exists():
            yield path
            return
    with tempfile.NamedTemporaryFile(prefix="look-") as copy, open_stored(stored) as content:
        for chunk in content.chunks(CHUNK):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def _ask_child(path: Path, kind: str) -> list[Finding] | None:
    """None when it died, took too long or made no sense of the file."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(CHILD), kind, str(path)],
            capture_output=True, timeout=WALL_SECONDS, check=True, stdin=subprocess.DEVNULL, env={},
        )  # fmt: skip
        found: list[Finding] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None
    return found


def _scan(stored: StoredFile) -> list[Finding]:
    """ClamAV's INSTREAM: pieces with their length before them, an empty one at the end."""
    host, _colon, port = settings.CLAMAV_ADDRESS.rpartition(":")
    if not host:
        return []
    try:
        with (
            socket.create_connection((host, int(port)), timeout=SCANNER_SECONDS) as line,
            open_stored(stored) as content,
        ):
            line.sendall(b"zINSTREAM\0")
            for chunk in content.chunks(CHUNK):
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            answer = line.recv(4096).rstrip(b"\0\n").decode("utf-8", "replace")
    except OSError:
        return [["unscanned", None]]
    if answer.endswith(" FOUND"):
        return [["virus", answer.removeprefix("stream: ").removesuffix(" FOUND")]]
    return [] if answer.endswith("OK") else [["unscanned", None]]
