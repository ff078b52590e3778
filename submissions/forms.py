from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from portal.core.text import validate_plain_line
from submissions.codes import normalize_credit_code, validate_credit_code
from submissions.enums import OrganizationKind
from submissions.models import Extension, Submission, Team
from submissions.services.drafts import ABSTRACT_LIMIT
from submissions.services.extensions import EXTENDABLE, check_extension
from submissions.services.screening import REASON_LIMIT

TITLE_LIMIT = Submission._meta.get_field("title").max_length
TITLE_HINT = _("At most 60 characters. It will stand on the certificate as it stands here.")


def new_key() -> str:
    return uuid.uuid4().hex


class KeyedForm(forms.Form):
    """Carries a key, so that sending it twice acts once."""

    idempotency_key = forms.CharField(
        label=_("Key of the form"), initial=new_key, min_length=8, max_length=64, widget=forms.HiddenInput
    )


class TextField(forms.CharField):
    """Several lines. A line break is one character however the browser sends it, and indents are kept."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any):
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalize_newlines(super().to_python(value) or "")


class NeededLater:
    """Shown as required, because submitting requires it; a draft may be saved without."""

    def validate(self, value: Any) -> None:
        pass


class DraftText(NeededLater, TextField):
    pass


class DraftFile(NeededLater, forms.FileField):
    pass


class CreditCodeField(forms.CharField):
    default_validators = [validate_credit_code]

    def to_python(self, value: Any) -> str:
        return normalize_credit_code(super().to_python(value) or "")


class FoundTeamForm(KeyedForm):
    name = forms.CharField(
        label=_("Team name"),
        max_length=60,
        validators=[validate_plain_line],
        help_text=_("It will stand on the certificate as it stands here."),
    )
    organization_name = forms.CharField(
        label=_("Name of the organization"),
        max_length=120,
        validators=[validate_plain_line],
        help_text=_("The full name, as registered. In a consortium: the one that leads."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    organization_code = CreditCodeField(
        label=_("Unified social credit code"),
        # Room for the spaces and hyphens that come with a copied code.
        max_length=18,
        help_text=_("18 characters, as on the business licence or registration certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    organization_kind = forms.ChoiceField(label=_("Kind of organization"), choices=OrganizationKind)

    field_order = ["name", "organization_name", "organization_code", "organization_kind"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["organization_code"].widget.attrs.pop("maxlength", None)


class InviteForm(KeyedForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("A mail with a link goes there. Whoever accepts must sign in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class StartForm(KeyedForm):
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    title = forms.CharField(
        label=_("Project title"), max_length=TITLE_LIMIT, validators=[validate_plain_line], help_text=TITLE_HINT
    )

    def __init__(self, *args: Any, teams: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        if len(teams) == 1:
            self.fields["team"].widget = forms.HiddenInput()
            self.initial["team"] = teams[0].pk


class EntryForm(forms.Form):
    expected_version = forms.IntegerField(label=_("Version of the draft"), min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Project title"), max_length=TITLE_LIMIT, validators=[validate_plain_line], help_text=TITLE_HINT
    )
    abstract = DraftText(
        label=_("Abstract"),
        max_length=ABSTRACT_LIMIT,
        help_text=_("What you do with which data, for whom, and what it has brought about. Judges read this first."),
    )
    file = DraftFile(
        label=_("Proposal as a PDF"),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )

    def __init__(self, *args: Any, has_file: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["file"].required = not has_file


class SubmitForm(KeyedForm):
    expected_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ScreeningForm(forms.Form):
    """``outcome`` comes from the button that was pressed."""

    OUTCOMES = ["pass", "return", "reject"]

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(choices=[(name, name) for name in OUTCOMES], widget=forms.HiddenInput)
    reason = TextField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LIMIT,
        help_text=_("The team reads it word by word. Required unless the entry passes."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ExtensionForm(forms.ModelForm):
    class Meta:
        model = Extension
        fields = ["team", "kind", "closes_at", "reason"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Looking at one that was granted shows no form at all.
        if kind := self.fields.get("kind"):
            kind.choices = [(each.value, each.label) for each in EXTENDABLE]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not self.errors:
            given["reason"] = check_extension(**given)
        return given

    def validate_constraints(self) -> None:
        """That only one is live is the service's affair: it ends the earlier one."""
