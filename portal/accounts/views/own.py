from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponseBase]


def own(view: View) -> View:
    """A page of one's own account: signed in, and kept by no cache. ActingMiddleware keeps everybody else out."""
    return login_required(never_cache(view))
