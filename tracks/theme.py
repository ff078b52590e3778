"""A competition's colour as a style sheet: strict CSP allows no style in the page itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

YEAR = 365 * 24 * 3600


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def theme(request: HttpRequest, hue: int) -> HttpResponse:
    """The address says it all, so a browser asks once; which competition has the hue is not told."""
    if hue > 359:
        raise Http404
    return HttpResponse(f":root {{ --brand-hue: {hue}; }}\n", content_type="text/css; charset=utf-8")
