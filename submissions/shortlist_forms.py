"""What organizers fill in about the shortlist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from submissions.enums import ShortlistState
from submissions.forms import TextField
from submissions.models.screening import REASON_LIMIT
from submissions.screening_forms import LONGEST_SEARCH, LocalMoment
from tracks.models import Track

ADD, ANNOUNCE, MOVE_END, UNDO = "add", "announce", "move_end", "undo"


class ShortlistForm(forms.Form):
    """What the page shows. ``tracks`` are those that whoever asks runs."""

    state = forms.ChoiceField(choices=ShortlistState.choices, required=False, widget=forms.HiddenInput)
    track = forms.ModelChoiceField(
        label=gettext_lazy("Track"),
        queryset=Track.objects.none(),
        required=False,
        to_field_name="number",
        empty_label=gettext_lazy("all"),
    )
    q = forms.CharField(
        label=gettext_lazy("Number, title, team or organization"), max_length=LONGEST_SEARCH, required=False
    )

    def __init__(self, *args: Any, tracks: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["track"].queryset = tracks  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """What stands in the address of this view, for links that lead to another part of it."""
        said = {name: self.data.get(name, "") for name in ("state", "track", "q")}
        return {name: value for name, value in said.items() if value}


class DeedForm(forms.Form):
    """What is done with the chosen entries; which fields it takes hangs on what that is."""

    do = forms.ChoiceField(
        choices=[(each, each) for each in (ADD, ANNOUNCE, MOVE_END, UNDO)],
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Please choose what to do."),
            "invalid_choice": gettext_lazy("Please choose what to do."),
        },
    )
    closes_at = forms.DateTimeField(
        label=pgettext_lazy("shortlist", "Files may be replaced until"),
        required=False,
        widget=LocalMoment,
        help_text=gettext_lazy("Left empty: until the defence opens, wherever that is moved to."),
    )
    reason = TextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=REASON_LIMIT,
        help_text=gettext_lazy("Teams that have been told read it word by word."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, deed: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if deed not in {ANNOUNCE, MOVE_END}:
            del self.fields["closes_at"]
        if deed not in {MOVE_END, UNDO}:
            del self.fields["reason"]

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not reason.strip():
            raise ValidationError(_("Please say why: the team will read it."))
        return reason

    def given(self) -> dict[str, Any]:
        """As the services take it."""
        return {name: self.cleaned_data[name] for name in ("closes_at", "reason") if name in self.fields}
