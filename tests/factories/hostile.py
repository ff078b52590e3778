"""Files that somebody made to do harm, small enough for a test."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.factories.files import pdf

DOCUMENT = ("word/document.xml", "<w/>")
SLIDES = ("ppt/presentation.xml", "<p/>")
PNG = b"\x89PNG\r\n\x1a\n"
# In two halves, so that no scanner takes this file for what it tries out.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MEGABYTE = 1024**2


def package(*members: tuple[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members:
            # Without a time, the same members are the same bytes.
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def zip_bomb() -> bytes:
    return package(DOCUMENT, ("word/media/a.bmp", bytes(20 * MEGABYTE)))


def lying_bomb() -> bytes:
    """Says of its one large member that it has a hundred bytes."""
    content = bytearray(zip_bomb())
    said, lie = struct.pack("<L", 20 * MEGABYTE), struct.pack("<L", 100)
    return bytes(content).replace(said, lie)


def nested(depth: int) -> bytes:
    inner = package(("a.txt", "x"))
    for _each in range(depth - 1):
        inner = package(("inner.zip", inner))
    return package(DOCUMENT, ("word/embeddings/a.zip", inner))


def crowded() -> bytes:
    return package(DOCUMENT, *((f"{n}", "") for n in range(20_001)))


def without_end() -> bytes:
    """Whose list of what is packed into it takes a gigabyte, as its end says."""
    made = package(SLIDES)
    place = made.rindex(b"PK\x05\x06") + 12
    return made[:place] + struct.pack("<L", 1024**3) + made[place + 4 :]


def png(width: int, height: int) -> bytes:
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    other = b"\xff\xe0" + struct.pack(">H", 16) + bytes(14)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + other + frame + b"\xff\xd9"


def mp4(*boxes: bytes) -> bytes:
    return b"".join(struct.pack(">L", 16) + name + bytes(8) for name in (b"ftyp", *boxes))


def pdf_and_zip() -> bytes:
    return pdf() + package(("a.exe", "MZ"))


def pdf_and_page() -> bytes:
    return b"%PDF-1.7\n<html><script>alert(1)</script></html>\n" + pdf()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
