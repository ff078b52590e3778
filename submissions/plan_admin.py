"""The plan of screening in the administration: for who runs a competition as a whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from portal.core.admin import ScopedAdmin, ScopedInline, ScopedRows, is_staff
from submissions.models import ChecklistItem, ScreeningPlan, ScreeningReason
from submissions.services import plans
from tracks.admin.competitions import runs_a_competition
from tracks.models import Competition
from tracks.rules import is_organizer


class PlanPart(ScopedInline):
    """Rows that are as visible as the plan they stand in."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super(ScopedRows, self).get_queryset(request)

    def _may_edit(self, request: HttpRequest, plan: ScreeningPlan | None = None) -> bool:
        return plan is None or is_organizer(request.user, plan.competition)

    has_add_permission = has_change_permission = has_delete_permission = _may_edit  # type: ignore[assignment]


class ItemInline(PlanPart):
    model = ChecklistItem
    fields = ["place", "key", "title", "hint"]


class ReasonInline(PlanPart):
    model = ScreeningReason
    fields = ["use", "place", "code", "title", "text"]
    formfield_overrides = {
        **PlanPart.formfield_overrides,
        models.TextField: {"widget": forms.Textarea(attrs={"rows": 3, "cols": 50})},
    }


@admin.register(ScreeningPlan)
class ScreeningPlanAdmin(ScopedAdmin):
    list_display = ["competition", "needs_second_look", "correction_days", "item_count", "reason_count"]
    list_select_related = ["competition"]
    ordering = ["-competition"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ScreeningPlan]:
        own = Competition.objects.organized_by(request.user)
        rows = super().get_queryset(request).filter(competition__in=own)
        return rows.annotate(
            item_count=models.Count("items", distinct=True), reason_count=models.Count("reasons", distinct=True)
        )

    @admin.display(description=gettext_lazy("checklist"))
    def item_count(self, plan: Any) -> int:
        return int(plan.item_count)

    @admin.display(description=gettext_lazy("reasons"))
    def reason_count(self, plan: Any) -> int:
        return int(plan.reason_count)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request) and runs_a_competition(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_a_competition(request) if obj is None else is_organizer(request.user, obj.competition)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["competition"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [ItemInline, ReasonInline]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "competition":
            kwargs["queryset"] = Competition.objects.organized_by(request.user).filter(screening_plan=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: ScreeningPlan, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        plans.save_plan(obj, actor=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        saved = formset.save(commit=False)
        plans.edit_plan(form.instance, actor=request.user, saved=saved, removed=formset.deleted_objects)
