"""A look into a file by a program that may take only so much memory and time, and by ClamAV where there is one."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
        found = looker.ask(path, kind)
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


class Looker:
    """The program that looks, and the line to it. Begun at the first file, and anew when it hasn't answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, path: Path, kind: str) -> list[Finding] | None:
        """None when it took too long or made no sense of the file. Raises OSError when it died: not by this file, which
        none but a fork of it opens.
        """
        with self._lock:
            # Where none can be begun nothing is wrong with the file: whoever asks tries again later.
            self._begin_where_none_is()
            try:
                return self._answer(str(path), kind)
            except (TimeoutError, ValueError):
                self._end()
                return None
            except BaseException:
                # The answer that is still to come is none about the next file.
                self._end()
                raise

    def end(self) -> None:
        with self._lock:
            self._end()

    def _answer(self, path: str, kind: str) -> list[Finding] | None:
        self._line.settimeout(WALL_SECONDS)
        self._line.sendall(json.dumps([kind, path]).encode() + b"\n")
        found: list[Finding] | None
        answer = self._answers.readline()
        if not answer.endswith(b"\n"):
            raise ConnectionError("the program that looks into files has died")
        about, found = json.loads(answer)
        if about != path:
            raise ValueError(about)
        return found

    def _begin_where_none_is(self) -> None:
        if self.process is not None:
            if self.process.poll() is None:
                return
            self._end()
        # It ends with our end of the line, which closes with this process, however that ends.
        line, far = socket.socketpair()
        with far, ExitStack() as undone:
            undone.callback(line.close)
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(CHILD)],
                stdin=far.fileno(), stdout=far.fileno(), stderr=subprocess.DEVNULL, env={}, start_new_session=True,
            )  # fmt: skip
            undone.pop_all()
        self._line, self._answers = line, line.makefile("rb")

    def _end(self) -> None:
        """With the fork that it may be waiting for."""
        if self.process is None:
            return
        self._answers.close()
        self._line.close()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


looker = Looker()
atexit.register(looker.end)


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
