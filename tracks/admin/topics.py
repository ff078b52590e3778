from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core.admin import ScopedAdmin, ScopedInline
from tracks import rules, services
from tracks.admin.competitions import runs_a_competition
from tracks.models import Competition, Topic, TopicRevision, Track


class OwnTracks:
    """Lists that a track organizer sees their own tracks in, and nothing else."""

    track_path = ""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        own = Track.objects.organized_by(request.user)
        return super().get_queryset(request).filter(**{f"{self.track_path}in": own})  # type: ignore[misc]


@admin.register(Track)
class TrackAdmin(OwnTracks, ScopedAdmin):
    track_path = "pk__"
    list_display = ["number", "name", "competition"]
    list_display_links = ["number", "name"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["competition"]
    search_fields = ["name"]
    fields = ["competition", "number", "name"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and rules.is_track_organizer(request.user, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["competition", "number"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Competition.objects.organized_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Track, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        if change:
            services.rename_track(obj, actor=request.user, name=form.cleaned_data["name"])
        else:
            made = services.add_track(actor=request.user, **form.cleaned_data)
            obj.pk = made.pk


class RevisionInline(ScopedInline):
    model = TopicRevision
    fields = ["number", "title", "reason", "created_by", "created_at"]
    readonly_fields = ["number", "title", "reason", "created_by", "created_at"]
    ordering = ["-number"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TopicRevision]:
        return super().get_queryset(request).select_related("created_by")


class TopicForm(forms.ModelForm):
    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=200,
        required=False,
        help_text=_("Shown with the revision: what was changed, and why."),
    )

    class Meta:
        model = Topic
        fields = ["track", "number", "title", "body"]


@admin.register(Topic)
class TopicAdmin(OwnTracks, ScopedAdmin):
    track_path = "track__"
    form = TopicForm
    inlines = [RevisionInline]
    list_display = ["number", "title", "track", "status"]
    list_display_links = ["number", "title"]
    list_filter = [
        ("track__competition", admin.RelatedOnlyFieldListFilter),
        ("track", admin.RelatedOnlyFieldListFilter),
        "status",
    ]
    list_select_related = ["track"]
    search_fields = ["title", "body"]
    fields = ["track", "number", "title", "body", "reason"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return Track.objects.organized_by(request.user).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and rules.is_track_organizer(request.user, obj.track)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["track", "number"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Track.objects.organized_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Topic, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        text = {name: form.cleaned_data[name] for name in ("title", "body", "reason")}
        if change:
            services.revise_topic(obj, actor=request.user, **text)
        else:
            made = services.add_topic(
                form.cleaned_data["track"], actor=request.user, number=form.cleaned_data["number"], **text
            )
            obj.pk = made.pk
