"""What every API view shares: one shape of errors, strict filters, keyset pages, rows as they come from SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, pagination, serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from portal.core.errors import Conflict

PAGE_PARAMETERS = {"cursor", "page_size", "format"}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """``{"error": {"code", "message", "fields"}}`` for whatever a service or DRF raises."""
    response = drf_exception_handler(_as_api_error(error), context)
    if response is not None:
        response.data = {"error": _body(error, response)}
    return response


class ApiConflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def _as_api_error(error: Exception) -> Exception:
    if isinstance(error, Conflict):
        return ApiConflict(error.message)
    if isinstance(error, ValidationError):
        return exceptions.ValidationError(serializers.as_serializer_error(error))
    return error


def _body(error: Exception, response: Response) -> dict[str, Any]:
    if response.status_code == 400 and isinstance(response.data, Mapping) and "detail" not in response.data:
        return {"code": "invalid", "message": _("Some values can't be accepted."), "fields": response.data}
    detail = response.data.get("detail") if isinstance(response.data, Mapping) else response.data
    codes = {Http404: "not_found", PermissionDenied: "permission_denied", Conflict: "conflict"}
    named = next((name for kind, name in codes.items() if isinstance(error, kind)), None)
    return {"code": named or getattr(detail, "code", "invalid"), "message": detail, "fields": {}}


class StrictFilterBackend(DjangoFilterBackend):
    """An unknown parameter is an error, not a filter that silently doesn't filter."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        filterset_class = self.get_filterset_class(view, queryset)
        known = set(filterset_class.base_filters) if filterset_class else set()
        if unknown := set(request.query_params) - known - PAGE_PARAMETERS:
            raise exceptions.ValidationError({name: [_("There is no such parameter.")] for name in sorted(unknown)})
        return super().filter_queryset(request, queryset, view)


class KeysetPagination(pagination.CursorPagination):
    """Pages by key, not by offset; a view names its unique ``ordering``."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_page_size(self, request: Any) -> int:
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= self.max_page_size):
            message = _("A page holds 1 to %(most)s rows.") % {"most": self.max_page_size}
            raise exceptions.ValidationError({self.page_size_query_param: [message]})
        return int(given)

    def get_ordering(self, request: Any, queryset: Any, view: Any) -> tuple[str, ...]:
        return tuple(view.ordering)


class RowSerializer(serializers.Serializer):
    """Describes rows that ``values()`` already shaped; passes them through.

    The fields are there for the OpenAPI schema: running each through DRF costs more than the query.
    """

    def to_representation(self, row: Any) -> Any:
        return {name: row[name] for name in self.names}

    @property
    def names(self) -> list[str]:
        if not hasattr(self, "_names"):
            self._names = list(self.fields)
        return self._names
