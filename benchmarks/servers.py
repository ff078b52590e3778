"""Starts the portal's own gunicorn command, asks it things, and reads what its processes have cost."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.core.processes import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
FIRST, WITH_A_COPY = "first", "with a copy"


class Server:
    def __init__(self, process: subprocess.Popen, port: int) -> None:
        self.process, self.port = process, port
        self.unasked = itertools.count()
        # Of the section that is saved, as the server has told it last.
        self.version = 0
        self.connection = http.client.HTTPConnection("localhost", port, timeout=30)

    def get(self, address: str, *, etag: str | None = None) -> str | None:
        """Ask as a browser does, with ``etag`` as one that has a copy; returns the ETag of the answer."""
        again = {"If-None-Match": etag} if etag else {}
        self.connection.request("GET", address, headers={"Accept-Language": "zh-CN", "Accept": "*/*", **again})
        response = self.connection.getresponse()
        response.read()
        if response.status != (304 if etag else 200):
            sys.exit(f"{address} answered {response.status}")
        return response.headers["ETag"]

    def post(self, address: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        """Send ``body`` as the script of a page does; returns the JSON of the answer."""
        asked = {"Accept-Language": "zh-CN", "Accept": "application/json", "Content-Type": "application/json"}
        self.connection.request("POST", address, body=json.dumps(body), headers={**asked, **headers})
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 200:
            sys.exit(f"{address} answered {response.status}")
        return dict(json.loads(answer))

    def cpu_seconds(self) -> float:
        """CPU time of the workers so far: of each of their threads, in the scheduler's nanoseconds."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        spent = [
            int(task.read_text().split()[0])
            for pid in children
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat")
        ]
        return sum(spent) / 1e9

    def cost(self, address: str, times: int, *, visit: str = "") -> float:
        """CPU milliseconds a request: plainly, or each time as the first visitor or as one with a copy."""
        # The other server had its turn in the meantime, and this one may have hung up.
        self.connection.close()
        etag = self.get(address) if visit == WITH_A_COPY else None
        # Nothing that is remembered answers to an address that nobody has asked for yet.
        return self.spent(
            lambda: self.get(f"{address}?{next(self.unasked)}" if visit == FIRST else address, etag=etag), times
        )

    def cost_of_saving(self, address: str, times: int, *, headers: Mapping[str, str]) -> float:
        """CPU milliseconds of each text saved, every one longer than the last, as somebody types it."""
        self.connection.close()
        words, version = "", self.version

        def save() -> None:
            nonlocal words, version
            words += "再写一句。"
            version = self.post(address, {"value": words, "version": version}, headers)["version"]

        spent = self.spent(save, times)
        self.version = version
        return spent

    def spent(self, step: Callable[[], Any], times: int) -> float:
        before = self.cpu_seconds()
        for _ in range(times):
            step()
        return (self.cpu_seconds() - before) / times * 1000


@contextmanager
def serving(application: str, options: list[str], environment: Mapping[str, str]) -> Iterator[Server]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, *options, "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env={**os.environ, **environment},
        preexec_fn=die_with_parent,
    )
    try:
        wait_for(port, process)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            sys.exit("The server ended before it answered.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("The server did not start.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
