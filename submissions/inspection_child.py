"""Looks into one file: ``python inspection_child.py KIND PATH``. A process of its own that may be killed at any moment.

Whatever it meets was made by a stranger. It imports nothing of the portal, and prints findings as JSON.
"""

import json
import re
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

MEMORY, SECONDS = 768 * 1024**2, 20
MOST_PIXELS = 100_000_000
MOST_UNPACKED, MOST_RATIO, MOST_MEMBERS = 1024**3, 200, 20_000
MOST_OBJECTS = 200_000
OFFICE = {"slides": "ppt/presentation.xml", "document": "word/document.xml", "sheet": "xl/workbook.xml"}


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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


def office(path: Path, kind: str) -> list:
    with zipfile.ZipFile(path) as package:
        members = package.infolist()
    unpacked, packed = sum(each.file_size for each in members), sum(each.compress_size for each in members)
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 1024) or len(members) > MOST_MEMBERS:
        return [["bomb", None]]
    found: list = []
    names = [each.filename for each in members]
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
    slides = sum(1 for name in names if re.fullmatch(r"ppt/slides/slide\d+\.xml", name))
    return [["pages", slides], *found] if slides else found


def image(path: Path) -> list:
    """Its size as its head says: no pixel is unpacked."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            return [["bomb", None]]
        opened.verify()
    return [["pixels", [width, height]]]


def video(path: Path) -> list:
    with path.open("rb") as content:
        return [] if content.read(12)[4:8] == b"ftyp" else [["type", None]]


def main() -> None:
    kind, path = sys.argv[1], Path(sys.argv[2])
    limit()
    looks = {"pdf": pdf, "image": image, "video": video}
    print(json.dumps(office(path, kind) if kind in OFFICE else looks[kind](path)))  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
