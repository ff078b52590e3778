"""The entry on paper as a PDF."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from portal.core.pdf import pdf


def entry_pdf(paper: dict[str, Any], *, identifier: bytes) -> bytes:
    return pdf(entry_html(paper), style="entry.css", identifier=identifier)


def entry_html(paper: dict[str, Any]) -> str:
    with translation.override("zh-hans"):
        return render_to_string("submissions/pdf/entry.html", {"paper": paper})
