"""What organizers fill in while they screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import normalize_newlines
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from submissions.definition import FormDefinition
from submissions.enums import ReasonUse, ScreeningState
from submissions.forms import LARGEST, TextField
from submissions.models import ChecklistItem, ScreeningPlan, ScreeningReason
from submissions.models.screening import NOTE_LIMIT, REASON_LIMIT
from submissions.services.assessing import no_code_words
from tracks.models import Track

PASS, RETURN, REJECT = "pass", "return", "reject"
USE_OF = {RETURN: ReasonUse.RETURN, REJECT: ReasonUse.REJECT}
LONGEST_SEARCH = 60
MOST_PICKED = 100
# The end that is proposed is in the evening of a day: nobody corrects an entry overnight.
END_OF_WORK = 18


class QueueForm(forms.Form):
    """What the queue shows. ``tracks`` are those that whoever asks runs."""

    state = forms.ChoiceField(choices=ScreeningState.choices, required=False, widget=forms.HiddenInput)
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
    order = forms.ChoiceField(
        label=gettext_lazy("Order"),
        choices=[("", gettext_lazy("oldest first")), ("new", gettext_lazy("newest first"))],
        required=False,
    )
    remarks = forms.BooleanField(label=gettext_lazy("with remarks"), required=False)

    def __init__(self, *args: Any, tracks: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["track"].queryset = tracks  # type: ignore[attr-defined]

    def asked(self) -> dict[str, str]:
        """What stands in the address of this view, for links that lead to another part of it."""
        said = {name: self.data.get(name, "") for name in ("state", "track", "q", "order", "remarks")}
        return {name: value for name, value in said.items() if value}

    def leaving(self) -> str:
        """The same view for a table that leaves (``filters.EntryFilter``)."""
        shown = self.cleaned_data
        said = {
            "screening": shown["state"] or ScreeningState.WAITING,
            "track": shown["track"] and shown["track"].number,
            "q": shown["q"],
            "remarks": shown["remarks"] and "on",
        }
        return urlencode({name: value for name, value in said.items() if value})


class ReasonSelect(forms.Select):
    """Each reason carries its text, which the page puts into the field where it can be changed."""

    texts: dict[str, str]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if text := self.texts.get(str(value)):
            option["attrs"]["data-text"] = text
        return option


class LocalMoment(forms.DateTimeInput):
    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class AssessForm(forms.Form):
    """What is decided about one entry or many; ``decide`` comes from the button that was pressed."""

    decide = forms.ChoiceField(
        choices=[(PASS, PASS), (RETURN, RETURN), (REJECT, REJECT)],
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Please choose what to decide."),
            "invalid_choice": gettext_lazy("Please choose what to decide."),
        },
    )
    code = forms.ChoiceField(label=gettext_lazy("Reason from the list"), required=False, widget=ReasonSelect)
    reason = TextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=REASON_LIMIT,
        help_text=gettext_lazy("The team reads it word by word. Required unless the entry passes."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    checks = forms.MultipleChoiceField(
        label=gettext_lazy("Checklist"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sections = forms.MultipleChoiceField(label=gettext_lazy("Sections to open"), required=False)
    slots = forms.MultipleChoiceField(label=gettext_lazy("Files to open"), required=False)
    closes_at = forms.DateTimeField(label=gettext_lazy("Correct it by"), required=False, widget=LocalMoment)

    def __init__(
        self,
        *args: Any,
        plan: ScreeningPlan | None,
        definitions: Sequence[FormDefinition],
        now: datetime,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        items: Sequence[ChecklistItem] = list(plan.items.all()) if plan else []
        self.reasons: Sequence[ScreeningReason] = list(plan.reasons.all()) if plan else []
        fields: dict[str, Any] = self.fields
        self.needs_code = any(each.use == ReasonUse.REJECT for each in self.reasons)
        if self.needs_code:
            words = _("A rejection takes one, for the numbers. Its text goes below and can be changed there.")
            fields["code"].help_text = words
        self.items = [item.key for item in items]
        fields["checks"].choices = [(item.key, item.title) for item in items]
        fields["code"].choices = [("", _("none")), *_by_use(self.reasons)]
        fields["code"].widget.texts = {each.code: each.text for each in self.reasons}
        self.asked_sections = _in_all([each.sections for each in definitions])
        self.asked_slots = _in_all([each.slots for each in definitions])
        fields["sections"].choices = [(each.key, each.title) for each in self.asked_sections]
        fields["slots"].choices = [(each.key, each.title) for each in self.asked_slots]
        self.initial.setdefault("closes_at", proposed_end(plan, now))

    def clean(self) -> dict[str, Any]:
        """Whoever picks a reason and types nothing means its text."""
        given = super().clean() or {}
        chosen = next((each for each in self.reasons if each.code == given.get("code")), None)
        decide = given.get("decide", "")
        if chosen is not None and chosen.use != USE_OF.get(decide):
            # What was picked for one decision and left there for another is no reason of that one, nor is its text.
            self._drop(chosen, given)
            chosen = None
        # What was refused has its own words already.
        if decide == REJECT and self.needs_code and given.get("code") == "":
            self.add_error("code", ValidationError(no_code_words()))
        if chosen is not None and given.get("reason") == "":
            given["reason"] = chosen.text
        if decide == RETURN and "closes_at" in given and given["closes_at"] is None:
            self.add_error("closes_at", ValidationError(_("Please say until when.")))
        return given

    def _drop(self, chosen: ScreeningReason, given: dict[str, Any]) -> None:
        """What somebody wrote themselves stays, above the text that the page put there."""
        given["code"] = ""
        text, reason = normalize_newlines(chosen.text).strip(), given.get("reason", "").rstrip()
        if not reason.endswith(text):
            return
        given["reason"] = reason.removesuffix(text).rstrip()
        if not given["reason"] and given.get("decide") in USE_OF:
            words = _("This is the text of a reason for another decision. Please write what the team is to read.")
            self.add_error("reason", ValidationError(words))

    def given(self) -> dict[str, Any]:
        """As the services take it."""
        data = self.cleaned_data
        said = {
            "reason": data["reason"],
            "code": data["code"],
            "checks": {key: key in data["checks"] for key in self.items},
        }
        if data["decide"] == RETURN:
            said |= {name: data[name] for name in ("sections", "slots", "closes_at")}
        return said


class DecideForm(AssessForm):
    """``version`` is the one that was looked at."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST, widget=forms.HiddenInput)


class PicksForm(forms.Form):
    """Entries that were picked in the queue, each with the version that stood there."""

    pick = forms.CharField(max_length=60)

    @classmethod
    def read(cls, values: Iterable[str]) -> list[tuple[UUID, int]]:
        """Raises ValidationError for what is no pick, and for none or too many of them."""
        picks: dict[UUID, int] = {}
        for value in list(values)[: MOST_PICKED + 1]:
            key, _colon, version = value.partition(":")
            try:
                picks[UUID(key)] = int(version) if version.isascii() and len(version) < 10 else 0
            except ValueError:
                raise ValidationError(_("This is no entry of the queue.")) from None
        if not 1 <= len(picks) <= MOST_PICKED:
            words = _("Please choose at least one entry, and at most %(most)s.") % {"most": MOST_PICKED}
            raise ValidationError(words)
        return list(picks.items())


class WhyForm(forms.Form):
    """Why a decision is taken back, or a rejection isn't agreed to."""

    reason = TextField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SeenField(forms.IntegerField):
    """The key of what stood on the page: an answer is about that, not about what has come in its place.

    0, which is the key of nothing, where a page says nothing that can be one.
    """

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(min_value=1, max_value=LARGEST, required=False)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value) or 0
        except ValidationError:
            return 0


class SecondLookForm(WhyForm):
    """``proposal`` is the one that was read."""

    proposal = SeenField()
    answer = forms.ChoiceField(
        choices=[("agree", "agree"), ("decline", "decline"), ("take_back", "take_back")],
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Please choose what to decide.")},
    )
    reason = TextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=REASON_LIMIT,
        help_text=gettext_lazy("Required if you don't agree; the other organizers read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UndoForm(WhyForm):
    """``decision`` is the one that was read."""

    decision = SeenField()


class ExtendForm(WhyForm):
    """``correction`` is the one that was read."""

    correction = SeenField()
    closes_at = forms.DateTimeField(label=pgettext_lazy("correction", "New end"), widget=LocalMoment)
    field_order = ["closes_at", "reason"]


class NoteForm(forms.Form):
    text = TextField(
        label=gettext_lazy("New note"),
        max_length=NOTE_LIMIT,
        help_text=gettext_lazy("For organizers alone. The team never sees it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def proposed_end(plan: ScreeningPlan | None, now: datetime) -> datetime:
    days = plan.correction_days if plan else ScreeningPlan().correction_days
    local = timezone.localtime(now) + timedelta(days=days)
    return local.replace(hour=END_OF_WORK, minute=0, second=0, microsecond=0)


def _by_use(reasons: Sequence[ScreeningReason]) -> list[Any]:
    return [
        (use.label, [(each.code, each.title) for each in reasons if each.use == use])
        for use in ReasonUse
        if any(each.use == use for each in reasons)
    ]


def _in_all(asked: Sequence[Sequence[Any]]) -> list[Any]:
    """What each of the forms asks, in the order of the first."""
    if not asked:
        return []
    keys = set.intersection(*({each.key for each in one} for one in asked))
    return [each for each in asked[0] if each.key in keys]
