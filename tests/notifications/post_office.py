"""A mail server for tests that can keep a sender waiting, as real ones do."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue


class PostOffice(socketserver.ThreadingTCPServer):
    """Tells of each caller in ``callers``, of each letter in ``letters`` (its recipient); answers while ``is_open``."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.is_open = threading.Event()
        self.callers: Queue[str] = Queue()
        self.letters: Queue[str] = Queue()
        # After so many of one caller it hangs up; with its last word, or without any.
        self.letters_a_call, self.last_word = 1000, ""
        # A letter to this address is taken, and then it hangs up without a word.
        self.silent_about = ""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Counter(socketserver.StreamRequestHandler):
    server: PostOffice

    def handle(self) -> None:
        self.server.callers.put("somebody")
        self.server.is_open.wait()
        self.say("220 here")
        recipient, taken = "", 0
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if taken >= self.server.letters_a_call and word != "QUIT":
                self.say(self.server.last_word)
                return
            if word.startswith("RCPT"):
                recipient = line.partition("<")[2].rstrip(">")
            elif word == "DATA":
                self.say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.server.letters.put(recipient)
                taken += 1
                if recipient == self.server.silent_about:
                    return
            self.say("221 bye" if word == "QUIT" else "250 ok")

    def say(self, line: str) -> None:
        if line:
            self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def post_office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        threading.Thread(target=office.serve_forever, daemon=True).start()
        yield office
        office.is_open.set()
        office.shutdown()
