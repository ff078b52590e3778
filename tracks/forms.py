from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.people import Person
from tracks import services
from tracks.models import Competition, Document, Stage
from tracks.services.documents import checked_name


class DocumentForm(forms.ModelForm):
    content = forms.FileField(label=_("File"), help_text=_("PDF, docx, xlsx or zip."))

    class Meta:
        model = Document
        fields = ["competition", "title", "published_at"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["content"].required = False
            self.fields["content"].help_text = _("Now: %(name)s. Another file takes its place at the same address.") % {
                "name": self.instance.file_name
            }

    def clean_content(self) -> Any:
        content = self.cleaned_data["content"]
        competition = self.cleaned_data.get("competition") or (self.instance.competition if self.instance.pk else None)
        if content is not None and competition is not None:
            checked_name(content, limit=competition.max_file_size)
        return content


class StageForm(forms.ModelForm):
    """A window moves; what it is a window for is chosen once, when it is made."""

    class Meta:
        model = Stage
        fields = ["kind", "opens_at", "closes_at", "grace"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].disabled = self.instance.pk is not None


class CloneForm(forms.ModelForm):
    """What the new edition is called, and how much later it is."""

    shift_days = forms.IntegerField(
        label=_("Move the stages by days"),
        help_text=_("Each stage keeps its length and its hour; you can change them afterwards."),
        min_value=-20_000,
        max_value=20_000,
    )

    class Meta:
        model = Competition
        fields = ["name", "short_name", "slug", "year"]
        widgets = {name: forms.TextInput({"class": "vTextField"}) for name in ("name", "short_name", "slug")}

    def make(self, source: Competition, *, actor: Person) -> Competition | None:
        """``None`` when the service refused; the form then says why."""
        values = dict(self.cleaned_data)
        shift = timedelta(days=values.pop("shift_days"))
        try:
            return services.clone_competition(source, actor=actor, shift=shift, **values)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.add_error(name if name in self.fields else None, messages)
            return None
