"""Zips are opened only when all they unpack to can be read."""

import io
import struct
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from django.utils import translation

from portal.core import archives
from portal.core.archives import BadArchive, open_archive


@pytest.fixture(autouse=True)
def _speak_english():
    with translation.override("en"):
        yield


def zipped(parts: dict[str, bytes], *, compression: int = ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_sound_one_opens():
    archive = open_archive(zipped({"a.xml": b"<a/>", "b.bin": b"b" * 100_000}), part="a.xml")

    assert archive.read("a.xml") == b"<a/>"


def test_the_part_that_makes_it_what_it_is_must_be_there():
    with pytest.raises(BadArchive, match="not what its name says"):
        open_archive(zipped({"a.xml": b"<a/>"}), part="b.xml")


CUT_OFF = zipped({"a": b"a" * 999})[:-30]


# Named: an archive holds the moment it was made at, by which no two processes would call a test the same.
@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"no zip", CUT_OFF], ids=["nothing", "a beginning", "text", "cut off"]
)
def test_what_is_no_zip_is_refused(data):
    with pytest.raises(BadArchive, match="damaged"):
        open_archive(data, part="a")


def test_a_bomb_is_refused_by_what_it_says_of_itself():
    bomb = zipped({"a": b"\0" * (archives.MOST_UNPACKED + 1)})

    with pytest.raises(BadArchive, match="unpacks to more"):
        open_archive(bomb, part="a")


def test_many_small_parts_are_a_bomb_too():
    bomb = zipped({str(number): b"\0" * 1024**2 for number in range(21)})

    with pytest.raises(BadArchive, match="unpacks to more"):
        open_archive(bomb, part="1")


def test_thousands_of_empty_parts_are_refused():
    with pytest.raises(BadArchive, match="unpacks to more"):
        open_archive(zipped({str(number): b"" for number in range(archives.MOST_PARTS + 1)}), part="1")


def test_a_bomb_that_lies_about_its_size_is_refused(monkeypatch):
    """What it declares is small; what comes out of it is not what it declares."""
    data = bytearray(zipped({"a": b"\0" * 300_000}))
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(signature)
        data[start + at : start + at + 4] = struct.pack("<I", 10)

    with pytest.raises(BadArchive, match="damaged"):
        open_archive(bytes(data), part="a")


def test_what_comes_out_is_counted_whatever_was_declared(monkeypatch):
    monkeypatch.setattr(archives, "_refuse_declared", lambda entries: None)
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1000)

    with pytest.raises(BadArchive, match="unpacks to more"):
        open_archive(zipped({"a": b"a" * 600, "b": b"b" * 600}), part="a")


def test_a_million_empty_tags_are_refused_though_they_are_small():
    with pytest.raises(BadArchive, match="unpacks to more"):
        open_archive(zipped({"a": b"<c/>" * (archives.MOST_TAGS + 1)}), part="a")


def test_methods_that_unpack_without_measure_are_refused():
    with pytest.raises(BadArchive):
        open_archive(zipped({"a": b"a"}, compression=ZIP_BZIP2), part="a")


def test_an_encrypted_one_is_refused():
    data = bytearray(zipped({"a": b"a" * 99}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1

    with pytest.raises(BadArchive, match="encrypted"):
        open_archive(bytes(data), part="a")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("before", [0, 65_530])
def test_a_document_type_is_refused_wherever_it_stands(encoding, before):
    text = " " * before + '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'

    with pytest.raises(BadArchive):
        open_archive(zipped({"a.xml": text.encode(encoding)}), part="a.xml")


def test_a_damaged_part_is_refused():
    data = bytearray(zipped({"a": bytes(range(256)) * 8}))
    data[60] ^= 0xFF

    with pytest.raises(BadArchive, match="damaged"):
        open_archive(bytes(data), part="a")
