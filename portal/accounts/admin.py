from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import retention_page, services
from portal.accounts.acting import may_act_for
from portal.accounts.forms import AgreementForm
from portal.accounts.models import Agreement, Consent, RetentionRule, User
from portal.accounts.resets import reset_second_factor
from portal.accounts.standing_admin import StandingPages
from portal.core import audit
from portal.core.people import is_site_admin
from portal.core.tables import csv_response
from portal.core.templatetags.ui import iso


class SiteAdminOnly(admin.ModelAdmin):
    """People and what they consented to are the site admin's to see. Nothing is deleted here."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_site_admin(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(StandingPages, SiteAdminOnly):
    list_display = ["email", "full_name", "is_active", "is_staff", "site_admin", "joined_at"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "full_name"]
    fields = [
        *("email", "full_name", "phone_shown", "affiliation", "is_active", "is_staff"),
        *("site_admin", "joined_at", "last_login", "closed_at"),
    ]
    ordering = ["email"]
    actions = ["take_second_factor_off"]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context["may_act"] = may_act_for(hijacker=request.user, hijacked=kwargs.get("obj"))
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(description=gettext_lazy("Take the second factor off, since phone and codes are lost"))
    def take_second_factor_off(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        count = sum(bool(reset_second_factor(user, actor=request.user)) for user in queryset)
        messages.success(request, _("The second factor of %(count)s people has been taken off.") % {"count": count})

    @admin.display(description=gettext_lazy("site admin"), boolean=True, ordering="is_superuser")
    def site_admin(self, user: User) -> bool:
        return user.is_superuser

    @admin.display(description=gettext_lazy("phone"))
    def phone_shown(self, user: User) -> str:
        return user.masked_phone


@admin.register(Agreement)
class AgreementAdmin(SiteAdminOnly):
    """A new version is added; one that stands is never changed, since people have accepted it."""

    list_display = ["title", "version", "series", "published_at"]
    list_filter = ["series__kind"]
    list_select_related = ["series"]
    ordering = ["series", "-version"]
    form = AgreementForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_site_admin(request.user)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        texts = ["title", "title_en", "body", "body_en", "changes", "changes_en", "published_at"]
        return ["series", "version", *texts] if obj else ["kind", *texts]

    def save_model(self, request: HttpRequest, obj: Agreement, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        obj.pk = services.publish(form.cleaned_data["kind"], actor=request.user, **form.texts()).pk


@admin.register(Consent)
class ConsentAdmin(SiteAdminOnly):
    list_display = ["user", "agreement", "accepted_at", "withdrawn_at"]
    list_select_related = ["user", "agreement__series"]
    list_filter = ["agreement__series"]
    search_fields = ["user__email", "user__full_name"]
    ordering = ["-pk"]
    actions = ["export"]

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Consent]) -> HttpResponseBase:
        """Who accepted what, and when; that the list was taken is in the audit trail."""
        rows = queryset.select_related("user", "agreement__series").order_by("pk")
        person: Any = request.user
        audit.record("export_consents", person, actor=person, after={"count": rows.count()})
        head = [_("Name"), _("E-mail"), _("Text"), _("Version"), _("Accepted"), _("Withdrawn")]
        return csv_response(f"consents-{timezone.localdate()}.csv", head, _lines(rows))


@admin.register(RetentionRule)
class RetentionAdmin(SiteAdminOnly):
    """The list is a report and a form at once: what is kept how long, and what the next run would do."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("How long data is kept")}
        return retention_page.page(request, context)


def _lines(rows: QuerySet[Consent]) -> Iterator[list[Any]]:
    for row in rows.iterator(chunk_size=500):
        text = row.agreement
        yield [
            row.user.full_name,
            row.user.email,
            text.title,
            text.version,
            iso(row.accepted_at),
            iso(row.withdrawn_at),
        ]
