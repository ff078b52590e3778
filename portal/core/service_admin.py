"""Where a site admin switches the portal to read-only or submissions only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from portal.core import service
from portal.core.admin import ScopedAdmin
from portal.core.models import Service
from portal.core.people import is_site_admin


@admin.register(Service)
class ServiceAdmin(ScopedAdmin):
    list_display = ["mode", "note"]
    list_display_links = ["mode"]
    fields = ["mode", "note"]
    radio_fields = {"mode": admin.VERTICAL}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_site_admin(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def save_model(self, request: HttpRequest, obj: Service, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        service.set_state(obj, actor=request.user, **form.cleaned_data)
