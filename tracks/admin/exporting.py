"""Topics leave the administration as tables: all of a competition from its page, chosen ones from their list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import service
from portal.core.serving import serve_chunks
from tracks import services
from tracks.forms import ExportForm
from tracks.models import Competition, Topic


def download(competition: Competition, request: HttpRequest, kind: str, **options: Any) -> HttpResponseBase:
    service.require_spare()
    table = services.export_topics(competition, actor=request.user, kind=kind, **options)
    return serve_chunks(table.chunks, table.name, content_type=table.content_type)


class ExportsTopics(admin.ModelAdmin):
    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export)
        return [path("<int:pk>/topics/export/", export, name="tracks_competition_export"), *super().get_urls()]

    def export(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        competition: Any = self.get_object(request, str(pk))
        form = ExportForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                return download(competition, request, form.cleaned_data["kind"])
            except ValidationError as error:
                form.add_error("kind", error)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export the topics of %(competition)s") % {"competition": competition},
            "opts": self.opts,
            "original": competition,
            "form": form,
        }
        return render(request, "admin/tracks/topics_export.html", context, status=400 if form.errors else 200)


def export_chosen(page: Any, request: HttpRequest, queryset: QuerySet[Topic], kind: str) -> HttpResponseBase | None:
    competitions = list(Competition.objects.filter(tracks__topics__in=queryset).distinct()[:2])
    if len(competitions) != 1:
        page.message_user(request, _("Please choose topics of one competition; the filter helps."), "error")
        return None
    try:
        return download(competitions[0], request, kind, topics=queryset)
    except ValidationError as error:
        page.message_user(request, " ".join(error.messages), "error")
        return None


@admin.action(description=gettext_lazy("Export the chosen topics for Excel (.xlsx)"))
def export_xlsx(page: Any, request: HttpRequest, queryset: QuerySet[Topic]) -> HttpResponseBase | None:
    return export_chosen(page, request, queryset, "xlsx")


@admin.action(description=gettext_lazy("Export the chosen topics as CSV"))
def export_csv(page: Any, request: HttpRequest, queryset: QuerySet[Topic]) -> HttpResponseBase | None:
    return export_chosen(page, request, queryset, "csv")


@admin.action(description=gettext_lazy("Export the chosen topics as JSON"))
def export_json(page: Any, request: HttpRequest, queryset: QuerySet[Topic]) -> HttpResponseBase | None:
    return export_chosen(page, request, queryset, "json")


EXPORTS = [export_xlsx, export_csv, export_json]
