from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from portal.core.admin import ScopedAdmin, ScopedInline
from tracks import rules, services
from tracks.admin.checking import CheckedBeforeItOpens
from tracks.admin.exporting import ExportsTopics
from tracks.admin.importing import ImportsGuide
from tracks.forms import CloneForm, StageForm
from tracks.models import Competition, Organizer, Stage


def runs_a_competition(request: HttpRequest) -> bool:
    """As a whole. Each page of the administration asks it for each model, the database is asked once."""
    if not hasattr(request, "runs_a_competition"):
        request.runs_a_competition = Competition.objects.organized_by(request.user).exists()  # type: ignore[attr-defined]
    return bool(request.runs_a_competition)  # type: ignore[attr-defined]


# What of a stage is written on the competition's page.
OF_STAGE = ("kind", "opens_at", "closes_at", "grace", "hash_grace")


class StageInline(ScopedInline):
    model = Stage
    form = StageForm
    fields = OF_STAGE

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and rules.is_organizer(request.user, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and rules.is_organizer(request.user, obj)


@admin.register(Competition)
class CompetitionAdmin(CheckedBeforeItOpens, ExportsTopics, ImportsGuide, ScopedAdmin):
    list_display = ["short_name", "year", "host", "is_published"]
    readonly_fields = ["slug", "created_at"]
    inlines = [StageInline]
    change_form_template = "admin/tracks/competition_change.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and rules.is_organizer(request.user, obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Competition]:
        return super().get_queryset(request).organized_by(request.user)  # type: ignore[attr-defined]

    def get_urls(self) -> list[Any]:
        clone = self.admin_site.admin_view(self.clone)
        return [path("<int:pk>/clone/", clone, name="tracks_competition_clone"), *super().get_urls()]

    def clone(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new edition from this one."""
        source = self.get_object(request, str(pk))
        if not rules.is_site_admin(request.user):
            raise PermissionDenied
        form = CloneForm(request.POST or None, initial=services.next_edition(source, source.year + 1))
        if form.is_valid() and (copy := form.make(source, actor=request.user)):
            self.message_user(request, _("The new edition has been made. Only organizers see it until it is public."))
            return HttpResponseRedirect(reverse("admin:tracks_competition_change", args=[copy.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("New edition from %(competition)s") % {"competition": source},
            "opts": self.opts,
            "original": source,
            "form": form,
        }
        return render(request, "admin/tracks/competition_clone.html", context, status=400 if form.errors else 200)

    def save_model(self, request: HttpRequest, obj: Competition, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        services.change_competition(obj, actor=request.user, **form.cleaned_data)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.forms:
            if row.has_changed():
                values = {name: row.cleaned_data[name] for name in OF_STAGE}
                services.set_stage(form.instance, actor=request.user, **values)


@admin.register(Organizer)
class OrganizerAdmin(ScopedAdmin):
    """Roles are the site admin's to give."""

    list_display = ["user", "competition"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["user", "competition"]
    fields = ["user", "competition", "tracks"]
    filter_horizontal = ["tracks"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return rules.is_site_admin(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return rules.is_site_admin(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return rules.is_site_admin(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return rules.is_site_admin(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A role is one person's in one competition; somebody else is given a role of their own."""
        return ["user", "competition"] if obj else []

    def save_model(self, request: HttpRequest, obj: Organizer, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        tracks = form.cleaned_data["tracks"]
        obj.pk = services.appoint_organizer(obj.user, obj.competition, actor=request.user, tracks=tracks).pk

    def delete_model(self, request: HttpRequest, obj: Organizer) -> None:
        services.dismiss_organizer(obj, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Organizer]) -> None:
        for organizer in queryset.select_related("user"):
            services.dismiss_organizer(organizer, actor=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        """The service has written the tracks."""
