from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.admin import ScopedAdmin
from tracks import rules, services
from tracks.admin.competitions import runs_a_competition
from tracks.forms import DocumentForm
from tracks.models import Announcement, Competition, Document, Question


class PublishedAdmin(ScopedAdmin):
    """What is written for everybody is the affair of those who run the whole competition."""

    list_filter = [("competition", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["competition"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).organized_by(request.user)  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and rules.is_organizer(request.user, obj.competition)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["competition", *self.readonly_fields] if obj else self.readonly_fields

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Competition.objects.organized_by(request.user).current_first()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Who runs one competition need not choose it."""
        own = list(Competition.objects.organized_by(request.user).values_list("pk", flat=True)[:2])
        return {**({"competition": own[0]} if len(own) == 1 else {}), **super().get_changeform_initial_data(request)}

    @admin.display(description=_("shown"), boolean=True)
    def shown(self, obj: Any) -> bool:
        return obj.is_shown(timezone.now())


@admin.register(Announcement)
class AnnouncementAdmin(PublishedAdmin):
    list_display = ["number", "title", "competition", "published_at", "is_pinned", "shown"]
    list_display_links = ["number", "title"]
    search_fields = ["title", "body"]
    fields = ["competition", "title", "body", "published_at", "is_pinned"]
    ordering = ["-pk"]

    def view_on_site(self, obj: Announcement) -> str:
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Announcement, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        if change:
            services.change_announcement(obj, actor=request.user, **form.cleaned_data)
        else:
            made = services.write_announcement(actor=request.user, **form.cleaned_data)
            obj.pk, obj.number = made.pk, made.number


@admin.register(Question)
class QuestionAdmin(PublishedAdmin):
    list_display = ["position", "question", "competition", "published_at", "shown"]
    list_display_links = ["question"]
    search_fields = ["question", "answer"]
    fields = ["competition", "position", "question", "answer", "published_at"]
    ordering = ["position", "pk"]

    def save_model(self, request: HttpRequest, obj: Question, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        if change:
            services.change_question(obj, actor=request.user, **form.cleaned_data)
        else:
            obj.pk = services.write_question(actor=request.user, **form.cleaned_data).pk


@admin.register(Document)
class DocumentAdmin(PublishedAdmin):
    form = DocumentForm
    list_display = ["title", "file_name", "competition", "published_at", "shown"]
    search_fields = ["title", "file_name"]
    fields = ["competition", "title", "content", "published_at"]
    ordering = ["-pk"]

    def view_on_site(self, obj: Document) -> str:
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Document, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        if change:
            services.change_document(obj, actor=request.user, **form.cleaned_data)
        else:
            obj.pk = services.add_document(actor=request.user, **form.cleaned_data).pk
