from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.core.admin import ScopedAdmin, ScopedInline
from portal.core.text import one_kind_of_line_end
from tracks import rules, services
from tracks.admin.competitions import runs_a_competition
from tracks.admin.exporting import EXPORTS
from tracks.admin.steps import TopicSteps, TrackSteps
from tracks.enums import TopicStatus
from tracks.models import Competition, Topic, TopicRevision, Track
from tracks.models.topics import LONGEST_REASON
from tracks.services.changing import clean_reason
from tracks.services.topics import lock_topic


class OwnTracks:
    """Lists that a track organizer sees their own tracks in, and nothing else."""

    track_path = ""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        own = Track.objects.organized_by(request.user)
        return super().get_queryset(request).filter(**{f"{self.track_path}in": own})  # type: ignore[misc]


@admin.register(Track)
class TrackAdmin(TrackSteps, OwnTracks, ScopedAdmin):
    change_form_template = "admin/tracks/track_change.html"
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
    fields = ["number", "title", "reason", "created_by", "created_at", "changes"]
    readonly_fields = ["number", "title", "reason", "created_by", "created_at", "changes"]
    ordering = ["-number"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[TopicRevision]:
        return super().get_queryset(request).select_related("created_by", "topic__track__competition")

    @admin.display(description=_("changes"))
    def changes(self, revision: TopicRevision) -> str:
        if revision.number == 1:
            return "–"
        url = revision.topic.get_history_url(since=revision.number - 1, until=revision.number)
        words = gettext("See what has changed in version %(number)d") % {"number": revision.number}
        return format_html('<a href="{}">{}</a>', url, words)


class TopicForm(forms.ModelForm):
    """A topic's text, over the revision that was opened: another one that came meanwhile is not written over unseen."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=LONGEST_REASON,
        required=False,
        help_text=_("Shown with the revision: what was changed, and why. Needed once the competition is public."),
        widget=forms.TextInput({"class": "vTextField"}),
    )
    tell = forms.BooleanField(
        label=_("Tell teams with drafts or entries on this topic"),
        required=False,
        initial=True,
        help_text=_("By mail, with the reason and a link to what has changed. Leave it out for a slip of the pen."),
    )

    class Meta:
        model = Topic
        fields = ["track", "number", "title", "body"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.overtaken_by: TopicRevision | None = None
        if self.instance.pk and not self.is_bound and (latest := self.instance.latest_revision):
            self.initial["revision"] = latest.number

    def clean_body(self) -> str:
        return one_kind_of_line_end(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        is_revision = self.instance.pk is not None and self._has_new_text(given)
        is_public = is_revision and self.instance.track.competition.is_published
        try:
            clean_reason(given.get("reason", ""), is_required=bool(is_public))
        except ValidationError as error:
            self.add_error(None, error)
        return given

    def _has_new_text(self, given: dict[str, Any]) -> bool:
        """Whoever saves after it is alone with the topic, up to the commit."""
        topic = lock_topic(self.instance)
        if topic.reads(given.get("title", topic.title), given.get("body", topic.body)):
            return False
        latest = topic.latest_revision
        if latest and latest.number != given.get("revision"):
            self._say_overtaken(latest)
        return True

    def _say_overtaken(self, latest: TopicRevision) -> None:
        """Saved once more, it is written over knowingly."""
        self.overtaken_by = latest
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("revision")] = str(latest.number)
        self.data = data
        words = gettext(
            "{person} gave this topic another text at {time}, after you had opened it: "
            '<a href="{changes}" target="_blank">version {number}</a>. Nothing of yours has been saved. '
            "Look at both, and save again to replace that version with your text."
        )
        told = {
            "person": latest.created_by or gettext("Somebody"),
            "time": localtime(latest.created_at).strftime("%H:%M"),
            "changes": self.instance.get_history_url(since=latest.number - 1, until=latest.number),
            "number": latest.number,
        }
        self.add_error(None, format_html(words, **told))


@admin.register(Topic)
class TopicAdmin(TopicSteps, OwnTracks, ScopedAdmin):
    change_form_template = "admin/tracks/topic_change.html"
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
    list_select_related = ["track__competition"]
    search_fields = ["title", "body"]
    actions = EXPORTS

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return Track.objects.organized_by(request.user).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and rules.is_track_organizer(request.user, obj.track)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["track", "number", "title", "body", "reason"]
        withdrawal = ["withdrawn_at", "withdrawal_reason"] if obj.status == TopicStatus.WITHDRAWN else []
        return ["track", "number", "status", *withdrawal, "title", "body", "reason", "tell", "revision"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["track", "number", "status", "withdrawn_at", "withdrawal_reason"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = Track.objects.organized_by(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response = super().render_change_form(request, context, *args, **kwargs)
        if getattr(context["adminform"].form, "overtaken_by", None):
            response.status_code = HTTPStatus.CONFLICT
        return response

    def save_model(self, request: HttpRequest, obj: Topic, form: forms.ModelForm, change: bool) -> None:  # noqa: FBT001 - Django's hook
        text = {name: form.cleaned_data[name] for name in ("title", "body", "reason")}
        if change:
            services.revise_topic(obj, actor=request.user, tell=form.cleaned_data["tell"], **text)
        else:
            made = services.add_topic(
                form.cleaned_data["track"], actor=request.user, number=form.cleaned_data["number"], **text
            )
            obj.pk = made.pk
