"""Looks into files: a program of its own, which is told ``[KIND, PATH]`` a line and answers ``[PATH, FINDINGS]``.

Whatever it meets was made by a stranger. So each file is opened by a fork that has little memory and time and may be
killed at any moment; FINDINGS is null then. The program itself opens none, imports nothing of the portal, and is kept
because what it does import takes twenty times as long as a look.
"""

import gc
import io
import json
import os
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NoReturn

MEMORY, SECONDS = 768 * 1024**2, 20
# Of the clock, for one that waits instead of working. Less than whoever asks waits for the answer.
WALL_SECONDS = 28
LONGEST_ANSWER = 64 * 1024
MOST_PIXELS = 100_000_000
MOST_UNPACKED, MOST_RATIO, MOST_MEMBERS = 1024**3, 200, 20_000
# Below that no program is troubled, however well it was packed.
HARMLESS = 16 * 1024**2
# A document may hold a presentation that holds a table.
DEEPEST, MOST_NESTED = 2, 64 * 1024**2
MOST_OBJECTS = 200_000
BLOCK, HEAD, OVERLAP = 1024**2, 2048, 128
OFFICE = {"slides": "ppt/presentation.xml", "document": "word/document.xml", "sheet": "xl/workbook.xml"}
ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00", b"BZh")
PAGE_OF_THE_WEB = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe)[\s>]", re.IGNORECASE)
# The string by which virus scanners are tried out. In two halves, so that none of them takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


def is_far_larger(unpacked: int, packed: int) -> bool:
    return unpacked > HARMLESS and unpacked > MOST_RATIO * max(packed, 1024)


def pdf(path: Path) -> list:
    from pypdf import PdfReader

    reader = PdfReader(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return [["encrypted", None]]
    found: list = [["pages", len(reader.pages)]]
    if reader.is_encrypted:
        found.append(["encrypted", None])
    names = _names(reader)
    if names & {"/JS", "/JavaScript"}:
        found.append(["javascript", None])
    if names & {"/EmbeddedFile", "/EmbeddedFiles"}:
        found.append(["embedded", None])
    if "/Launch" in names:
        found.append(["launch", None])
    return found


def _names(reader: Any) -> set[str]:
    """Names that stand anywhere in the document's objects, however deep; each object is read once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

    names: set[str] = set()
    seen: set[int] = set()
    left = [reader.trailer.get("/Root")]
    while left:
        each = left.pop()
        if isinstance(each, IndirectObject):
            if each.idnum in seen or len(seen) > MOST_OBJECTS:
                continue
            seen.add(each.idnum)
            each = each.get_object()
        if isinstance(each, NameObject):
            names.add(str(each))
        elif isinstance(each, DictionaryObject):
            names.update(map(str, each))
            left += (
                [value for name, value in each.raw_items()] if hasattr(each, "raw_items") else list(dict.values(each))
            )
        elif isinstance(each, ArrayObject):
            left += list(list.__iter__(each))
    return names


class Bomb(Exception):
    """What it is called in the findings."""


class Unpacking:
    """Unpacks all of a package and what is packed in it, keeps nothing, and stops where it gets too much."""

    def __init__(self) -> None:
        self.unpacked = self.members = 0
        self.is_test = False

    def go(self, source: Any, packed: int, depth: int = 0) -> None:
        with zipfile.ZipFile(source) as package:
            self.members += len(package.infolist())
            said = sum(each.file_size for each in package.infolist())
            if self.members > MOST_MEMBERS or said > MOST_UNPACKED:
                raise Bomb("bomb")
            for each in package.infolist():
                if not each.flag_bits & 1:
                    self._member(package, each, packed, depth)

    def _member(self, package: zipfile.ZipFile, each: zipfile.ZipInfo, packed: int, depth: int) -> None:
        # What the table says is no limit: a liar would be read no further than it says.
        each.file_size = 2**62
        each.CRC = None  # type: ignore[assignment]
        with package.open(each) as content:
            first = content.read(BLOCK)
            self._count(first, packed)
            self.is_test |= EICAR in first[:HEAD]
            kept = [first]
            is_archive = first.startswith(ARCHIVES)
            if is_archive and depth >= DEEPEST:
                raise Bomb("nested")
            size = len(first)
            while block := content.read(BLOCK):
                self._count(block, packed)
                size += len(block)
                if is_archive and size <= MOST_NESTED:
                    kept.append(block)
        if first.startswith(ARCHIVES[0]) and size <= MOST_NESTED:
            try:
                self.go(io.BytesIO(b"".join(kept)), packed, depth + 1)
            except zipfile.BadZipFile:
                return

    def _count(self, block: bytes, packed: int) -> None:
        self.unpacked += len(block)
        if self.unpacked > MOST_UNPACKED or is_far_larger(self.unpacked, packed):
            raise Bomb("bomb")


def office(path: Path, kind: str) -> list:
    unpacking = Unpacking()
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
        unpacking.go(path, path.stat().st_size)
    except Bomb as bomb:
        return [[str(bomb), None]]
    found = _in_package(members, kind)
    if unpacking.is_test:
        found.append(["test_virus", None])
    names = [each.filename for each in members]
    slides = sum(1 for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name))
    return [["pages", slides], *found] if slides else found


def _in_package(members: list[zipfile.ZipInfo], kind: str) -> list:
    names = [each.filename for each in members]
    found: list = []
    if OFFICE[kind] not in names:
        found.append(["type", None])
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        found.append(["macros", None])
    if any("/embeddings/" in name.lower() for name in names):
        found.append(["embedded", None])
    if any(each.flag_bits & 1 for each in members):
        found.append(["encrypted", None])
    if any(name.startswith("/") or ".." in re.split(r"[/\\]", name) for name in names):
        found.append(["paths", None])
    return found


def image(path: Path) -> list:
    """Its size as its head says: no pixel is unpacked."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as opened:
        width, height = opened.size
        if width * height * getattr(opened, "n_frames", 1) > MOST_PIXELS:
            return [["bomb", None]]
        opened.verify()
    return [["pixels", [width, height]]]


def video(path: Path) -> list:
    """Boxes as they follow each other; one of them has to say what is to be played."""
    names: set[bytes] = set()
    at, size = 0, path.stat().st_size
    with path.open("rb") as content:
        while at < size and len(names) < 100:
            content.seek(at)
            head = content.read(16)
            length, name = int.from_bytes(head[:4], "big"), head[4:8]
            length = {0: size - at, 1: int.from_bytes(head[8:16], "big")}.get(length, length)
            if length < 8 or not name.isascii():
                return [["type", None]]
            names.add(name)
            at += length
    return [] if b"ftyp" in names and names & {b"moov", b"moof"} else [["type", None]]


def also(path: Path, kind: str) -> list:
    """What the same bytes are to other programs: they would be told apart by whoever opens them, not by us."""
    found = []
    with path.open("rb") as content:
        head = content.read(HEAD)
        if PAGE_OF_THE_WEB.search(head):
            found.append("HTML")
        if kind in OFFICE and b"%PDF-" in head:
            found.append("PDF")
        if kind not in OFFICE and zipfile.is_zipfile(path):
            found.append("ZIP")
        is_test = _holds(content, EICAR)
    mixed = [["mixed", found]] if found else []
    return [*mixed, ["test_virus", None]] if is_test else mixed


def _holds(content: IO[bytes], wanted: bytes) -> bool:
    content.seek(0)
    rest = b""
    while block := content.read(BLOCK):
        if wanted in rest + block:
            return True
        rest = block[-OVERLAP:]
    return False


LOOKS: dict[str, Callable[[Path], list]] = {"pdf": pdf, "image": image, "video": video}


def look(kind: str, path: Path) -> list:
    found = office(path, kind) if kind in OFFICE else LOOKS[kind](path)
    known = [code for code, _value in found]
    return found + [each for each in also(path, kind) if each[0] not in known]


def by_a_fork(kind: str, path: Path) -> list | None:
    near, far = os.pipe()
    child = os.fork()
    if not child:
        os.close(near)
        _look_and_end(kind, path, far)
    os.close(far)
    with open(near, "rb") as said:
        answer = said.read(LONGEST_ANSWER)
    _pid, status = os.waitpid(child, 0)
    if status:
        return None
    try:
        # Not handed on as it stands: a second line in it would be taken for the answer about the next file.
        found: list = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found


def _look_and_end(kind: str, path: Path, answer: int) -> NoReturn:
    """In the fork, which is left with nothing open but what it answers on."""
    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(answer, 1)
        limit()
        os.write(answer, json.dumps(look(kind, path)).encode())
        code = 0
    finally:
        # Nothing that the program has still to do is to be done by the fork as well.
        os._exit(code)


def warm_up() -> None:
    """Everything that a look imports."""
    import pypdf.generic  # noqa: F401 - takes a tenth of a second, once
    from PIL import Image

    Image.preinit()
    # What is there by now is never looked at again by the collector, so that forks share it.
    gc.freeze()


def main() -> None:
    warm_up()
    for line in sys.stdin:
        kind, path = json.loads(line)
        print(json.dumps([path, by_a_fork(kind, Path(path))]), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
