from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.forms import VersionForm
from portal.accounts.models import AgreementSeries
from portal.core.people import Person
from tracks import services
from tracks.guide.document import GuideError
from tracks.guide.readers import ENDINGS
from tracks.guide.uploads import apply_upload, keep_upload
from tracks.models import Competition, Document, GuideImport, Pledge, Stage, Topic, Track
from tracks.models.topics import LARGEST_NUMBER, LONGEST_REASON
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
        fields = ["kind", "opens_at", "closes_at", "grace", "hash_grace"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].disabled = self.instance.pk is not None
        self.fields["hash_grace"].required = False

    def clean_hash_grace(self) -> int:
        return self.cleaned_data["hash_grace"] or 0


class ExportForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Format"),
        choices={
            "xlsx": _("Excel workbook (.xlsx)"),
            "csv": _("CSV (.csv), opened by Excel and others"),
            "json": _("JSON (.json), for programs"),
        },
        initial="xlsx",
        widget=forms.RadioSelect,
    )


class GuideForm(forms.Form):
    content = forms.FileField(
        label=_("Guide"),
        max_length=255,
        help_text=_("Markdown (.md), Word (.docx) or a table (.xlsx, .csv, .json), at most 10 MB."),
        widget=forms.ClearableFileInput({"accept": ",".join(ENDINGS)}),
    )

    def keep(self, competition: Competition, *, actor: Person) -> GuideImport | None:
        """``None`` for a file that makes no sense; the form then says where and why."""
        try:
            return keep_upload(competition, actor=actor, content=self.cleaned_data["content"])
        except GuideError as error:
            self.add_error("content", str(error))
        except ValidationError as error:
            self.add_error("content", error.messages)
        return None


class ApplyGuideForm(forms.Form):
    """What an organizer decides on a plan.

    Each topic that the guide no longer has stays, and each that was withdrawn stays so, unless it is ticked.
    """

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason for the changes"),
        required=False,
        help_text=pgettext_lazy("guide import", "Teams and visitors read it with each topic that changes."),
        widget=forms.TextInput({"class": "vTextField", "maxlength": LONGEST_REASON}),
    )

    def ticked(self, name: str) -> set[int]:
        """Topics to ``withdraw`` or to ``reopen``; the service knows which may be."""
        ticked = self.data.getlist(name) if isinstance(self.data, QueryDict) else []
        return {int(pk) for pk in ticked if pk.isascii() and pk.isdigit() and len(pk) < 19}

    def apply(self, upload: GuideImport, *, actor: Person) -> bool:
        """Whether it was done; else the form says what is wrong. Raises Conflict when the plan no longer holds."""
        if not self.is_valid():
            return False
        try:
            withdraw, reopen = self.ticked("withdraw"), self.ticked("reopen")
            apply_upload(upload, actor=actor, withdraw=withdraw, reopen=reopen, **self.cleaned_data)
        except ValidationError as error:
            told = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
            for name, messages in told.items():
                self.add_error(name if name in self.fields else None, messages)
            return False
        return True


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


class PledgeForm(VersionForm):
    """The next version of a competition's pledge; the first one makes it."""

    class Meta:
        model = Pledge
        fields = ["competition"]

    def series(self) -> AgreementSeries | None:
        pledge = Pledge.objects.filter(competition=self.cleaned_data["competition"]).select_related("series").first()
        return pledge.series if pledge else None

    def validate_unique(self) -> None:
        """That there is a pledge already is no fault: this is its next version."""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("Teams and visitors will read it."),
        widget=forms.TextInput({"class": "vTextField"}),
    )

    def __init__(self, *args: Any, is_required: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_required


class MoveForm(ReasonForm):
    """Another place for a topic."""

    track = forms.ModelChoiceField(label=_("Track"), queryset=Track.objects.none(), empty_label=None)
    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=LARGEST_NUMBER)
    swap = forms.BooleanField(
        label=_("When another topic stands there, the two change places"),
        required=False,
    )

    field_order = ["track", "number", "swap", "reason"]

    def __init__(self, *args: Any, tracks: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["track"].queryset = tracks  # type: ignore[attr-defined]

    def places(self, topic: Topic) -> dict[int, tuple[int, int]]:
        """For ``place_topics``. Whoever asks for a swap holds the competition's lock already."""
        track, number = Track.objects.get(pk=self.cleaned_data["track"].pk), self.cleaned_data["number"]
        places = {topic.pk: (track.number, number)}
        if self.cleaned_data["swap"] and (other := track.topics.filter(number=number).exclude(pk=topic.pk).first()):
            places[other.pk] = (topic.track.number, topic.number)
        return places


class RenumberForm(ReasonForm):
    """Another number for a track."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=LARGEST_NUMBER)
    swap = forms.BooleanField(label=_("When another track has it, the two change numbers"), required=False)

    field_order = ["number", "swap", "reason"]

    def numbers(self, track: Track) -> dict[int, int]:
        number = self.cleaned_data["number"]
        numbers = {track.pk: number}
        others = Track.objects.filter(competition=track.competition_id, number=number).exclude(pk=track.pk)
        if self.cleaned_data["swap"] and (other := others.first()):
            numbers[other.pk] = track.number
        return numbers
