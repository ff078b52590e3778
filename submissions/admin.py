from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.core.admin import ScopedAdmin, ScopedInline
from submissions import form_admin, organization_admin, plan_admin, rules, services  # noqa: F401 - registers what is theirs
from submissions.answers import Outcome, refused_into
from submissions.forms import ExtensionForm, PassForm, RevokeForm
from submissions.lifecycle import SUBMISSION_LIFECYCLE
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

    def get_urls(self) -> list[Any]:
        screen = self.admin_site.admin_view(require_POST(self.screen))
        return [path("<path:object_id>/screen/", screen, name="submissions_submission_screen"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        return self._page(request, entry)

    def screen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Pass the version that was shown. All else is decided on the page where entries are screened."""
        entry = self.get_object(request, object_id)
        form, outcome = PassForm(request.POST), Outcome(400)
        if form.is_valid():
            with refused_into(form, outcome):
                made = services.pass_screening(entry, actor=request.user, version=form.cleaned_data["version"])
                told = {"entry": entry.number, "outcome": made.get_outcome_display()}
                messages.success(request, _("%(entry)s: %(outcome)s. The team is told by mail.") % told)
                return redirect(reverse("admin:submissions_submission_change", args=[entry.pk]))
        return self._page(request, self.get_object(request, object_id), outcome)

    def _page(self, request: HttpRequest, entry: Submission, outcome: Outcome | None = None) -> HttpResponse:
        note_outsider(request.user, entry, entry.team)
        page = screening_page(request.user, entry)
        can_screen = rules.can_screen(request.user, entry)
        context = {
            **self.admin_site.each_context(request),
            **page,
            "opts": self.opts,
            "title": f"{entry.number} {entry.submitted_title}",  # type: ignore[attr-defined]
            "can_screen": can_screen,
            "can_pass": can_screen and SUBMISSION_LIFECYCLE.allows(entry, "pass_screening"),
            "form": PassForm(initial={"version": page["latest"].number if page["latest"] else None}),
            "conflict": outcome.conflict if outcome else None,
        }
        status = outcome.status if outcome else 200
        return TemplateResponse(request, "submissions/admin/entry.html", context, status=status)


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
    action_form = RevokeForm

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
        reason = request.POST.get("reason", "")
        try:
            for extension in queryset.live().select_related("team__competition"):  # type: ignore[attr-defined]
                services.revoke_extension(extension, actor=request.user, reason=reason)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, _("The extensions have been revoked. Their teams are told by mail."))
