"""A mail server that takes everything and notes the Message-ID of each, a line each."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline(4096):
            word = line[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                self.server.note(self._letter())  # type: ignore[attr-defined]
            if word == b"QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _letter(self) -> str:
        found, is_head = "", True
        while (line := self.rfile.readline(65536)) not in {b".\r\n", b""}:
            is_head = is_head and line != b"\r\n"
            if is_head and line.lower().startswith(b"message-id:"):
                found = line.split(b":", 1)[1].strip().decode()
        return found

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Postbox(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, path: Path) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.path, self.lock = path, threading.Lock()
        path.touch()

    def note(self, message_id: str) -> None:
        with self.lock, self.path.open("a") as book:
            book.write(message_id + "\n")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that is killed in the middle of a letter is what we are here for."""


@contextmanager
def postbox(path: Path) -> Iterator[int]:
    with Postbox(path) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
