"""What every API view shares: one shape of errors, strict filters, pages by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.filters import Filter
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, pagination, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import exception_handler as drf_exception_handler

from portal.core.api_access import narrowed
from portal.core.errors import Conflict, Unavailable
from portal.core.trouble import StorageTrouble, trouble_in

PAGE_PARAMETERS = {"cursor", "page_size", "format"}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """``{"error": {"code", "message", "fields"}}`` for whatever a service or DRF raises."""
    response = drf_exception_handler(_as_api_error(error), context)
    if response is not None:
        response.data = {"error": _body(error, response)}
    if response is not None and isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after)
    return response


class ApiConflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class ApiTrouble(exceptions.APIException):
    def __init__(self, trouble: StorageTrouble):
        self.status_code = trouble.status
        super().__init__(trouble.message, trouble.code)


class ApiTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class ApiUnavailable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, Unavailable):
        return ApiUnavailable(error.message)
    if isinstance(error, Conflict):
        return ApiConflict(error.message)
    if isinstance(error, ValidationError):
        return exceptions.ValidationError(serializers.as_serializer_error(error))
    if isinstance(error, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024
        return ApiTooLarge(_("The body of the request is larger than %(most)s kB.") % {"most": most})
    if type(error) is Http404:
        # Django's own words name a class of ours, in English.
        return exceptions.NotFound()
    trouble = trouble_in(error)
    return error if trouble is None else ApiTrouble(trouble)


def _body(error: Exception, response: Response) -> dict[str, Any]:
    if response.status_code == 400 and isinstance(response.data, Mapping) and "detail" not in response.data:
        return {"code": "invalid", "message": _("Some values can't be accepted."), "fields": response.data}
    detail = response.data.get("detail") if isinstance(response.data, Mapping) else response.data
    codes = {Http404: "not_found", PermissionDenied: "permission_denied", Conflict: "conflict"}
    named = next((name for kind, name in codes.items() if isinstance(error, kind)), None)
    return {"code": named or getattr(detail, "code", "invalid"), "message": detail, "fields": {}}


class IntegerFilter(Filter):
    """Whole numbers alone: django-filter's own number takes 1.5 and finds 1."""

    field_class = forms.IntegerField


class StrictFilterBackend(DjangoFilterBackend):
    """An unknown parameter is an error, not a filter that silently doesn't filter."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filterset_class = self.get_filterset_class(view, queryset)
        known = set(filterset_class.base_filters) if filterset_class else set()
        given = set(request.query_params) - PAGE_PARAMETERS
        if unknown := given - known:
            raise exceptions.ValidationError({name: [_("There is no such parameter.")] for name in sorted(unknown)})
        queryset = narrowed(queryset, request, view)
        # The form behind the filters is a tenth of the cost of a list that asks for none.
        return super().filter_queryset(request, queryset, view) if given else queryset


class KeysetPagination(pagination.BasePagination):
    """Pages by key: rows that come or go between two requests neither repeat nor hide others.

    A view's ``ordering`` names columns of its rows that are unique together. A cursor is signed, so that only
    what the portal has handed out is ever compared with a column.
    """

    page_size, max_page_size = 50, 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        size = self._page_size(request)
        names: Sequence[str] = view.ordering
        signer = Signer(salt=f"cursor:{type(view).__name__}")
        after = self._after(request, signer, names)
        rows = list(queryset.filter(after).order_by(*names)[: size + 1])
        self.next_url = None
        if len(rows) > size:
            rows.pop()
            cursor = signer.sign_object([rows[-1][name] for name in names])
            self.next_url = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_url, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        following = {"type": ["string", "null"], "format": "uri", "description": "The next page, until there is none."}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": following, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "Taken from `next`."},
            {"name": "page_size", "in": "query", "schema": size, "description": "Rows a page."},
        ]

    def _page_size(self, request: Request) -> int:
        given = request.query_params.get("page_size")
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= self.max_page_size):
            message = _("A page holds 1 to %(most)s rows.") % {"most": self.max_page_size}
            raise exceptions.ValidationError({"page_size": [message]})
        return int(given)

    def _after(self, request: Request, signer: Signer, names: Sequence[str]) -> Q:
        """Rows that come after the cursor's: (a, b) > (x, y), spelled so that both databases use the index."""
        given = request.query_params.get("cursor")
        if given is None:
            return Q()
        try:
            values = signer.unsign_object(given)
        except (BadSignature, ValueError):
            raise exceptions.ValidationError({"cursor": [_("This is not a cursor of ours.")]}) from None
        after = Q()
        for name, value in reversed(list(zip(names, values, strict=True))):
            after = Q(**{f"{name}__gt": value}) | (Q(**{name: value}) & after if after else Q())
        return after
