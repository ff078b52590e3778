from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core.admin import ScopedAdmin
from portal.core.people import is_site_admin
from portal.notifications import services
from portal.notifications.models import Outbox


@admin.register(Outbox)
class OutboxAdmin(ScopedAdmin):
    list_display = ["key", "kind", "status", "attempts", "created_at", "done_at", "last_error"]
    list_filter = ["status", "kind"]
    ordering = ["-pk"]
    # What a row carries may hold a link that opens something.
    fields = ["kind", "key", "status", "attempts", "available_at", "lease_until", "last_error", "created_at", "done_at"]
    actions = ["try_again"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_site_admin(request.user)

    @admin.action(description=_("Try again what was given up"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Outbox]) -> None:
        count = services.revive(queryset, actor=request.user)
        messages.success(request, _("%(count)s will be tried again.") % {"count": count})
