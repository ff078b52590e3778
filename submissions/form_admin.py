"""Entry forms in the administration: edit, look at them as a team will, publish with a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from portal.core.admin import ScopedAdmin, ScopedInline, is_staff
from portal.core.errors import Conflict
from submissions import services
from submissions.boxes import lay_out
from submissions.canonical import sha256_of
from submissions.completeness import Draft
from submissions.definition import FormDefinition, Section
from submissions.enums import SlotKind
from submissions.form_lines import read_columns, read_options, write_columns, write_options
from submissions.models import EntryForm, FormSection, FormSlot
from submissions.services import form_news
from submissions.services.forms import asked_with, definition_from
from tracks.admin.competitions import runs_a_competition
from tracks.models import Competition, Track
from tracks.rules import is_organizer


class LinesField(forms.CharField):
    """Lines that stand for a list; ``read`` and ``write`` know both."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def __init__(self, *, read: Any, write: Any, **kwargs: Any):
        super().__init__(required=False, strip=False, **kwargs)
        self.read, self.write = read, write

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.write(value or [])

    def to_python(self, value: Any) -> Any:
        return self.read(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.write(initial or []).strip() != (data or "").replace("\r\n", "\n").strip())


class SectionForm(forms.ModelForm):
    options = LinesField(
        label=gettext_lazy("options"),
        read=read_options,
        write=write_options,
        help_text=gettext_lazy("For choices, a line each: case | Case"),
    )
    columns = LinesField(
        label=gettext_lazy("columns"),
        read=read_columns,
        write=write_columns,
        help_text=gettext_lazy("For tables, a line each: key | name | kind | characters | * (required)"),
    )
    shown_if_values = LinesField(
        label=gettext_lazy("is one of"),
        read=lambda text: [line.strip() for line in text.splitlines() if line.strip()],
        write="\n".join,
        help_text=gettext_lazy("The keys of the options, a line each."),
    )

    class Meta:
        model = FormSection
        fields = [
            *("place", "key", "group", "title", "hint", "kind", "limit", "is_required", "for_judges"),
            *("is_identifying", "options", "columns", "max_rows", "shown_if_section", "shown_if_values"),
        ]
        widgets = {"hint": forms.Textarea(attrs={"rows": 2})}

    def clean_key(self) -> str:
        if self.cleaned_data["key"] == "title":
            raise ValidationError(_("The project's title is asked in every form; it needs no section."))
        return str(self.cleaned_data["key"])


class SlotForm(forms.ModelForm):
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("kinds of file"), choices=SlotKind, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = FormSlot
        fields = [
            *("place", "key", "title", "hint", "kinds", "max_size", "max_count", "max_pages"),
            *("is_required", "for_judges", "is_open_after_shortlist"),
        ]
        widgets = {"hint": forms.Textarea(attrs={"rows": 2})}


class FormPart(ScopedInline, admin.StackedInline):
    template = "admin/edit_inline/stacked.html"

    def _may_edit(self, request: HttpRequest, form: EntryForm | None = None) -> bool:
        return form is not None and is_organizer(request.user, form.competition)

    has_add_permission = has_change_permission = has_delete_permission = _may_edit  # type: ignore[assignment]


USES = ("is_required", "for_judges", "is_identifying")


class SectionInline(FormPart):
    model = FormSection
    form = SectionForm
    classes = ["collapse"]
    fieldsets = [
        (None, {"fields": [("place", "key"), ("group", "title"), "hint", ("kind", "limit"), USES]}),
        (
            gettext_lazy("Options, columns, condition"),
            {
                "fields": ["options", ("columns", "max_rows"), ("shown_if_section", "shown_if_values")],
                "classes": ["collapse"],
            },
        ),
    ]


class SlotInline(FormPart):
    model = FormSlot
    form = SlotForm
    classes = ["collapse"]
    fieldsets = [
        (None, {"fields": [("place", "key", "title"), "hint", "kinds", ("max_size", "max_count", "max_pages")]}),
        (None, {"fields": [("is_required", "for_judges", "is_open_after_shortlist")]}),
    ]


class PublishForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What has changed, and why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Teams that have begun an entry read this in a mail."),
    )
    # Of the form as it stood on the page, so that nothing is published that nobody has looked at.
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not is_first


@admin.register(EntryForm)
class EntryFormAdmin(ScopedAdmin):
    """What is saved here is asked once it is published; until then teams see the version before."""

    list_display = ["competition", "track", "latest_version", "section_count"]
    list_filter = [("competition", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["competition", "track__competition"]
    ordering = ["-competition", "track__number"]
    change_form_template = "submissions/admin/entry_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[EntryForm]:
        rows = super().get_queryset(request)
        return rows.annotate(latest=models.Max("versions__number"), asked=models.Count("sections", distinct=True))

    @admin.display(description=gettext_lazy("published version"), ordering="latest")
    def latest_version(self, form: Any) -> Any:
        return form.latest

    @admin.display(description=gettext_lazy("sections"), ordering="asked")
    def section_count(self, form: Any) -> Any:
        return form.asked

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_staff(request) and runs_a_competition(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # type: ignore[override]
        return runs_a_competition(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_a_competition(request) if obj is None else is_organizer(request.user, obj.competition)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["competition", "track"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [SectionInline, SlotInline] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        own = Competition.objects.organized_by(request.user)
        kwargs["queryset"] = own if db_field.name == "competition" else Track.objects.filter(competition__in=own)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", view(self.preview), name="submissions_entryform_preview"),
            path("<int:pk>/publish/", view(self.publish), name="submissions_entryform_publish"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: EntryForm, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        if not change:
            obj.pk = services.begin_form(obj.competition, actor=request.user, track=obj.track).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's hook
        saved = formset.save(commit=False)
        services.edit_form(form.instance, actor=request.user, saved=saved, removed=formset.deleted_objects)

    def response_add(self, request: HttpRequest, obj: EntryForm, post_url_continue: Any = None) -> HttpResponse:
        """On to its sections."""
        return HttpResponseRedirect(reverse("admin:submissions_entryform_change", args=[obj.pk]))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form = kwargs.get("obj")
        if form is not None:
            context["history"] = form_news.history_of(form)
            context["changes"] = form_news.changes_to_publish(form, definition_from(form))
        return super().render_change_form(request, context, *args, **kwargs)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form as a team meets it, with what has been saved and not published yet."""
        form = self._own(request, pk)
        definition = all_shown(asked_with(form))
        page = lay_out(Draft(definition, {}, []), {}, largest=form.competition.max_file_size)
        title = _("Preview of the entry form: %(form)s") % {"form": form}
        return render(
            request, "submissions/admin/entry_form_preview.html", {**self._context(request, form, title), "page": page}
        )

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry_form, status = self._own(request, pk), 200
        definition = definition_from(entry_form)
        shown = sha256_of(definition)
        is_first = not entry_form.versions.exists()
        form = PublishForm(request.POST or None, is_first=is_first, initial={"sha256": shown})
        if request.method == "POST":
            status = self._publish(request, entry_form, form) if form.is_valid() else 400
            if status == 200:
                return HttpResponseRedirect(reverse("admin:submissions_entryform_change", args=[pk]))
            # What is confirmed next is what this page shows.
            form.data = {**form.data.dict(), "sha256": shown}  # type: ignore[attr-defined]
        changes = form_news.changes_to_publish(entry_form, definition)
        context = {
            **self._context(request, entry_form, _("Publish the entry form: %(form)s") % {"form": entry_form}),
            "help": _("Teams are asked this from now on. What they have written stays, also in sections that go."),
            "button": _("Publish"),
            "form": form,
            "changes": changes,
            "count": form_news.concerned(entry_form, changes).count(),
        }
        return render(request, "submissions/admin/entry_form_publish.html", context, status=status)

    def _publish(self, request: HttpRequest, entry_form: EntryForm, form: PublishForm) -> int:
        """The status of the answer; what was refused stands in the form."""
        try:
            version = services.publish_form(entry_form, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return 400
        except Conflict as conflict:
            form.add_error(None, str(conflict.message))
            return 409
        self.message_user(request, _("Version %(number)s is asked from now on.") % {"number": version.number})
        return 200

    def _context(self, request: HttpRequest, form: EntryForm, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "original": form}

    def _own(self, request: HttpRequest, pk: int) -> EntryForm:
        form: Any = self.get_object(request, str(pk))
        if not is_organizer(request.user, form.competition):
            raise PermissionDenied
        return form


def all_shown(definition: FormDefinition) -> FormDefinition:
    """Nothing has been answered yet, but an organizer wants to see what is asked under a condition too."""
    return replace(definition, sections=tuple(_unconditional(each, definition) for each in definition.sections))


def _unconditional(section: Section, definition: FormDefinition) -> Section:
    if section.shown_if is None:
        return section
    on = definition.section(section.shown_if.section)
    labels = [option.label for option in on.options if option.key in section.shown_if.values] if on else []
    words = _("Asked only if “%(section)s” is %(values)s.") % {
        "section": on.title if on else section.shown_if.section,
        "values": pgettext("alternatives", " or ").join(labels),
    }
    return replace(section, shown_if=None, hint=f"{section.hint} {words}".strip())
