"""The administration as organizers meet it: what ``visible_to`` gives them, and nothing they may not do.

Organizers are staff without Django's own permissions. What a page shows comes from the queryset, what may be
done from the services; so a list for somebody who runs nothing is empty, and what is not theirs is 404.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import AdminReadonlyField
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime, AdminTimeWidget
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core import service


def is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)


def name_of(field: AdminReadonlyField, remote_field: Any, row: models.Model) -> str:
    """Django links whatever a row belongs to; most who read its name have no page of it, and would be sent away."""
    return str(row)


AdminReadonlyField.get_admin_url = name_of  # type: ignore[assignment, method-assign]


class DateAndTime(AdminSplitDateTime):
    """Django's own two boxes, each with a name for those who don't see where it stands."""

    def __init__(self, attrs: dict[str, Any] | None = None):
        boxes = [AdminDateWidget({"aria-label": _("Date")}), AdminTimeWidget({"aria-label": _("Time")})]
        forms.MultiWidget.__init__(self, boxes, attrs)


class ScopedRows(BaseModelAdmin):
    """For inlines, and the base of ``ScopedAdmin``. Read-only unless a subclass says otherwise."""

    formfield_overrides = {models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": DateAndTime}}

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).visible_to(request.user)  # type: ignore[attr-defined]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScopedInline(ScopedRows, admin.TabularInline):
    extra = 0
    show_change_link = False
    view_on_site = False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """In a table only the column's head says what a box is for; a screen reader needs it at the box."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            for box in getattr(field.widget, "widgets", [field.widget]):
                part = box.attrs.get("aria-label", "")
                box.attrs["aria-label"] = f"{field.label} {part}".strip()
        return field


class ScopedAdmin(ScopedRows, admin.ModelAdmin):
    list_per_page = 50
    # A second COUNT over everything would tell how much there is that this person can't see.
    show_full_result_count = False

    def view_on_site(self, obj: Any) -> str | None:
        """The page itself: Django's detour leads whoever knows a number to what they may not know of."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what a filter of the page asks for: no probing of columns through the address."""
        filters = self.get_list_filter(request) if request is not None else self.list_filter
        names = [each[0] if isinstance(each, (list, tuple)) else each for each in (*filters, self.date_hierarchy)]
        declared = any(isinstance(name, str) and f"{lookup}__".startswith(f"{name}__") for name in names)
        return declared and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if search_term:
            service.require_spare()
        return super().get_search_results(request, queryset, search_term)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Django answers 403 or goes to the index for what isn't there; here it is missing like any page."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            raise Http404
        return obj
