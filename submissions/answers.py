"""How a page answers what a service refuses: with the form as it was typed, and the words beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from portal.core.errors import Conflict


@dataclass
class Outcome:
    """What becomes of a form: 200 while nobody sent it, 400 when it is at fault, 409 when the world is."""

    status: int = 200
    conflict: object = None


@contextmanager
def refused_into(form: forms.Form, outcome: Outcome) -> Iterator[None]:
    """Put what a service raises into the form; a Conflict is kept for the page to explain."""
    try:
        yield
    except ValidationError as error:
        outcome.status = 400
        _add_errors(form, error)
    except Conflict as error:
        outcome.status, outcome.conflict = 409, error.message


def safe_next(request: HttpRequest) -> str:
    """Where the visitor came from and wants back to, when it is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else ""


def _add_errors(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields and field != NON_FIELD_ERRORS else None, errors)
