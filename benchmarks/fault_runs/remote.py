"""Files on a storage that speaks S3, played by a few lines: down, with errors, slow, or keeping other bytes."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from benchmarks.deadline import Game
from benchmarks.fault_runs.common import Fault, Found, a_moment, until, while_they_hand_in
from benchmarks.load.profiles import Mix

WELL, DOWN, ERROR, SLOW, WRONG, PARTIAL = "well", "down", "5xx", "slow", "other bytes", "half of it"
MODES = (DOWN, ERROR, SLOW, WRONG, PARTIAL)
SLOW_SECONDS = 3.0


class Store(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.mode = WELL
        # How many requests met each mode.
        self.met: Counter[str] = Counter()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Lines are broken here on purpose."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Store

    def do_PUT(self) -> None:
        body = self._body()
        self.server.met[self.server.mode] += 1
        if self._is_spoiled():
            return
        kept = body
        if self.server.mode == WRONG and body:
            kept = body[:-1] + bytes([body[-1] ^ 1])
        if self.server.mode == PARTIAL:
            kept = body[: len(body) // 2]
        self.server.objects[self._name()] = kept
        self._answer(200, {"ETag": _tag(kept)})

    def do_GET(self) -> None:
        if self._is_spoiled():
            return
        kept = self.server.objects.get(self._name())
        if kept is None:
            self._answer(404)
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        end = f"bytes {start}-{len(kept) - 1}/{len(kept)}"
        told = {"ETag": _tag(kept), "Last-Modified": formatdate(usegmt=True), "Content-Range": end}
        self._answer(206 if "Range" in self.headers else 200, told, kept[start:])

    do_HEAD = do_GET  # noqa: N815

    def do_DELETE(self) -> None:
        self.server.objects.pop(self._name(), None)
        self._answer(204)

    def log_message(self, *arguments: Any) -> None:
        """Quietly."""

    def _is_spoiled(self) -> bool:
        if self.server.mode == DOWN:
            self.close_connection = True
            return True
        if self.server.mode == ERROR:
            self._answer(503)
            return True
        if self.server.mode == SLOW:
            time.sleep(SLOW_SECONDS)
        return False

    def _name(self) -> str:
        return urlsplit(self.path).path

    def _body(self) -> bytes:
        if self.headers.get("Content-Encoding", "").startswith("aws-chunked"):
            return self._unchunked()
        if self.headers.get("Transfer-Encoding") == "chunked":
            return self._unchunked()
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _unchunked(self) -> bytes:
        found = b""
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline() not in {b"\r\n", b""}:
            pass
        return found

    def _answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        with suppress(OSError):
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)


def _tag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


@contextmanager
def storage() -> Iterator[tuple[Store, dict[str, str]]]:
    with Store() as store:
        threading.Thread(target=store.serve_forever, daemon=True).start()
        port = store.server_address[1]
        address = f"s3://files?endpoint=http://127.0.0.1:{port}&region=cn-north-1"
        yield store, {"STORAGE_URL": address, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
        store.shutdown()


async def unwell(game: Game, rounds: int) -> Found:
    store: Store = game.extra

    async def spoil() -> None:
        for each in range(max(rounds, len(MODES))):
            await a_moment(game, 1.0)
            mode = MODES[each % len(MODES)]
            before, store.mode = store.met[mode], mode
            await asyncio.sleep(game.dice.uniform(0.5, 3.0))
            # A fault that nobody meets shows nothing.
            await until(lambda mode=mode, before=before: store.met[mode] > before, f"nobody met {mode}")
            store.mode = WELL

    await while_they_hand_in(game, Mix(submits=2.0, uploads=4.0, upload_size=300_000), spoil())
    wrong = game.ground.figures.wrong["submit"]
    found = Found([", ".join(f"{store.met[mode]} files met “{mode}”" for mode in MODES)])
    if others := {kind: count for kind, count in wrong.items() if kind != "broken"}:
        found.problems.append(f"submits went wrong: {others}")
    return found


FAULTS = [Fault("F14", "the storage is down, has errors, is slow, or keeps other bytes", unwell)]
