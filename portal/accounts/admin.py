from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from portal.accounts.models import Consent, PrivacyNotice, User


class SiteAdminOnly(admin.ModelAdmin):
    """People and what they consented to are the site admin's to see. Nothing is deleted here."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(SiteAdminOnly):
    list_display = ["email", "full_name", "is_active", "is_staff", "joined_at"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "full_name"]
    fields = ["email", "full_name", "is_active", "is_staff", "joined_at", "last_login"]
    ordering = ["email"]


@admin.register(PrivacyNotice)
class PrivacyNoticeAdmin(SiteAdminOnly):
    """A new version is added; one that stands is never changed, since people have accepted it."""

    list_display = ["version", "published_at"]
    ordering = ["-version"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser


@admin.register(Consent)
class ConsentAdmin(SiteAdminOnly):
    list_display = ["user", "notice", "accepted_at"]
    list_select_related = ["user", "notice"]
    list_filter = ["notice"]
    search_fields = ["user__email", "user__full_name"]
    ordering = ["-pk"]
