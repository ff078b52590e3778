"""A ZIP made while it is sent: nothing is kept but the list of what is in it, and that on disk once it grows.

Python's own ``zipfile`` keeps a record of every member in memory. What is written here is what it reads: deflate,
names in UTF-8, sizes after the content, ZIP64 where a number needs it.
"""

from __future__ import annotations

import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone

CONTENT_TYPE = "application/zip"
# From here on a number stands in its ZIP64 place. A member that is stored in deflate's blocks is a little longer.
BIG = 0xF000_0000
MOST_MEMBERS = 0xFFFF
_MEMORY = 1024**2
_FULL = 0xFFFF_FFFF
# Names are UTF-8, and sizes follow the content.
_FLAGS = 0x0808
_DEFLATE = 8
_OLD, _ZIP64, _UNIX = 20, 45, 3 << 8
_READABLE = 0o100644 << 16


class ZipStream:
    """Yields the bytes of an archive, member by member; ``end`` gives the rest. To be closed whatever happens."""

    def __init__(self) -> None:
        self._sent = self._count = 0
        self._directory = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115 - close does

    def close(self) -> None:
        self._directory.close()

    def add(self, name: str, chunks: Iterable[bytes], *, at: datetime, size: int, level: int = 0) -> Iterator[bytes]:
        """One member of about ``size`` bytes. Files that are packed themselves are not packed again: level 0."""
        start, is_big, stamp, raw = self._sent, size >= BIG, _stamp(at), name.encode()
        yield self._out(_local(raw, stamp, is_big=is_big) + raw + (_zip64(0, 0) if is_big else b""))
        packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        crc = length = packed = 0
        for chunk in chunks:
            crc, length = zlib.crc32(chunk, crc), length + len(chunk)
            if block := packer.compress(chunk):
                packed += len(block)
                yield self._out(block)
        block = packer.flush()
        packed += len(block)
        if not is_big and max(length, packed) > _FULL:
            raise ValueError(f"{name} is larger than was said")
        sizes = struct.pack("<QQ" if is_big else "<LL", packed, length)
        yield self._out(block + b"PK\x07\x08" + struct.pack("<L", crc) + sizes)
        self._directory.write(_central(raw, stamp, crc, packed, length, start))
        self._count += 1

    def end(self) -> Iterator[bytes]:
        """The list of members and what leads to it."""
        start, size = self._sent, self._directory.tell()
        self._directory.seek(0)
        while block := self._directory.read(64 * 1024):
            yield self._out(block)
        yield _tail(self._count, size, start)

    def _out(self, block: bytes) -> bytes:
        self._sent += len(block)
        return block


def _local(raw: bytes, stamp: tuple[int, int], *, is_big: bool) -> bytes:
    size, extra = (_FULL, 20) if is_big else (0, 0)
    needed = _ZIP64 if is_big else _OLD
    return b"PK\x03\x04" + struct.pack("<HHHHHLLLHH", needed, _FLAGS, _DEFLATE, *stamp, 0, size, size, len(raw), extra)


def _central(raw: bytes, stamp: tuple[int, int], crc: int, packed: int, length: int, start: int) -> bytes:
    fields = (length, packed, start)
    extra = _zip64(*(each for each in fields if each >= BIG)) if max(fields) >= BIG else b""
    length, packed, start = (min(each, _FULL) if each < BIG else _FULL for each in fields)
    needed = _ZIP64 if extra else _OLD
    head = (_UNIX | _ZIP64, needed, _FLAGS, _DEFLATE, *stamp, crc, packed, length, len(raw), len(extra), 0, 0, 0)
    return b"PK\x01\x02" + struct.pack("<HHHHHHLLLHHHHHLL", *head, _READABLE, start) + raw + extra


def _tail(count: int, size: int, start: int) -> bytes:
    before = b""
    if count >= MOST_MEMBERS or max(size, start) >= BIG:
        record = struct.pack("<QHHLLQQQQ", 44, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, start)
        before = b"PK\x06\x06" + record + b"PK\x06\x07" + struct.pack("<LQL", 0, start + size, 1)
        count, size, start = 0xFFFF, _FULL, _FULL
    return before + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, size, start, 0)


def _zip64(*numbers: int) -> bytes:
    return struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)


def _stamp(at: datetime) -> tuple[int, int]:
    """Time and date as DOS wrote them, in Beijing's hours; nothing is from before 1980."""
    local = timezone.localtime(at)
    year = min(max(local.year, 1980), 2107)
    return local.hour << 11 | local.minute << 5 | local.second // 2, (year - 1980) << 9 | local.month << 5 | local.day
