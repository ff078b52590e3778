"""PDFs from HTML: laid out by WeasyPrint with one style sheet of ours, fetching nothing."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

# Percent of the normal type size, tried in turn: long names make the type smaller, none is ever cut.
SIZES = (100, 92, 84, 76, 68, 60, 52, 46, 40, 34)


class PdfUnavailable(Exception):
    """This machine lacks what draws PDFs; the message is for people."""


def pdf(html: str, *, style: str, identifier: bytes) -> bytes:
    """Lay ``html`` out on as many pages as it takes. ``style`` names a sheet in static/css/pdf."""
    return _document(html, style)(100).write_pdf(pdf_identifier=identifier.hex().encode())


def one_page(html: str, *, style: str, identifier: bytes) -> bytes:
    """Lay ``html`` out on one page, in the largest type that fits."""
    laid_out = _document(html, style)

    def fits(percent: int) -> bool:
        return len(laid_out(percent).pages) == 1

    place = 0 if fits(SIZES[0]) else bisect_left(SIZES, True, lo=1, hi=len(SIZES) - 1, key=fits)
    return laid_out(SIZES[place]).write_pdf(pdf_identifier=identifier.hex().encode())


def _document(html: str, sheet: str) -> Any:
    weasyprint, fonts = _renderer()
    # What people typed is escaped; should it ever not be, it still reaches no file and no address.
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
    page = weasyprint.HTML(string=html, url_fetcher=fetcher)
    style = weasyprint.CSS(string=_style(sheet), url_fetcher=fetcher, font_config=fonts)

    @cache
    def laid_out(percent: int) -> Any:
        size = weasyprint.CSS(string=f"html {{ font-size: {percent}% }}", url_fetcher=fetcher)
        return page.render(stylesheets=[style, size], font_config=fonts)

    return laid_out


@cache
def _renderer() -> tuple[Any, Any]:
    """WeasyPrint and this process's one font configuration: importing takes a second, a second one leaks."""
    try:
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise PdfUnavailable(
            "PDFs can't be made on this machine: Pango is missing (apt install libpango-1.0-0 libpangoft2-1.0-0)."
        ) from error
    return weasyprint, FontConfiguration()


@cache
def _style(name: str) -> str:
    return Path(settings.BASE_DIR, "static/css/pdf", name).read_text()
