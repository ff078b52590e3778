"""Files as people upload them."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>"
)


def pdf(text: str = "proposal", *, pages: int = 1) -> bytes:
    """A small valid PDF of A4 pages with ``text`` on each; what Helvetica lacks is written as its code."""
    shown = text.encode("ascii", "backslashreplace").replace(b"\\", b"/").replace(b"(", b"[").replace(b")", b"]")
    kids = b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(pages):
        content = b"BT /F1 24 Tf 72 720 Td (%s) Tj ET" % shown
        objects += [PAGE % (5 + 2 * page), b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)]
    return _assembled(objects)


def upload(name: str = "申报书.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content, content_type="application/pdf")


def _assembled(objects: list[bytes]) -> bytes:
    document, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    document += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    document += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(document)
