"""Small files that become huge when they are opened: refused by what they say of themselves, without unpacking.

What they don't say truly, ``inspection_child`` finds afterwards, by unpacking in a process that may be killed.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from submissions.inspection_child import MOST_MEMBERS, MOST_PIXELS, MOST_RATIO, MOST_UNPACKED, is_far_larger

# An office file has a few hundred parts, each with some hundred bytes in the table at the end of the package.
MOST_TABLE = 2 * 1024**2
END = struct.Struct("<4s4H2LH")
LONGEST_COMMENT = 65_535
# JPEG: markers that stand alone, and those that hold the picture's size.
ALONE = {0x01, *range(0xD0, 0xD9)}
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
MOST_MARKERS = 10_000


def members_of(upload: Any) -> list[zipfile.ZipInfo]:
    """The package's table of contents; none when it isn't one. Raises ValidationError for one that is too long."""
    size = _table_size(upload)
    if size is None:
        return []
    if size > MOST_TABLE:
        sizes = {"size": filesizeformat(size), "limit": filesizeformat(MOST_TABLE)}
        message = _("The list of what is packed into this file takes %(size)s; at most %(limit)s are allowed.")
        raise ValidationError(message % sizes)
    try:
        upload.seek(0)
        with zipfile.ZipFile(upload) as package:
            return package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return []


def require_unpackable(members: Sequence[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(each.file_size for each in members), sum(each.compress_size for each in members)
    if len(members) > MOST_MEMBERS:
        counts = {"count": len(members), "limit": MOST_MEMBERS}
        raise ValidationError(_("%(count)s files are packed into this one; at most %(limit)s are allowed.") % counts)
    if unpacked > MOST_UNPACKED:
        sizes = {"size": filesizeformat(unpacked), "limit": filesizeformat(MOST_UNPACKED)}
        raise ValidationError(_("Unpacked, this file would take %(size)s; at most %(limit)s are allowed.") % sizes)
    if is_far_larger(unpacked, packed):
        ratio = {"ratio": unpacked // max(packed, 1), "size": filesizeformat(unpacked), "limit": MOST_RATIO}
        message = _("Unpacked, this file would take %(size)s: %(ratio)s times as much; at most %(limit)s are allowed.")
        raise ValidationError(message % ratio)


def require_shown(upload: Any) -> None:
    """That an image has no more pixels than a program can show; one that doesn't say how many is let pass here."""
    width, height = _pixels(upload)
    if width * height > MOST_PIXELS:
        sizes = {"width": width, "height": height, "limit": MOST_PIXELS // 1_000_000}
        message = _("The image has %(width)s × %(height)s pixels; at most %(limit)s million are allowed.")
        raise ValidationError(message % sizes)


def _table_size(upload: Any) -> int | None:
    """As the end of the package says; the table itself may be larger than the memory there is."""
    upload.seek(0, 2)
    upload.seek(max(0, upload.tell() - LONGEST_COMMENT - END.size))
    tail = upload.read(LONGEST_COMMENT + END.size)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < END.size:
        return None
    return int(END.unpack_from(tail, place)[5])


def _pixels(upload: Any) -> tuple[int, int]:
    upload.seek(0)
    head = upload.read(24)
    if head.startswith(b"\x89PNG") and head[12:16] == b"IHDR":
        width, height = struct.unpack(">2L", head[16:24])
        return width, height
    return _pixels_of_jpeg(upload) if head.startswith(b"\xff\xd8") else (0, 0)


def _pixels_of_jpeg(upload: Any) -> tuple[int, int]:
    upload.seek(2)
    for _each in range(MOST_MARKERS):
        mark: Any = upload.read(2)
        if len(mark) < 2 or mark[0] != 0xFF or mark[1] in {0xD9, 0xDA}:
            break
        if mark[1] == 0xFF:
            upload.seek(-1, 1)
            continue
        if mark[1] in ALONE:
            continue
        length = int.from_bytes(upload.read(2), "big")
        if mark[1] in FRAMES:
            _depth, height, width = struct.unpack(">BHH", upload.read(5).ljust(5, b"\0"))
            return width, height
        upload.seek(max(0, length - 2), 1)
    return 0, 0
