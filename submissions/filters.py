"""What organizers narrow a list of entries by; the same words in every address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.people import Person
from submissions.enums import ScreeningState, SubmissionStatus
from submissions.querysets import SubmissionQuerySet
from tracks.models import Track

# In the order an entry goes through them; a draft is its team's own affair.
STATES = [
    SubmissionStatus.SUBMITTED,
    SubmissionStatus.RETURNED,
    SubmissionStatus.ELIGIBLE,
    SubmissionStatus.REJECTED,
    SubmissionStatus.WITHDRAWN,
]


class EntryFilter(forms.Form):
    """``state``, ``track`` (its number) and ``q``: a part of the number, the submitted title, the team or its
    organization. Whatever else an address asks for is refused: a filter that is ignored shows too much.
    """

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    track = forms.ChoiceField(label=gettext_lazy("Track"), required=False)
    q = forms.CharField(label=gettext_lazy("Number, title, team or organization"), required=False, max_length=100)
    # What the queue of screening shows leaves as it is shown.
    screening = forms.ChoiceField(choices=[("", ""), *ScreeningState.choices], required=False, widget=forms.HiddenInput)
    remarks = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, tracks: QuerySet[Track] | list[Track]) -> None:
        super().__init__(data)
        states = [(each.value, each.label) for each in STATES]
        fields: dict[str, Any] = self.fields
        fields["state"].choices = [("", _("All")), *states]
        fields["track"].choices = [("", _("All")), *((str(track.number), str(track)) for track in tracks)]

    def narrowed(self, entries: SubmissionQuerySet, *, user: Person, now: datetime) -> SubmissionQuerySet:
        """Those of ``entries`` that are asked for; raises ValidationError. ``screening``: as ``user`` screens them."""
        if unknown := set(self.data) - set(self.fields):
            raise ValidationError(_("There is no filter of the name “%(name)s”.") % {"name": min(unknown)[:40]})
        if not self.is_valid():
            raise ValidationError([message for messages in self.errors.values() for message in messages])
        said = self.cleaned_data
        if said["state"]:
            entries = entries.filter(status=said["state"])
        if said["track"]:
            entries = entries.filter(track__number=said["track"])
        if said["screening"]:
            entries = entries.screened_by(user).in_screening(said["screening"], now)
        if said["remarks"]:
            entries = entries.with_remarks(user)
        if not said["q"]:
            return entries
        return entries.matching(said["q"]) if said["screening"] else found_by(said["q"], entries)

    @property
    def facts(self) -> dict[str, str]:
        """What was asked for, as a line of the audit trail says it."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class FilesFilter(EntryFilter):
    """Of the files of entries; videos are most of what an archive weighs."""

    without_video = forms.BooleanField(label=gettext_lazy("Without videos"), required=False)


def found_by(words: str, entries: SubmissionQuerySet) -> SubmissionQuerySet:
    """By what was submitted: what a team is writing now is not searched."""
    team = Q(team__name__icontains=words)
    house = Q(team__organization__name__icontains=words) | Q(team__organization__code__icontains=words)
    named = Q(number__icontains=words) | Q(submitted_title__icontains=words)
    return entries.with_submitted_title().filter(named | team | house)
