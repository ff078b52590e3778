"""An archive that is made while it is sent opens as any other."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest

from portal.core import zips
from portal.core.zips import ZipStream

AT = datetime(2026, 8, 31, 16, 30, 2, tzinfo=UTC)


def made(members: dict[str, bytes], **how) -> bytes:
    archive = ZipStream()
    parts = [block for name, content in members.items() for block in archive.add(name, [content], at=AT, size=1, **how)]
    parts += archive.end()
    archive.close()
    return b"".join(parts)


def read(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("level", [0, 6])
def test_what_went_in_comes_out(level):
    members = {
        "赛道一/题目/T01-0001_山洪预警队/申报书.pdf": b"%PDF" * 40_000,
        "空.txt": b"",
        "😀.bin": bytes(range(256)),
    }

    assert read(made(members, level=level)) == members


def test_an_archive_of_nothing_opens():
    assert read(made({})) == {}


def test_the_time_is_beijings():
    with ZipFile(io.BytesIO(made({"a": b"1"}))) as archive:
        assert archive.getinfo("a").date_time == (2026, 9, 1, 0, 30, 2)


@pytest.mark.parametrize("limit", ["BIG", "MOST_MEMBERS"])
def test_numbers_that_need_more_room_get_it(monkeypatch, limit):
    monkeypatch.setattr(zips, limit, 2 if limit == "MOST_MEMBERS" else 30)
    members = {f"{number}.bin": bytes([number]) * 100 for number in range(5)}
    archive = ZipStream()
    parts = [
        block for name, content in members.items() for block in archive.add(name, [content], at=AT, size=len(content))
    ]
    data = b"".join([*parts, *archive.end()])
    archive.close()

    assert b"PK\x06\x06" in data
    assert read(data) == members


@pytest.mark.skipif(not shutil.which("unzip"), reason="there is no unzip here")
def test_another_reader_finds_nothing_wrong(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(made({"赛道/申报书.pdf": b"%PDF" * 9999, "清单.csv": b"1"}))

    assert subprocess.run(["unzip", "-tq", path], check=False, capture_output=True).returncode == 0


def test_sizes_follow_the_content():
    """So nobody has to know them before."""
    flags = struct.unpack_from("<H", made({"a": b"1"}), 6)[0]

    assert flags & 0x08


def sent(count: int) -> Iterator[bytes]:
    archive = ZipStream()
    for number in range(count):
        yield from archive.add(f"{number:06}/{'长' * 60}.pdf", [b"x"], at=AT, size=1)
    yield from archive.end()
    archive.close()


def peak(count: int) -> int:
    tracemalloc.start()
    try:
        for _block in sent(count):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_stays_the_same_however_much_is_in_it():
    """Enough members to fill what is held before the list goes to disk, and three times as many."""
    few = peak(6_000)

    assert peak(18_000) < few + 300_000
