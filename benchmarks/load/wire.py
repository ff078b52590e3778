"""Requests as the proxy in front sends them: one connection each, stamped with the time of their first byte."""

from __future__ import annotations

import asyncio
import itertools
import math
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

HOST = "contest.example.cn"
PIECE = 16 * 1024
MOST = 4 * 1024 * 1024
# What deploy/nginx.conf brings to web servers of its own.
SUBMITS = re.compile(
    r"/submissions/(?:[0-9a-f-]+/(?:files/)?submit/|receipts/[0-9a-f-]+/(?:receipt\.json)?|late/[0-9a-f-]+/)"
)
BEHIND_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https", "Origin": f"https://{HOST}"}


class BrokenLineError(Exception):
    """No whole answer came; ``sent`` is when the first byte went, None when it didn't."""

    def __init__(self, why: str, sent: float) -> None:
        super().__init__(why)
        self.why, self.sent = why, sent


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    sent: float
    last_byte: float
    ended: float


class Pace(NamedTuple):
    """A slow line: so many bytes a second."""

    bytes_a_second: int


class Line:
    """The way to the portal's web servers."""

    def __init__(self, port: int, *, submits_port: int | None = None, is_stamped: bool = True) -> None:
        self.port, self.submits_port, self.is_stamped = port, submits_port, is_stamped
        self.clients = itertools.count()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        pace: Pace | None = None,
        hang_up_after: float | None = None,
        patience: float = 60.0,
    ) -> Answer:
        """Raises BrokenLineError, also where the client hangs up by itself after ``hang_up_after`` seconds."""
        # The stamp is cut to whole milliseconds, as nginx's $msec is: it never says later than it was.
        sent = math.floor(time.time() * 1000) / 1000
        try:
            async with asyncio.timeout(hang_up_after if hang_up_after is not None else patience):
                return await self._talk(method, path, headers or {}, body, pace, sent)
        except TimeoutError:
            raise BrokenLineError("hung up" if hang_up_after is not None else "no answer", sent) from None
        except (OSError, EOFError) as error:
            raise BrokenLineError(type(error).__name__, sent) from error

    async def _talk(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes, pace: Pace | None, sent: float
    ) -> Answer:
        reader, writer = await self._connect(path)
        try:
            writer.write(self._head(method, path, headers, len(body), sent))
            await _send(writer, body, pace)
            last_byte = time.time()
            status, told = _read_head(await reader.readuntil(b"\r\n\r\n"))
            content = await _read_body(reader, method, status, told)
            return Answer(status, told, content, sent, last_byte, time.time())
        finally:
            writer.close()

    async def _connect(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.submits_port and SUBMITS.fullmatch(path):
            # While nobody is there, the others take it.
            with suppress(ConnectionRefusedError):
                return await asyncio.open_connection("127.0.0.1", self.submits_port, limit=MOST)
        return await asyncio.open_connection("127.0.0.1", self.port, limit=MOST)

    def _head(self, method: str, path: str, headers: Mapping[str, str], length: int, sent: float) -> bytes:
        number = next(self.clients)
        said = {
            **(BEHIND_PROXY if self.is_stamped else {"Host": "localhost", "Origin": "http://localhost"}),
            "Accept-Language": "zh-CN",
            "Connection": "close",
            **headers,
        }
        if self.is_stamped:
            said["X-Request-Start"] = f"t={sent:.3f}"
            said["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        if length or method in {"POST", "PATCH"}:
            said["Content-Length"] = str(length)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _send(writer: asyncio.StreamWriter, body: bytes, pace: Pace | None) -> None:
    if pace is None:
        writer.write(body)
        await writer.drain()
        return
    for start in range(0, len(body), PIECE):
        writer.write(body[start : start + PIECE])
        await writer.drain()
        await asyncio.sleep(PIECE / pace.bytes_a_second)


def _read_head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    told = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            told[name.lower()] = value.strip()
    return int(first.split(" ")[1]), told


async def _read_body(reader: asyncio.StreamReader, method: str, status: int, told: Mapping[str, str]) -> bytes:
    if method == "HEAD" or status in {204, 304}:
        return b""
    if "content-length" in told:
        return await reader.readexactly(int(told["content-length"]))
    if told.get("transfer-encoding") == "chunked":
        return await _read_chunks(reader)
    return await reader.read()


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    found = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        found += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return found
