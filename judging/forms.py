from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from judging.enums import AwardLevel
from judging.models import Criterion, Judge, RankingEntry, Review, Round, Rubric
from judging.services import check_points
from judging.services.reviewing import MOST_COMMENT
from portal.core.addresses import AddressField
from portal.core.people import Person
from submissions.texts import clean_text

# ASCII on purpose: int() and Decimal() would also read digits of other scripts, exponents and NaN.
PLAIN_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?", re.ASCII)


def add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what a service objects to at its fields, and above the form what has none there."""
    per_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, messages in per_field.items():
        form.add_error(name if name in form.fields else None, messages)


class PointsField(forms.CharField):
    def __init__(self, criterion: Criterion, **kwargs: Any):
        widget = forms.TextInput(attrs={"class": "points", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=criterion.name, help_text=criterion.guidance, widget=widget, **kwargs)
        self.criterion = criterion

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        if not PLAIN_NUMBER.fullmatch(text):
            raise ValidationError(_("Please write a number in plain digits, such as 18 or 18.5."), code="number")
        points = Decimal(text)
        check_points(points, self.criterion)
        return points


class LongTextField(forms.CharField):
    """A text of several lines whose line ends count one each, as the counter shows."""

    def __init__(self, *, limit: int, **kwargs: Any):
        super().__init__(widget=forms.Textarea(attrs={"rows": 4, "data-limit": limit}), **kwargs)
        self.limit = limit

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "", limit=self.limit)


class CriterionField(NamedTuple):
    criterion: Criterion
    field: BoundField
    stored: Decimal | None


class ReviewForm(forms.Form):
    """The score sheet. A draft may have gaps, a ``complete`` one not."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    comment = LongTextField(label=_("comment"), limit=MOST_COMMENT, required=False)

    def __init__(self, criteria: Sequence[Criterion], *args: Any, complete: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        # What another window has saved meanwhile, to be shown beside what was typed in this one.
        self.stored: dict[int, Decimal] = {}
        missing = {"required": _("Please give points for this criterion.")}
        lines = {
            f"criterion_{each.pk}": PointsField(each, required=complete, error_messages=missing) for each in criteria
        }
        self.fields = {**lines, **self.fields}

    @classmethod
    def of(cls, review: Review | None, criteria: Sequence[Criterion], points: dict[int, Decimal]) -> ReviewForm:
        """The sheet as it was last saved."""
        initial: dict[str, Any] = {f"criterion_{pk}": shown(value) for pk, value in points.items()}
        if review is not None:
            initial |= {"comment": review.comment}
        return cls(criteria, initial={"version": review.version if review else 0, **initial})

    @property
    def lines(self) -> list[CriterionField]:
        return [CriterionField(each, self[f"criterion_{each.pk}"], self.stored.get(each.pk)) for each in self.criteria]

    @property
    def points(self) -> dict[int, Decimal | None]:
        return {each.pk: self.cleaned_data[f"criterion_{each.pk}"] for each in self.criteria}


class RecusalForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=300)


class RubricChoice(forms.ModelChoiceField):
    def label_from_instance(self, rubric: Any) -> str:
        return f"{rubric.name} · {rubric.competition}"


class RoundForm(forms.ModelForm):
    """A new round. Its rubric says which competition it belongs to."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=uuid.uuid4)
    rubric = RubricChoice(label=_("rubric"), queryset=Rubric.objects.none())

    class Meta:
        model = Round
        fields = ["rubric", "kind", "number", "judges_per_submission", "opens_at", "closes_at"]
        widgets = {
            name: forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
            for name in ["opens_at", "closes_at"]
        }

    def __init__(self, *args: Any, user: Person, **kwargs: Any):
        super().__init__(*args, **kwargs)
        rubrics = Rubric.objects.visible_to(user).select_related("competition").order_by("-competition", "name")
        self.fields["rubric"].queryset = rubrics  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service builds and checks the round; the form only reads what was typed."""


class AwardLine(NamedTuple):
    entry: RankingEntry
    level: BoundField
    reason: BoundField


class AwardForm(forms.Form):
    """Who of one track gets what."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, entries: Sequence[RankingEntry], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.entries = entries
        choices = [("", _("no award")), *AwardLevel.choices]
        for each in entries:
            decision = getattr(each, "decision", None)
            names = {"entry": each.submission.number}
            self.fields[f"level_{each.pk}"] = forms.ChoiceField(
                label=_("award of %(entry)s") % names,
                choices=choices,
                required=False,
                initial=decision.level if decision else "",
            )
            self.fields[f"reason_{each.pk}"] = forms.CharField(
                label=_("reason for %(entry)s") % names,
                max_length=300,
                required=False,
                initial=decision.reason if decision else "",
            )

    @property
    def lines(self) -> Iterable[AwardLine]:
        return [AwardLine(each, self[f"level_{each.pk}"], self[f"reason_{each.pk}"]) for each in self.entries]

    @property
    def decisions(self) -> dict[int, tuple[str, str]]:
        data = self.cleaned_data
        return {each.pk: (data[f"level_{each.pk}"], data[f"reason_{each.pk}"]) for each in self.entries}

    def add_service_errors(self, error: ValidationError) -> None:
        """The service names ranking entries; what is wrong with one is shown at its reason."""
        if not hasattr(error, "error_dict"):
            add_errors(self, error)
            return
        for entry, messages in error.message_dict.items():
            name = f"reason_{entry}"
            self.add_error(name if name in self.fields else None, messages)


def shown(value: Decimal) -> str:
    """As a person writes it: 18.5, not 18.50."""
    return f"{value.normalize():f}"


class JudgeForm(forms.ModelForm):
    """The person is named by address: whoever runs one competition has no list of everybody's accounts."""

    email = AddressField(
        label=_("e-mail"),
        autocomplete="off",
        help_text=_("The address the person has registered with."),
        required=False,
    )

    class Meta:
        model = Judge
        fields = ["competition", "organization", "is_active"]

    def clean_email(self) -> Any:
        """The person. An address that nobody has proved to be theirs is no person's."""
        if self.instance.pk:
            return None
        address = self.cleaned_data["email"]
        person = get_user_model().objects.filter(
            emailaddress__email=address, emailaddress__verified=True, is_active=True
        )
        if found := person.first():
            return found
        raise ValidationError(_("Nobody has registered with this address. Please ask the person to do so first."))
