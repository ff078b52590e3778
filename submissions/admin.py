from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.admin import ScopedAdmin, ScopedInline
from submissions import form_admin, organization_admin, plan_admin, rules, services  # noqa: F401 - registers what is theirs
from submissions.forms import ExtensionForm
from submissions.models import Extension, Organization, Submission, Team, TeamMember
from submissions.pages import screening_page
from submissions.reading import note_outsider
from tracks.admin.competitions import runs_a_competition
from tracks.models import Competition


@admin.register(Submission)
class SubmissionAdmin(ScopedAdmin):
    """What came in. A draft is not here: until it is submitted it is its team's own affair."""

    list_display = ["number", "submitted_title", "status", "track", "team", "organization", "submitted_at", "screening"]
    list_display_links = ["number", "submitted_title"]
    list_filter = [
        ("track__competition", admin.RelatedOnlyFieldListFilter),
        "status",
        ("track", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["number", "submitted_title", "team__name", "team__organization__name"]
    search_help_text = gettext_lazy("Number, title, team or organization")
    ordering = ["-submitted_at", "-pk"]

    class Media:
        css = {"all": ["css/admin-entries.css"]}

    @admin.display(description=gettext_lazy("project title"), ordering="submitted_title")
    def submitted_title(self, entry: Submission) -> str:
        return entry.submitted_title  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("organization"), ordering="team__organization__name")
    def organization(self, entry: Submission) -> Organization:
        return entry.team.organization

    @admin.display(description=gettext_lazy("Screening"))
    def screening(self, entry: Submission) -> str:
        url = reverse("submissions:screen_entry", args=[entry.track.competition.slug, entry.public_id])
        return format_html('<a href="{}">{}</a>', url, _("Open it"))

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Submission]:
        own = super().get_queryset(request).organized_by(request.user)  # type: ignore[attr-defined]
        return own.for_listing().with_submitted_title()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Read here, decided on its own page."""
        entry = self.get_object(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        note_outsider(request.user, entry, entry.team)
        context = {
            **self.admin_site.each_context(request),
            **screening_page(request.user, entry),
            "opts": self.opts,
            "title": f"{entry.number} {entry.submitted_title}",
            "can_screen": rules.can_screen(request.user, entry),
        }
        return TemplateResponse(request, "submissions/admin/entry.html", context)


class MemberInline(ScopedInline):
    model = TeamMember
    fields = ["user", "role", "duty", "is_contact", "joined_at"]
    readonly_fields = ["user", "role", "duty", "is_contact", "joined_at"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TeamMember]:
        return super().get_queryset(request).select_related("user")


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    list_display = ["name", "organization", "competition", "created_at"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["organization", "competition"]
    search_fields = ["name", "organization__name", "organization__code"]
    ordering = ["-created_at", "-pk"]
    inlines = [MemberInline]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        team = self.get_object(request, object_id)
        note_outsider(request.user, team, team)
        return super().change_view(request, object_id, form_url, extra_context)


@admin.register(Extension)
class ExtensionAdmin(ScopedAdmin):
    """More time for one team. What was granted stays on record; it can be revoked, not rewritten."""

    form = ExtensionForm
    list_display = ["team", "kind", "closes_at", "reason", "granted_by", "granted_at", "revoked_at"]
    list_filter = [("team__competition", admin.RelatedOnlyFieldListFilter), "kind"]
    list_select_related = ["team", "granted_by"]
    search_fields = ["team__name", "reason"]
    ordering = ["-pk"]
    raw_id_fields = ["team"]
    actions = ["revoke"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Extension]:
        own = Competition.objects.organized_by(request.user)
        return super().get_queryset(request).filter(team__competition__in=own)

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        given = ["team", "kind", "closes_at", "reason"]
        return [*given, "granted_by", "granted_at", "revoked_at"] if obj else given

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "team":
            own = Competition.objects.organized_by(request.user)
            kwargs["queryset"] = Team.objects.filter(competition__in=own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Extension, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        obj.pk = services.grant_extension(actor=request.user, **form.cleaned_data).pk

    @admin.action(description=gettext_lazy("Revoke the chosen extensions"))
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[Extension]) -> None:
        for extension in queryset.live().select_related("team__competition"):  # type: ignore[attr-defined]
            services.revoke_extension(extension, actor=request.user)
