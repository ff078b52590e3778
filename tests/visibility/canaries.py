"""Words that occur nowhere else, planted in whatever the world holds, and found again in whatever is served."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from urllib.parse import unquote

from pypdf import PdfReader

TOKEN = re.compile(r"zq[a-z2-7]{10}")
# One row that may be told from another although no canary fits into it: ids, codes, hashes.
LITERAL = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9A-HJ-NPQRTUWXY]{18}|(?<!\d)1[3-9]\d{9}(?!\d)"
)


class Canaries:
    """What each planted word stands for, such as ``submitted.title``."""

    def __init__(self) -> None:
        self.labels: dict[str, str] = {}

    def word(self, label: str) -> str:
        digest = hashlib.sha256(label.encode()).digest()
        word = f"zq{base64.b32encode(digest)[:10].decode().lower()}"
        self.labels[word] = label
        return word

    def text(self, label: str, around: str = "川西{}预警") -> str:
        return around.format(self.word(label))

    def email(self, label: str) -> str:
        return f"{self.word(label)}@example.com"

    def literal(self, label: str, value: object) -> None:
        """An id, a hash or a code that gives the row away as much as its name would."""
        if not LITERAL.fullmatch(str(value)):
            raise ValueError(f"{value} is not found again by LITERAL")
        self.labels[str(value)] = label

    def in_text(self, text: str) -> frozenset[str]:
        words = {*TOKEN.findall(text.lower()), *LITERAL.findall(text)}
        return frozenset(self.labels[word] for word in words if word in self.labels)

    def in_response(self, body: bytes, headers: dict[str, str]) -> frozenset[str]:
        """The labels of all canaries in what was sent: text, headers, and what is inside a PDF."""
        parts = [body.decode("utf-8", "replace"), *(unquote(f"{name}: {value}") for name, value in headers.items())]
        if body.startswith(b"%PDF"):
            parts += [*inside(body)]
        return frozenset().union(*(self.in_text(part) for part in parts))


def inside(pdf: bytes) -> list[str]:
    """The text of each page and what the file says about itself."""
    reader = PdfReader(io.BytesIO(pdf))
    about = [str(value) for value in (reader.metadata or {}).values()]
    xmp = reader.xmp_metadata
    return [*(page.extract_text() for page in reader.pages), *about, str(xmp.rdf_root.toxml()) if xmp else ""]
