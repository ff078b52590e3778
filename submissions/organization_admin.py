"""The registry of organizations in the administration: corrected, and doubles merged, by whoever runs all of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.admin import ScopedAdmin
from submissions import services
from submissions.answers import Outcome, refused_into
from submissions.models import Organization, Team
from submissions.organization_forms import CorrectionForm, MergeForm, OtherOrganizationForm
from submissions.services.organizations import FIELDS

MOST_ALIKE = 20


@admin.register(Organization)
class OrganizationAdmin(ScopedAdmin):
    form = CorrectionForm
    list_display = ["name", "code", "kind", "region", "size", "merged_into"]
    list_filter = ["kind", "size"]
    list_select_related = ["merged_into"]
    search_fields = ["name", "code"]
    search_help_text = gettext_lazy("Name or code")
    ordering = ["name", "pk"]
    actions = ["merge_chosen"]
    change_form_template = "submissions/admin/organization.html"

    class Media:
        css = {"all": ["css/admin-entries.css"]}

    def get_urls(self) -> list[Any]:
        merge = self.admin_site.admin_view(self.merge)
        return [path("<int:pk>/merge/", merge, name="submissions_organization_merge"), *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and obj.merged_into_id is None and services.is_registrar(request.user, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*FIELDS, "created_by", "created_at", "merged_into"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["created_by", "created_at", "merged_into"]

    def save_model(self, request: HttpRequest, obj: Organization, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        # The form has written into obj already; what the service compares with is what is stored.
        services.correct_organization(Organization.objects.get(pk=obj.pk), actor=request.user, **said)

    @admin.action(description=gettext_lazy("Merge the two chosen organizations"))
    def merge_chosen(self, request: HttpRequest, queryset: models.QuerySet[Organization]) -> HttpResponse | None:
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(chosen) != 2:
            self.message_user(request, _("Please choose two organizations."), messages.ERROR)
            return None
        return redirect(merge_url(*chosen))

    def merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Which other one (``?with=``), then both side by side and which of them stays."""
        one = self.get_object(request, str(pk))
        if not services.is_registrar(request.user, one):
            raise PermissionDenied
        if not (wanted := request.GET.get("with", "")):
            return self._choose(request, one)
        other = self.get_object(request, wanted)
        form, outcome = MergeForm(request.POST or None, between=(one, other)), Outcome()
        if request.method == "POST":
            outcome.status = 400
            if form.is_valid():
                with refused_into(form, outcome):
                    return self._merged(request, form)
        context = {
            "title": _("Merge two organizations"),
            "sides": _sides(request.user, one, other),
            "form": form,
            "conflict": outcome.conflict,
        }
        return self._page(request, "submissions/admin/merge.html", one, context, status=outcome.status)

    def _merged(self, request: HttpRequest, form: MergeForm) -> HttpResponse:
        double, kept = form.double_and_kept
        kept = services.merge_organizations(double, kept, actor=request.user, reason=form.cleaned_data["reason"])
        self.message_user(request, _("The two are one now: “%(organization)s”.") % {"organization": kept})
        return HttpResponseRedirect(reverse("admin:submissions_organization_change", args=[kept.pk]))

    def _choose(self, request: HttpRequest, one: Organization) -> HttpResponse:
        """Others that may be the same, or one by its code."""
        rows: Any = Organization.objects.visible_to(request.user)
        others = rows.standing().exclude(pk=one.pk)
        form = OtherOrganizationForm(request.GET if "code" in request.GET else None, among=others)
        if form.is_valid():
            return redirect(merge_url(one.pk, form.cleaned_data["code"].pk))
        context = {
            "title": _("Merge “%(organization)s” with another entry") % {"organization": one},
            "form": form,
            "alike": [(each, merge_url(one.pk, each.pk)) for each in others.alike(one)[:MOST_ALIKE]],
        }
        return self._page(
            request, "submissions/admin/merge_choose.html", one, context, status=400 if form.errors else 200
        )

    def _page(
        self, request: HttpRequest, template: str, original: Organization, context: dict[str, Any], *, status: int
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "original": original, **context}
        return render(request, template, context, status=status)


def merge_url(one: int, other: int) -> str:
    return f"{reverse('admin:submissions_organization_merge', args=[one])}?{urlencode({'with': other})}"


def _sides(user: Any, *organizations: Organization) -> list[dict[str, Any]]:
    """Each with the teams in which it stands, as far as ``user`` sees them."""
    teams: Any = Team.objects.visible_to(user)
    teams = teams.select_related("competition").order_by("competition", "name")
    return [
        {
            "organization": each,
            "leads": teams.filter(organization=each),
            "partner_of": teams.filter(partners__organization=each),
        }
        for each in organizations
    ]
