from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from judging import services
from judging.forms import JudgeForm
from judging.models import Award, Criterion, Judge, Ranking, RankingEntry, Round, Rubric
from judging.querysets import organized_competitions
from portal.core.admin import ScopedAdmin, ScopedInline, ScopedRows
from tracks.admin.competitions import runs_a_competition
from tracks.rules import is_organizer


class OrganizedAdmin(ScopedAdmin):
    """Judging is run by those who run the whole competition: rows that others see elsewhere are not here."""

    competition_path = "competition"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        own = {f"{self.competition_path}__in": organized_competitions(request.user)}
        return super().get_queryset(request).filter(**own)


class PartInline(ScopedInline):
    """Rows that are as visible as the page they stand on."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super(ScopedRows, self).get_queryset(request)


class CriterionInline(PartInline):
    model = Criterion
    fields = ["position", "name", "guidance", "max_points", "weight"]
    ordering = ["position"]

    def _may_edit(self, request: HttpRequest, rubric: Rubric | None) -> bool:
        return rubric is None or _is_editable(request, rubric)

    has_add_permission = has_change_permission = has_delete_permission = _may_edit  # type: ignore[assignment]


@admin.register(Rubric)
class RubricAdmin(OrganizedAdmin):
    """To be written until a round that uses it has opened; from then on to be read."""

    list_display = ["name", "competition"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["competition"]
    fields = ["competition", "name"]
    ordering = ["-competition", "name"]
    inlines = [CriterionInline]

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and _is_editable(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["competition"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = organized_competitions(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Rubric, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        if not change:
            obj.pk = services.add_rubric(actor=request.user, **form.cleaned_data).pk
        elif "name" in form.changed_data:
            services.rename_rubric(obj, actor=request.user, name=form.cleaned_data["name"])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.deleted_forms:
            if row.instance.pk:
                services.remove_criterion(row.instance, actor=request.user)
        for row in formset.forms:
            if row.has_changed() and row not in formset.deleted_forms:
                row.instance.rubric = form.instance
                services.save_criterion(row.instance, actor=request.user)


@admin.register(Judge)
class JudgeAdmin(OrganizedAdmin):
    form = JudgeForm
    list_display = ["user", "organization", "competition", "is_active"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter), "is_active"]
    list_select_related = ["user", "organization", "competition"]
    search_fields = ["user__full_name", "user__email", "organization__name"]
    ordering = ["-competition", "user__full_name", "pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and is_organizer(request.user, obj.competition)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["email", "competition", "organization"]
        return ["user", "competition", "organization", "is_active"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["user", "competition"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "competition":
            kwargs["queryset"] = organized_competitions(request.user)
        else:
            related = db_field.remote_field.model
            kwargs["queryset"] = related.objects.visible_to(request.user).standing().order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Judge, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        given = form.cleaned_data
        if change:
            # The form has written into obj already; what the service compares with is what is stored.
            stored = Judge.objects.select_related("competition").get(pk=obj.pk)
            state = {"organization": given["organization"], "is_active": given["is_active"]}
            services.update_judge(stored, actor=request.user, **state)
        else:
            person, competition = given["email"], given["competition"]
            made = services.appoint_judge(person, competition, actor=request.user, organization=given["organization"])
            obj.pk, obj.user = made.pk, person


@admin.register(Round)
class RoundAdmin(OrganizedAdmin):
    """To look things up; rounds are run on their boards."""

    list_display = ["__str__", "competition", "status", "opens_at", "closes_at"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter), "status"]
    list_select_related = ["competition"]
    ordering = ["-competition", "-opens_at", "-pk"]

    def view_on_site(self, obj: Round) -> str:
        return obj.get_absolute_url()


class RankingEntryInline(PartInline):
    model = RankingEntry
    fields = ["track", "position", "submission", "judged_title", "total", "review_totals"]
    readonly_fields = ["track", "position", "submission", "judged_title", "total", "review_totals"]
    ordering = ["track__number", "position", "submission__number"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        entries: Any = super().get_queryset(request).select_related("track", "submission")
        return entries.with_judged_title()

    @admin.display(description=_("project title"))
    def judged_title(self, entry: RankingEntry) -> str:
        return entry.judged_title  # type: ignore[attr-defined]


@admin.register(Ranking)
class RankingAdmin(OrganizedAdmin):
    competition_path = "round__competition"
    list_display = ["round", "inputs_sha256", "created_by", "created_at"]
    list_select_related = ["round", "created_by"]
    ordering = ["-pk"]
    inlines = [RankingEntryInline]


@admin.register(Award)
class AwardAdmin(OrganizedAdmin):
    competition_path = "publication__round__competition"
    list_display = ["number", "project", "level", "team", "organization", "track_name"]
    list_display_links = ["number", "project"]
    list_filter = ["level"]
    search_fields = ["number", "project", "team", "organization"]
    search_help_text = _("Number, title, team or organization")
    ordering = ["-publication", "track_number", "number"]


def _is_editable(request: HttpRequest, rubric: Rubric) -> bool:
    return is_organizer(request.user, rubric.competition) and not services.is_in_use(rubric)
