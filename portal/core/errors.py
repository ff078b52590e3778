from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _


class Conflict(Exception):
    """The request is sound, but the thing it speaks of has moved on: 409."""

    def __init__(self, message: Any = _("Somebody has changed this in the meantime. Please reload the page.")):
        super().__init__(message)
        self.message = message


class TransitionNotAllowed(Conflict):
    """The lifecycle has no such move from where the object stands now."""


class Unavailable(Exception):
    """Sound, and not now: 503, with the seconds after which it may be tried again."""

    def __init__(self, message: Any, *, retry_after: int = 60):
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after


class Missing(Http404):
    """Not there, or not to be seen; ``message`` tells the visitor what was looked for."""

    def __init__(self, message: Any):
        super().__init__(message)
        self.message = message
